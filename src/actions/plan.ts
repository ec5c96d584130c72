/** A dry run: a plan, other ways to do it, and what a check of the new hosts finds. Only reads. */
import {type Order, orderOf} from '../plan/order.ts'
import {askedChanges, type Plan} from '../plan/plan.ts'
import {refuseBlocked} from '../plan/refuse-blocked.ts'
import type {Context} from './context.ts'
import {type PlanRequest, planOptions, type Requested, requestPlan} from './plan-request.ts'
import {preflight} from './preflight.ts'

export type DryRunRequest = PlanRequest & {
  /** look for other ways to do it */
  readonly order: boolean
  /** checks whose fails are let pass */
  readonly letPass?: readonly string[] | undefined
}

export type DryRun = Requested & {readonly order: Order | undefined}

export type PlanReport = Plan & {
  /** other ways to do it: `--order` */
  readonly order?: Order
}

export async function dryRun({fleet, say}: Context, request: DryRunRequest): Promise<DryRun> {
  const requested = await requestPlan(fleet, request, say)
  for (const note of requested.notes) say(note)
  return {...requested, order: request.order ? otherWays(fleet, requested, request) : undefined}
}

/** Throws an `OpsError` (exit 3) for a plan that is blocked, and for new hosts that fail a check. */
export async function refuseUnfit(
  {fleet, say}: Context,
  {plan, snapshot, order}: DryRun,
  {fromSnapshot, letPass}: DryRunRequest,
): Promise<void> {
  refuseBlocked(plan, order ? {order} : {})
  // a file says nothing of the hosts as they are now
  if (fromSnapshot === undefined) await preflight(fleet, plan, {thorough: false, snapshot, letPass, say})
}

export const planReported = ({plan, order}: DryRun): PlanReport => (order ? {...plan, order} : plan)

function otherWays(
  fleet: Context['fleet'],
  {plan, snapshot}: Requested,
  {rate}: Pick<DryRunRequest, 'rate'>,
): Order {
  const taken = new Set([...plan.base.members, ...plan.changes].map(({node}) => node))
  return orderOf({
    snapshot,
    changes: askedChanges(plan),
    others: fleet.inventory.hosts.filter(({node}) => !taken.has(node)),
    options: planOptions(fleet, rate, snapshot),
  })
}
