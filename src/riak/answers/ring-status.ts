/** `riak admin ring-status`: the claimant, every pending change, and members that cannot be reached. */
import {nodeNamePattern} from '../../names.ts'
import type {NodeName} from '../../ring/ring.ts'
import type {Answer} from './answer.ts'
import type {Lines} from './lines.ts'
import {nodeAtom, type Reading, readAnswer, takeNodeList} from './reading.ts'

export type PrintedRingStatus = {
  readonly claimant: NodeName
  readonly claimantUp: boolean
  /** undefined: the claimant does not answer */
  readonly ringReady: boolean | undefined
  readonly pending: readonly PrintedPending[]
  readonly unreachable: readonly NodeName[]
}

export type PrintedPending = {
  /** of the partition: `i * 2^160 / n`, in decimal */
  readonly index: string
  readonly from: NodeName
  readonly to: NodeName
  /** vnode modules that have handed off already; undefined where owner or next owner is down: Riak shows none then */
  readonly done: readonly string[] | undefined
  readonly status: 'awaiting' | 'complete' | 'unknown'
}

export const readRingStatus = (answer: Answer): Reading<PrintedRingStatus> => readAnswer(answer, {grammar})

function grammar(lines: Lines): PrintedRingStatus {
  lines.expect(/^=+ Claimant =+$/, 'the heading "Claimant"')
  const [, claimant] = lines.expect(new RegExp(`^Claimant:  ${nodeAtom}$`), 'the claimant')
  const [, status] = lines.expect(/^Status: {5}(up|down)$/, 'whether the claimant is up')
  const [, ready] = lines.expect(/^Ring Ready: (true|false|unknown)$/, 'whether the ring is ready')
  lines.blank()
  lines.expect(/^=+ Ownership Handoff =+$/, 'the heading "Ownership Handoff"')
  const pending = readPending(lines)
  lines.blank()
  lines.expect(/^=+ Unreachable Nodes =+$/, 'the heading "Unreachable Nodes"')
  const unreachable = readUnreachable(lines)
  return {
    claimant: claimant!,
    claimantUp: status === 'up',
    ringReady: ready === 'unknown' ? undefined : ready === 'true',
    pending,
    unreachable,
  }
}

const owner = new RegExp(`^Owner: {6}(${nodeNamePattern})$`)
const nextOwner = new RegExp(`^Next Owner: (${nodeNamePattern})$`)

function readPending(lines: Lines): PrintedPending[] {
  if (lines.take(/^No pending changes\.$/)) return []
  const pending: PrintedPending[] = []
  const seen = new Set<string>()
  let pair = lines.expect(owner, 'the owner of pending changes')
  while (pair) {
    const from = pair[1]!
    const [, to] = lines.expect(nextOwner, 'the next owner')
    lines.blank()
    const down = lines.many(/^!!! (\S+) is DOWN !!!$/).length > 0
    lines.blank()
    const before = pending.length
    for (let found = lines.take(/^Index: (\d+)$/); found; found = lines.take(/^Index: (\d+)$/)) {
      const [, index] = found
      if (seen.has(index!)) lines.fail('an index that does not stand twice')
      seen.add(index!)
      pending.push({index: index!, from, to: to!, ...(down ? unseen : readProgress(lines))})
      lines.blank()
    }
    if (pending.length === before) lines.fail('an index')
    lines.expect(/^-{20,}$/, 'a line of dashes')
    pair = lines.take(owner)!
  }
  return pending
}

const unseen = {done: undefined, status: 'unknown'} as const

const moduleList = '\\[([a-z_]+(?:,[a-z_]+)*)\\]'
/** none: all have handed off, and the claimant has not changed ownership yet */
const waitedFor = '\\[(?:[a-z_]+(?:,[a-z_]+)*)?\\]'

function readProgress(lines: Lines): Pick<PrintedPending, 'done' | 'status'> {
  if (lines.take(/^ {2}All transfers complete\. Waiting for claimant to change ownership\.$/))
    return {done: [], status: 'complete'}
  lines.expect(new RegExp(`^  Waiting on: ${waitedFor}$`), 'what is waited for')
  const done = lines.take(new RegExp(`^  Complete:   ${moduleList}$`))
  return {done: done ? done[1]!.split(',') : [], status: 'awaiting'}
}

const advice = [
  'WARNING: The cluster state will not converge until all nodes',
  'are up. Once the above nodes come back online, convergence',
  'will continue. If the outages are long-term or permanent, you',
  'can either mark the nodes as down (riak-admin down NODE) or',
  'forcibly remove the nodes from the cluster (riak-admin',
  'force-remove NODE) to allow the remaining nodes to settle.',
]

function readUnreachable(lines: Lines): NodeName[] {
  if (lines.take(/^All nodes are up and reachable$/)) return []
  const nodes =
    takeNodeList(lines, /The following nodes are unreachable: /, /(?:)/) ??
    lines.fail('which nodes are unreachable')
  if (nodes.length === 0) lines.fail('a node that is unreachable')
  lines.blank()
  for (const line of advice)
    if (lines.peek() === line) lines.expect(/^/, line)
    else lines.fail(JSON.stringify(line))
  return nodes
}
