/** `riak admin transfers`: vnodes that are not where they belong, and every transfer under way. */
import {isNodeName} from '../../names.ts'
import type {NodeName} from '../../ring/ring.ts'
import type {Answer} from './answer.ts'
import type {Lines} from './lines.ts'
import {nodeAtom, type Reading, readAnswer, takeNodeList} from './reading.ts'

export type PrintedTransfers = {
  readonly down: readonly NodeName[]
  /** partitions that a node holds and that belong to another: ownership and hinted together */
  readonly waiting: readonly NodeCount[]
  /** partitions that a node owns and does not run */
  readonly notRunning: readonly NodeCount[]
  readonly active: readonly PrintedTransfer[]
}

type NodeCount = {readonly node: NodeName; readonly partitions: number}

export type PrintedTransfer = {
  readonly kind: string
  readonly module: string
  /** index in decimal; of a repair, the partition that is read */
  readonly index: string
  /** of a repair: the partition that is written */
  readonly target?: string
  readonly from: NodeName
  readonly to: NodeName
  /** ms since it started */
  readonly age: number
  /** missing until the first report */
  readonly objects?: number
  /** missing when the vnode cannot tell it */
  readonly total?: {readonly count: number; readonly unit: string}
  readonly objectsPerSecond?: number
  readonly bytesPerSecond?: number
  /** 0 to 1, in steps of a hundredth */
  readonly done?: number
}

export const readTransfers = (answer: Answer): Reading<PrintedTransfers> => readAnswer(answer, {grammar})

function grammar(lines: Lines): PrintedTransfers {
  const down = takeNodeList(lines, /Nodes /, / are currently down\./) ?? []
  const waiting: NodeCount[] = []
  const notRunning: NodeCount[] = []
  const seen = new Set<string>()
  const none = lines.take(/^No transfers active$/)
  for (let found = lines.take(misplaced); found; found = lines.take(misplaced)) {
    if (none) lines.fail('nothing after "No transfers active"')
    const [, node, held, missing] = found
    const key = `${node} ${held === undefined ? 'not running' : 'waiting'}`
    if (seen.has(key)) lines.fail('a node that does not stand twice')
    seen.add(key)
    const list = held === undefined ? notRunning : waiting
    list.push({node: node!, partitions: Number(held ?? missing)})
  }
  lines.blank()
  lines.expect(/^Active Transfers:$/, '"Active Transfers:"')
  lines.blank()
  const active: PrintedTransfer[] = []
  while (lines.peek()?.startsWith('transfer type: ')) {
    active.push(readTransfer(lines))
    lines.blank()
  }
  const silent = lines.many(new RegExp(`^Node ${nodeAtom} could not be contacted$`)).map(([, node]) => node!)
  return {down: [...new Set([...down, ...silent])], waiting, notRunning, active}
}

const misplaced = new RegExp(
  `^${nodeAtom} (?:waiting to handoff (\\d+) partitions|does not have (\\d+) primary partitions running)$`,
)

const time = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d'
const ago = '\\[([\\d.]+) (us|ms|s|min|hr|d) ago\\]'
const milliseconds = {us: 0.001, ms: 1, s: 1000, min: 60_000, hr: 3_600_000, d: 86_400_000} as const

function readTransfer(lines: Lines): PrintedTransfer {
  const [, kind] = lines.expect(/^transfer type: ([a-z_]{1,255})$/, 'the type of a transfer')
  const [, module] = lines.expect(/^vnode type: ([a-z_]{1,255})$/, 'the module of its vnode')
  const isRepair = kind === 'repair'
  const [, index] = lines.expect(
    isRepair ? /^source partition: (\d+)$/ : /^partition: (\d+)$/,
    'its partition',
  )
  const target = isRepair ? lines.expect(/^target partition: (\d+)$/, 'its target partition')[1]! : undefined
  const [, since, unitOfTime] = lines.expect(new RegExp(`^started: ${time} ${ago}$`), 'when it started')
  lines.expect(new RegExp(`^last update: (?:${time} ${ago}|no updates seen)$`), 'its last update')
  const [, count, unit] = lines.expect(/^total size: (?:(\d+) (objects|bytes)|unknown)$/, 'its size')
  const [, objects] = lines.expect(/^objects transferred: (?:(\d+)|unknown)$/, 'objects transferred')
  lines.blank()
  const [, perSecond] = lines.expect(/^ +(?:(\d+) Objs\/s|unknown) *$/, 'its rate in objects')
  const [from, to] = readEnds(lines)
  const [, percent] = lines.expect(/^ +\|=* *\| +(\d+)% *$/, 'its progress')
  const [, rate, scale] = lines.expect(/^ +(?:([\d.]+) ([KMGT]?B)\/s|unknown) *$/, 'its rate in bytes')
  return {
    kind: kind!,
    module: module!,
    index: index!,
    ...(target === undefined ? {} : {target}),
    from,
    to,
    age: Number(since) * milliseconds[unitOfTime as keyof typeof milliseconds],
    ...(objects === undefined ? {} : {objects: Number(objects), done: Number(percent) / 100}),
    ...(count === undefined ? {} : {total: {count: Number(count), unit: unit!}}),
    ...(perSecond === undefined ? {} : {objectsPerSecond: Number(perSecond)}),
    ...(rate === undefined ? {} : {bytesPerSecond: Number(rate) * scales[scale as keyof typeof scales]}),
  }
}

/** Riak's own: 1024 to the next. */
const scales = {B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4} as const

/** Names wider than their column go on in the lines below. */
function readEnds(lines: Lines): [NodeName, NodeName] {
  let [, from, to] = lines.expect(/^ *(\S+) +=======> +(\S+) *$/, 'from and to') as unknown as string[]
  while (lines.peek() !== undefined && !/^ +\|/.test(lines.peek()!)) {
    const line = lines.expect(/^(.{25}) {12}(.{0,25})$/, 'the rest of the names')
    from += line[1]!.trim()
    to += line[2]!.trim()
  }
  if (!isNodeName(from!) || !isNodeName(to!)) lines.fail('names of nodes')
  return [from!, to!]
}
