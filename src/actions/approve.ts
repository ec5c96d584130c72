/** Approvals of a plan by other logins than the one that applies it, kept on the cluster's hosts. */
import {OpsError} from '../errors.ts'
import {askBefore} from '../execute/ask-before.ts'
import {refuseStale} from '../execute/check-step.ts'
import {operator} from '../execute/run-lock.ts'
import {recordDoors} from '../execute/run-record.ts'
import type {Fleet} from '../fleet/fleet.ts'
import type {Plan} from '../plan/plan.ts'
import {refuseBlocked} from '../plan/refuse-blocked.ts'
import {keepChain, refuseFewCopies} from '../records/keep.ts'
import {memberNodes} from '../ring/snapshot.ts'
import {approvalLine, approvers} from '../state/approvals.ts'
import {newRunId} from '../state/store.ts'
import {counted} from '../units.ts'
import {refuseAnotherCluster} from './another-cluster.ts'
import type {Context} from './context.ts'

export type ApprovalReport = {
  readonly schema: 'ringup/approval/1'
  readonly cluster: string
  readonly digest: string
  /** the login on this machine */
  readonly by: string
  /** that keep it */
  readonly hosts: readonly string[]
}

/**
 * Records that this login approves the plan: `apply` of another login goes by it where the inventory wants it. Throws an
 * `OpsError` (exit 4) where the ring is not the one it was made on any more.
 */
export async function approvePlan(
  {fleet, say, show, ask}: Context,
  plan: Plan,
  {reason}: {readonly reason?: string | undefined},
): Promise<ApprovalReport> {
  const {inventory, clock, doors} = fleet
  const snapshot = await askBefore(fleet, plan)
  refuseAnotherCluster('the plan', plan, fleet, snapshot)
  refuseStale({plan, resumed: true}, snapshot)
  await show({kind: 'plan', plan, brief: ask.isGiven})
  refuseBlocked(plan)
  await ask.confirm(`Approve this plan for ${inventory.cluster}, to be applied by another login?`)
  const by = operator()
  const members = memberNodes(snapshot.ring)
  const keeper = keepChain({
    kind: 'approval',
    id: newRunId(clock.now(), Math.random()),
    doors: recordDoors(doors, members, snapshot.ring.claimant),
    lines: [approvalLine(plan.digest, {at: clock.now(), by, reason})],
    onFailure: (host, why) => say(`${host} does not keep the approval: ${why}`),
  })
  await keeper.flush()
  refuseFewCopies(keeper, 'an approval')
  return {
    schema: 'ringup/approval/1',
    cluster: inventory.cluster,
    digest: plan.digest,
    by: by.user,
    hosts: keeper.kept(),
  }
}

/** Throws an `OpsError`: exit 64 without a reason where the inventory wants one, exit 3 without the approvals that it wants. */
export async function refuseUnapproved(
  fleet: Fleet,
  plan: Plan,
  {reason}: {readonly reason?: string | undefined},
): Promise<void> {
  const {growth, file} = fleet.inventory
  if (growth.reason === 'required' && (reason ?? '') === '')
    throw new OpsError('usage', `${file} wants a reason for every change`, {
      hint: 'say it: --reason "OPS-1432"',
    })
  const wanted = (growth.approvals ?? 1) - 1
  if (wanted === 0) return
  const found = approvers(await fleet.remember(), plan.digest)
  if (found >= wanted) return
  throw new OpsError(
    'refused',
    `${file} wants ${counted(wanted, 'approval')} of plan ${plan.digest.slice(0, 19)} by other logins of the hosts than yours, and there ${found === 1 ? 'is' : 'are'} ${found}`,
    {
      hint: 'with the plan in a file (ringup plan ... --out FILE), a colleague says with a login of their own: ringup approve FILE',
      facts: {digest: plan.digest, wanted, found},
    },
  )
}
