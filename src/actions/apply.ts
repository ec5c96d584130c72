/** From a plan to a run: shown, refused where it must be, approved, carried out. */
import {OpsError} from '../errors.ts'
import {askBefore} from '../execute/ask-before.ts'
import {carryOut, type NothingToDo, type RunReport, stepTitles} from '../execute/carry-out.ts'
import type {Fleet} from '../fleet/fleet.ts'
import type {Plan} from '../plan/plan.ts'
import {refuseBlocked} from '../plan/refuse-blocked.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {refuseAnotherCluster} from './another-cluster.ts'
import {refuseUnapproved} from './approve.ts'
import type {Context} from './context.ts'
import {orLocked} from './held.ts'
import {type PlanRequest, requestPlan} from './plan-request.ts'
import {preflight} from './preflight.ts'

/** How a run is to be carried out. */
export type RunWishes = {
  /** why, kept in the journal */
  readonly reason?: string | undefined
  /** ms to wait for the cluster to settle */
  readonly waitTimeout?: number | undefined
  /** ms between readings */
  readonly interval: number
  /** end after the commit */
  readonly noWait: boolean
  /** ids of checks whose fails are let pass */
  readonly letPass?: readonly string[] | undefined
}

export type Approval = RunWishes & {
  readonly title: string
  /** the digest that the plan must have */
  readonly expect?: string | undefined
  /** what the plan was just made on */
  readonly snapshot?: Snapshot
}

/** What would be done, in order: `apply --steps`. */
export type StepsReport = {
  readonly schema: 'ringup/steps/1'
  readonly digest: string
  readonly steps: readonly string[]
}

/** Plans, and carries the plan out: `add`, `leave`, `replace`. */
export async function planAndRun(
  context: Context,
  request: PlanRequest,
  wishes: RunWishes & {readonly title: string},
): Promise<RunReport | NothingToDo> {
  const {fleet, say} = context
  refuseTooMany(fleet, request)
  const {plan, snapshot, notes} = await orLocked(fleet, () => requestPlan(fleet, request, say))
  for (const note of notes) say(note)
  if (plan.changes.length === 0)
    return {schema: 'ringup/run/1', outcome: 'done', cluster: plan.cluster, message: 'nothing to do', notes}
  return approveAndRun(context, plan, {...wishes, snapshot})
}

function refuseTooMany({inventory}: Fleet, {leave = []}: PlanRequest): void {
  const most = inventory.growth.perDay ?? 1
  if (leave.length > most)
    throw new OpsError(
      'refused',
      `${leave.length} members at once are more than growth.perDay of the inventory (${most})`,
      {
        hint: 'let them leave one after the other, or raise growth.perDay',
      },
    )
}

export async function approveAndRun(context: Context, plan: Plan, approval: Approval): Promise<RunReport> {
  const {fleet, say, ask} = context
  const snapshot = await showFit(context, plan, approval)
  // a host that somebody's run has just started is not empty any more
  await orLocked(fleet, () =>
    preflight(fleet, plan, {thorough: true, snapshot, letPass: approval.letPass, say}),
  )
  await refuseUnapproved(fleet, plan, approval)
  await showSteps(context, plan)
  await ask.confirm(`Carry this out on ${fleet.inventory.cluster}?`)
  return finished(context, await carryOut({...context, ...approval, plan}))
}

/** Says what would be done, in order, and does nothing. */
export async function listSteps(context: Context, plan: Plan, approval: Approval): Promise<StepsReport> {
  await showFit(context, plan, approval)
  return {schema: 'ringup/steps/1', digest: plan.digest, steps: await showSteps(context, plan)}
}

/** Shows the plan. Throws an `OpsError` for one that is not the expected one, is for another cluster, or is blocked. */
async function showFit(
  {fleet, ask, show}: Context,
  plan: Plan,
  {expect, snapshot: given}: Pick<Approval, 'expect' | 'snapshot'>,
): Promise<Snapshot> {
  if (expect !== undefined && expect !== plan.digest)
    throw new OpsError('stale', `the plan's digest is ${plan.digest}, expected was ${expect}`, {
      hint: 'review the plan again',
    })
  const snapshot = given ?? (await askBefore(fleet, plan))
  refuseAnotherCluster('the plan', plan, fleet, snapshot)
  await show({kind: 'plan', plan, brief: ask.isGiven})
  await orLocked(fleet, async () => refuseBlocked(plan))
  return snapshot
}

async function showSteps({fleet, show}: Context, plan: Plan): Promise<string[]> {
  const titles = stepTitles(fleet, plan)
  await show({kind: 'steps', titles})
  return titles
}

export async function finished({show}: Context, report: RunReport): Promise<RunReport> {
  await show({kind: 'run', report})
  return report
}
