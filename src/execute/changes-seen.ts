/** How far a change has come, judged by the ring alone. Pure. */
import {isDeepStrictEqual} from 'node:util'
import type {Plan} from '../plan/plan.ts'
import {type Change, describeChange} from '../ring/changes.ts'
import type {MemberStatus, NodeName, Ring} from '../ring/ring.ts'
import type {Snapshot} from '../ring/snapshot.ts'

export const statusIn = (ring: Pick<Ring, 'members'>, node: NodeName): MemberStatus | undefined => {
  const status = ring.members.find(member => member.node === node)?.status
  return status === 'invalid' ? undefined : status
}

/** Staged, and not committed yet; `unknown` where the claimant's memory cannot be read. */
export function isStaged(change: Change, {ring, staged}: Snapshot): boolean | 'unknown' {
  if (change.action === 'join') return statusIn(ring, change.node) === 'joining'
  if (staged === 'unknown') return 'unknown'
  return staged.some(other => isDeepStrictEqual({...other}, {...change}))
}

/** The commit has taken effect on it. */
export function isCommitted(change: Change, {ring}: Pick<Snapshot, 'ring'>): boolean {
  const status = statusIn(ring, change.node)
  const gone = status === undefined || status === 'leaving' || status === 'exiting'
  switch (change.action) {
    case 'join':
      return status === 'valid'
    case 'leave':
      return gone
    case 'replace':
      return gone && statusIn(ring, change.with) === 'valid'
    case 'setLocation':
      return ring.locations[change.node] === change.location && status !== 'joining'
    default:
      return false
  }
}

/** The commit of a plan shows in the ring: in every change that shows there at all. */
export const planCommitted = ({changes}: Pick<Plan, 'changes'>, snapshot: Pick<Snapshot, 'ring'>): boolean =>
  changes.length > 0 && changes.every(change => isCommitted(change, snapshot))

/** Every node that a batch is about. */
export const nodesOf = ({changes}: Pick<Plan, 'changes'>): NodeName[] => [
  ...new Set(changes.flatMap(change => ('with' in change ? [change.node, change.with] : [change.node]))),
]

/** Nodes that come in. riak_core lists no join for one that gets a location in the same plan. */
export const newcomersOf = (plan: Pick<Plan, 'changes' | 'base'>): NodeName[] =>
  nodesOf(plan).filter(node => !plan.base.members.some(member => member.node === node))

/** Nodes that go. */
export const leaversOf = ({changes}: Pick<Plan, 'changes'>): NodeName[] =>
  changes.filter(({action}) => action === 'leave' || action === 'replace').map(({node}) => node)

/**
 * What of a plan is staged now and not committed, as a snapshot shows it: `join riak@10.0.0.6`. Where the claimant's
 * memory cannot be read, joins alone are known. A newcomer that also gets a location shows as both.
 */
export const stagedNow = (plan: Pick<Plan, 'changes' | 'base'>, snapshot: Snapshot): string[] => [
  ...new Set(
    [...newcomersOf(plan).map((node): Change => ({action: 'join', node})), ...plan.changes]
      .filter(change => isStaged(change, snapshot) === true)
      .map(describeChange),
  ),
]
