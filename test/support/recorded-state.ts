/**
 * Puts a practice ring into the state that a recorded answer shows: owners, pending changes, vnodes that are where
 * they do not belong, transfers under way. What the text does not tell is filled in with anything that fits it.
 */
import {formCluster} from '../../src/lab/model/practice-ring.ts'
import {startVnode} from '../../src/lab/model/vnodes.ts'
import {type LabNode, nodeOf, type Transfer, type VnodeModule, type World} from '../../src/lab/model/world.ts'
import {readTerm, type Term} from '../../src/riak/terms/term.ts'
import type {Member, MemberStatus, NodeName, PendingChange, Ring} from '../../src/ring/ring.ts'
import {partitionOfIndex} from '../../src/ring/ring.ts'
import {pendingIn, recordedHosts} from './replay-lab.ts'

const partitions = 64

/** A fresh practice ring whose members all have this ring. */
export function ringWorld(ring: Ring, startAt?: number): World {
  const world = recordedHosts(startAt === undefined ? {} : {startAt})
  formCluster(
    world,
    ring.members.map(({node}) => node),
    ring,
  )
  return world
}

const plainRing = (members: readonly Member[], owners: readonly NodeName[], claimant: NodeName): Ring => ({
  partitions: owners.length,
  owners,
  members,
  claimant,
  pending: [],
  locations: {},
  locationChanged: false,
})

/** `ring-status`: the pending changes, and whether the claimant holds the ring for ready. */
export function ringStatusWorld(text: string, base: Ring): World {
  const pending = pendingIn(text, partitions)
  const owners = [...base.owners]
  for (const {partition, from} of pending) owners[partition] = from
  const world = ringWorld({...base, owners, pending})
  if (text.includes('Ring Ready: false')) unready(world, base.claimant)
  return world
}

function unready(world: World, name: NodeName): void {
  const node = nodeOf(world, name)
  node.agreedVersion = node.view.version - 1
}

/** `member-status`, or `cluster status` as CSV: so many partitions each, now and then. */
export function membersWorld(text: string, claimant: NodeName): World {
  const rows = text.includes('node,status')
    ? csvRows(text)
    : [...text.matchAll(/^(\w+) +([\d.]+)% +([\d.]+%|--) +(\S+)$/gm)].map(([, status, ring, next, node]) => ({
        node: node!,
        status: status as MemberStatus,
        now: countOf(ring!),
        next: next === '--' ? countOf(ring!) : countOf(next!),
      }))
  const owners = rows.flatMap(({node, now}) => new Array<NodeName>(now).fill(node))
  const nextOwners = rows.flatMap(({node, next}) => new Array<NodeName>(next).fill(node))
  const pending = owners.flatMap((from, partition): PendingChange[] => {
    const to = nextOwners[partition]!
    return from === to ? [] : [{partition, from, to, done: [], status: 'awaiting'}]
  })
  // equal shares with something pending: an entry that is done and not yet dropped
  if (pending.length === 0 && !text.includes('--'))
    pending.push({
      partition: 0,
      from: owners[0]!,
      to: owners[0]!,
      done: ['riak_kv_vnode', 'riak_pipe_vnode'],
      status: 'complete',
    })
  const members = rows.map(({node, status}) => ({node, status})).sort((a, b) => (a.node < b.node ? -1 : 1))
  return ringWorld({...plainRing(members, owners, claimant), pending})
}

const countOf = (percent: string): number => Math.round((Number.parseFloat(percent) * partitions) / 100)

const csvRows = (text: string) =>
  [...text.matchAll(/^(?:\(C\) )?(riak@[\d.]+),(\w+),\S+?,([\d.]+),([\d.]+|--)\r?$/gm)].map(
    ([, node, status, ring, next]) => ({
      node: node!,
      status: status as MemberStatus,
      now: countOf(ring!),
      next: countOf(next === '--' ? ring! : next!),
    }),
  )

