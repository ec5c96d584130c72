/** The first look: the plan still holds, and the cluster is at rest. Whatever can be refused is refused here. */
import {isDeepStrictEqual} from 'node:util'
import {OpsError} from '../errors.ts'
import {askedChanges, makePlan} from '../plan/plan.ts'
import {blockingNow} from '../plan/risks-now.ts'
import {presentMembers, type Snapshot, unreachableMembers} from '../ring/snapshot.ts'
import {counted} from '../units.ts'
import {planCommitted} from './changes-seen.ts'
import {type RunContext, readCluster} from './run-context.ts'
import {baseDifferences, foreignChanges} from './stale.ts'
import type {Step} from './step.ts'

export const checkStep = (context: RunContext): Step => ({
  id: 'check',
  title: 'the cluster is the one planned on, at rest',
  observe: async () => {
    const snapshot = await readCluster(context)
    if (planCommitted(context.plan, snapshot)) return {so: true, saw: 'committed already'}
    refuseStale(context, snapshot)
    refuseUnrest(snapshot)
    refuseRisks(context, snapshot)
    const members = counted(presentMembers(snapshot.ring).length, 'member')
    return {so: true, saw: `${members}, ring of ${snapshot.ring.partitions}, nothing pending`}
  },
  verify: async () => '',
})

/** Throws an `OpsError` (exit 4) when the ring or what is staged is not what the plan was made on. */
export function refuseStale({plan, resumed}: Pick<RunContext, 'plan' | 'resumed'>, snapshot: Snapshot): void {
  const foreign = foreignChanges(plan, snapshot)
  if (foreign.length > 0)
    throw new OpsError('stale', `something is staged that is not ours: ${foreign.join(', ')}`, {
      hint: 'find out who staged it; it would be committed with ours, and clearing it stops other nodes',
    })
  const differences = baseDifferences(plan, snapshot.ring)
  if (differences.length === 0) return
  const {claimant} = plan.base
  const moved = baseDifferences(plan, {...snapshot.ring, claimant}).length === 0
  if (resumed && moved && plansTheSame(plan, snapshot)) return
  throw new OpsError('stale', `the ring is not the one this plan was made on: ${differences.join('; ')}`, {
    hint: moved
      ? 'another member leads the cluster now: go on with ringup runs resume'
      : 'make the plan again: ringup plan',
  })
}

/** Under another claimant: what was staged in the old one's memory is gone, but the same may move. Sizes do not count. */
const plansTheSame = (plan: RunContext['plan'], snapshot: Snapshot): boolean =>
  isDeepStrictEqual(
    ownership(makePlan({cluster: plan.cluster, snapshot, changes: askedChanges(plan)})),
    ownership(plan),
  )

const ownership = ({transitions}: RunContext['plan']): unknown =>
  transitions.map(({members, owners, transfers, reassigned}) => ({
    members,
    owners,
    transfers: transfers.map(({partition, from, to}) => ({partition, from, to})),
    reassigned,
  }))

/** Throws an `OpsError` (exit 3) for what blocks the plan on the ring that is, whatever risks the plan itself leaves out. */
function refuseRisks({plan, diskPeak, resumed}: RunContext, snapshot: Snapshot): void {
  const blocking = blockingNow(plan, snapshot, {diskPeak, resumed})
  if (blocking.length === 0) return
  throw new OpsError(
    'refused',
    `the plan is blocked as the cluster is now: ${blocking.map(({id, value}) => `${id}: ${value}`).join('; ')}`,
    {hint: 'make the plan again, which shows its risks: ringup plan', facts: {risks: blocking}},
  )
}

/** Throws an `OpsError` (exit 3) while nothing may be staged. */
export function refuseUnrest(snapshot: Snapshot): void {
  const unreachable = unreachableMembers(snapshot)
  if (unreachable.length > 0)
    throw new OpsError('refused', `not while a member is down or unreachable: ${unreachable.join(', ')}`, {
      hint: 'bring it up first; no flag skips this',
    })
  const {pending, members} = snapshot.ring
  const unsettled = members.filter(
    ({status}) => status === 'leaving' || status === 'exiting' || status === 'down',
  )
  if (unsettled.length > 0)
    throw new OpsError(
      'refused',
      `not while ${unsettled.map(({node, status}) => `${node} is ${status}`).join(', ')}`,
      {
        hint: 'wait: ringup watch --until settled',
      },
    )
  if (pending.length > 0)
    throw new OpsError(
      'refused',
      `not while ${counted(pending.length, 'ownership transfer')} ${pending.length === 1 ? 'is' : 'are'} pending`,
      {hint: 'wait: ringup watch --until settled'},
    )
}