/** `transfers`: vnodes in the wrong place, owners without one, and what is under way. */
export function transfersWorld(text: string, base: Ring): World {
  const waiting = countsIn(text, /^'(\S+)' waiting to handoff (\d+) partitions$/gm)
  const stopped = countsIn(text, /^'(\S+)' does not have (\d+) primary partitions running$/gm)
  const world = misplaced(base, waiting, stopped, momentOf(text))
  for (const [, picture] of text.matchAll(/(transfer type:[\s\S]*?)(?=\n\n(?:transfer|\n))/g))
    addPictured(world, picture!)
  return world
}

type Counts = ReadonlyMap<NodeName, number>

const countsIn = (text: string, pattern: RegExp): Counts =>
  new Map([...text.matchAll(pattern)].map(([, name, count]) => [name!, Number(count)]))

/** Owners are chosen so that every node can have as many vnodes that are not its own. */
function misplaced(base: Ring, waiting: Counts, stopped: Counts, startAt?: number): World {
  const names = base.members.map(({node}) => node)
  const room = (name: NodeName): number => partitions - (waiting.get(name) ?? 0)
  const owners = [...stopped].flatMap(([name, count]) => new Array<NodeName>(count).fill(name))
  for (const name of [...names].sort((a, b) => room(b) - room(a))) {
    const left = room(name) - (stopped.get(name) ?? 0)
    owners.push(...new Array<NodeName>(Math.min(left, partitions - owners.length)).fill(name))
  }
  const world = ringWorld({...base, owners, pending: []}, startAt)
  for (const [name, count] of waiting) addSecondary(world, nodeOf(world, name), count)
  for (const [name, count] of stopped) dropPrimary(nodeOf(world, name), count)
  return world
}

/** When the text was printed: what agrees with every "started: ... [... ago]" in it. */
function momentOf(text: string): number | undefined {
  const starts = [...text.matchAll(/^started: (\S+) (\S+) \[([\d.]+) (\w+) ago\]$/gm)].map(
    ([, day, time, ago, unit]) => ({
      second: Date.parse(`${day}T${time}Z`),
      ago: Number(ago) * units[unit!]!,
    }),
  )
  const [first] = starts
  if (!first) return undefined
  for (let within = 0; within < 1000; within += 5) {
    const now = first.second + within + first.ago
    if (starts.every(({second, ago}) => Math.floor((now - ago) / 1000) * 1000 === second)) return now
  }
  return undefined
}

function addSecondary(world: World, node: LabNode, count: number): void {
  const {owners} = node.view.ring
  const others = owners.flatMap((owner, partition) => (owner === node.name ? [] : [partition]))
  for (const partition of others.slice(0, count)) startVnode(world, node, 'riak_kv_vnode', partition)
}

function dropPrimary(node: LabNode, count: number): void {
  const own = node.view.ring.owners.flatMap((owner, partition) => (owner === node.name ? [partition] : []))
  for (const partition of own.slice(0, count))
    for (const module of Object.keys(node.vnodes) as VnodeModule[]) node.vnodes[module].delete(partition)
}

const units: Readonly<Record<string, number>> = {ms: 1, s: 1000}

function addPictured(world: World, picture: string): void {
  const find = (pattern: RegExp): string[] => pattern.exec(picture)?.slice(1) ?? []
  const [index] = find(/partition: (\d+)/)
  const [ago, unit] = find(/started: .* \[([\d.]+) (\w+) ago\]/)
  const [objects] = find(/total size: (\d+) objects/)
  const [from, to] = find(/(riak@\S+) +=======> +(riak@\S+)/)
  addTransfer(world, {
    partition: partitionOfIndex(BigInt(index!), partitions)!,
    from: from!,
    to: to!,
    ago: Number(ago) * units[unit!]!,
    objects: Number(objects ?? 2800),
  })
}

export type GivenTransfer = {
  readonly partition: number
  readonly from: NodeName
  readonly to: NodeName
  readonly ago: number
  readonly objects: number
  readonly pid?: string
}

/** `pid`: of the sender, without its node */
function addTransfer(world: World, given: GivenTransfer): void {
  const {partition, from, to, ago, objects, pid = '25642.1'} = given
  const transfer: Transfer = {
    kind: 'ownership',
    module: 'riak_kv_vnode',
    partition,
    from,
    to,
    startedAt: world.now - ago,
    data: {bytes: objects * 12_500, objects},
    // slow enough that it is still under way
    rate: (objects * 12_500) / (2 + ago / 1000),
    pid,
    state: 'active',
  }
  nodeOf(world, from).handoffs.push(transfer)
  nodeOf(world, to).handoffs.push(transfer)
}

/** `handoff details`: one transfer a row. */
export function detailsWorld(text: string, base: Ring): World {
  const world = ringWorld(base)
  // the failure of the JSON format tells no more than that something is under way
  if (text.includes('bad_term')) {
    const [from, to] = base.owners
    addTransfer(world, {partition: 0, from: from!, to: to!, ago: 500, objects: 2800})
  }
  const row = /^\| O +\|(\S+):(\d+) *\|(\S+):\d+ *\| *(?:(\d+) Objs|--) *\|.*<\d+\.([\d.]+)> *\|$/gm
  for (const [, from, id, to, objects, pid] of text.matchAll(row))
    addTransfer(world, {
      partition: Number(id),
      from: from!,
      to: to!,
      ago: objects === undefined ? 500 : 3000,
      objects: Number(objects ?? 2800),
      pid: pid!,
    })
  return world
}

/** `handoff summary`, table or JSON: known and active transfers of both kinds at every node. */
export function summaryWorld(text: string, base: Ring): World {
  const world = ringWorld(base)
  const rows = text.startsWith('[') ? jsonRows(text) : tableRows(text)
  const degrees = (of: (row: SummaryRow) => number): Map<NodeName, number> =>
    new Map(rows.map(row => [row.node, of(row)]))
  let partition = 0
  const pending = pairUp(degrees(({ownership}) => ownership.known)).map(([from, to]): PendingChange => {
    partition += 1
    return {partition, from, to, done: ['riak_pipe_vnode'], status: 'awaiting'}
  })
  for (const node of world.nodes.values()) node.view = {...node.view, ring: {...node.view.ring, pending}}
  for (const [from, to] of pairUp(degrees(({ownership}) => ownership.active)))
    addTransfer(world, {partition: 60, from, to, ago: 500, objects: 2800})
  for (const [from, to] of pairUp(degrees(({hinted}) => hinted.known))) {
    const node = nodeOf(world, from)
    const hinted = [...node.known.hinted, {module: 'riak_kv_vnode' as const, partition: 0, to}]
    node.known = {...node.known, hinted}
  }
  return world
}

type Cell = {readonly active: number; readonly known: number}
type SummaryRow = {readonly node: NodeName; readonly ownership: Cell; readonly hinted: Cell}

function cellOf(text: string): Cell {
  const [, active, known] = /^(\d+) ?\((\d+|Unknown)\)$/.exec(text.trim()) ?? []
  return {active: Number(active ?? 0), known: known === 'Unknown' ? 0 : Number(known ?? 0)}
}

const tableRows = (text: string): SummaryRow[] =>
  text
    .split('\n')
    .filter(line => line.startsWith('|  riak@'))
    .map(line => {
      const [, node, , ownership, , hinted] = line.split('|')
      return {node: node!.trim(), ownership: cellOf(ownership!), hinted: cellOf(hinted!)}
    })

const jsonRows = (text: string): SummaryRow[] => {
  const [, {table}] = JSON.parse(text.slice(0, text.lastIndexOf(']') + 1)) as [
    unknown,
    {table: {Node: string; Ownership: string; Hinted: string}[]},
  ]
  return table.map(({Node, Ownership, Hinted}) => ({
    node: Node,
    ownership: cellOf(Ownership),
    hinted: cellOf(Hinted),
  }))
}

/** Pairs of nodes so that each is in as many pairs as wanted; both ends of a transfer count it. */
function pairUp(wanted: ReadonlyMap<NodeName, number>): [NodeName, NodeName][] {
  const left = new Map([...wanted].filter(([, count]) => count > 0))
  const pairs: [NodeName, NodeName][] = []
  while (left.size > 1) {
    const [first, second] = [...left.keys()].sort((a, b) => left.get(b)! - left.get(a)!) as [string, string]
    pairs.push([first, second])
    for (const name of [first, second]) {
      left.set(name, left.get(name)! - 1)
      if (left.get(name) === 0) left.delete(name)
    }
  }
  if (left.size > 0) throw new Error('the recorded counts cannot be paired up')
  return pairs
}

/** The eval of `{Partitions,Members,Owners,Pending,Claimant,...}` as it was asked while recording. */
export function evalWorld(text: string): World {
  const [, members, owners, pending, claimant] = itemsOf(readTerm(text))
  const memberRows = itemsOf(members!).map(row => {
    const [status, node] = itemsOf(row)
    return {node: nameOf(node!), status: nameOf(status!) as MemberStatus}
  })
  const changes = itemsOf(pending!).map((row): PendingChange => {
    const [index, from, to, done, status] = itemsOf(row)
    return {
      partition: partitionOfIndex(BigInt(index as number | bigint), partitions)!,
      from: nameOf(from!),
      to: nameOf(to!),
      done: itemsOf(done!).map(nameOf),
      status: nameOf(status!) as PendingChange['status'],
    }
  })
  const ring = plainRing(memberRows, itemsOf(owners!).map(nameOf), nameOf(claimant!))
  return ringWorld({...ring, pending: changes})
}

/** The eval of `all_active_transfers()`: what is under way, as long as each has been so. */
export function activeWorld(text: string, base: Ring): World {
  const transfers = itemsOf(itemsOf(readTerm(text))[0]!).flatMap(sent => itemsOf(sent))
  const facts = transfers.map(transfer => new Map(itemsOf(itemsOf(transfer)[1]!).map(pairOf)))
  const started = facts.map(fact => momentIn(fact.get('start_ts')!))
  const world = ringWorld(base, Math.max(0, ...started) + 2500)
  for (const [at, fact] of facts.entries()) {
    const stats = fact.get('stats')!
    const hasStats = typeof stats === 'object' && 'list' in stats
    const size = hasStats ? itemsOf(new Map(itemsOf(stats).map(pairOf)).get('size')!)[0] : 2800
    // without a report yet: not two seconds ago
    const ago = hasStats ? world.now - started[at]! : 1000
    if (!hasStats) world.now = started[at]! + ago
    addTransfer(world, {
      partition: partitionOfIndex(BigInt(fact.get('src_partition') as number | bigint), partitions)!,
      from: nameOf(fact.get('src_node')!),
      to: nameOf(fact.get('target_node')!),
      ago: world.now - started[at]!,
      objects: Number(size),
      pid: /(\d+\.\d+)>$/.exec((fact.get('sender_pid') as {opaque: string}).opaque)![1]!,
    })
  }
  return world
}

/** The eval of `riak_core_status:transfers()`. */
export function misplacedWorld(text: string, base: Ring): World {
  const rows = itemsOf(itemsOf(readTerm(text))[1]!).map(itemsOf)
  const counts = (kind: string): Counts =>
    new Map(
      rows
        .filter(([name]) => nameOf(name!) === kind)
        .map(([, name, count]) => [nameOf(name!), Number(count)]),
    )
  return misplaced(base, counts('waiting_to_handoff'), counts('stopped'))
}

/** `cluster partitions --node NODE`: the vnodes that this node runs beside its own. */
export function partitionsWorld(command: string, text: string, base: Ring): World {
  const world = ringWorld(base)
  const name = /--node[= ](\S+)/.exec(command)?.[1] ?? base.claimant
  for (const [, id] of text.matchAll(/^secondary,\d+,(\d+)\r?$/gm))
    startVnode(world, nodeOf(world, name), 'riak_kv_vnode', Number(id))
  return world
}

const itemsOf = (term: Term): readonly Term[] =>
  typeof term === 'object' && 'tuple' in term
    ? term.tuple
    : typeof term === 'object' && 'list' in term
      ? term.list
      : []
const nameOf = (term: Term): string => (term as {atom: string}).atom
const pairOf = (term: Term): readonly [string, Term] => {
  const [key, value] = itemsOf(term)
  return [nameOf(key!), value!]
}
const momentIn = (term: Term): number => {
  const [mega, seconds, micro] = itemsOf(term).map(Number) as [number, number, number]
  return (mega * 1e6 + seconds) * 1000 + micro / 1000
}
