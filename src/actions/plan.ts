/** A plan made, shown, kept in a file, and held against what a check of the new hosts finds. Only reads. */

import type {RingupCommand} from '../cli/command.ts'
import {stdoutLook} from '../cli/terminal.ts'
import type {Session} from '../fleet/fleet.ts'
import {type Order, orderOf} from '../plan/order.ts'
import {askedChanges, type Plan} from '../plan/plan.ts'
import {orderText} from '../report/plan/order-text.ts'
import {planReport} from '../report/plan/plan-text.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {refuseBlocked, writePlan} from '../state/plan-file.ts'
import {refuseOther} from '../state/write-whole.ts'
import {type PlanRequest, planOptions, requestPlan} from './plan-request.ts'
import {preflight} from './preflight.ts'
import type {ReportFormat} from './report.ts'

type DryRunFlags = Omit<PlanRequest, 'fromSnapshot'> & {
  readonly 'from-snapshot'?: string | undefined
  readonly out?: string | undefined
  readonly partitions: boolean
  readonly format: ReportFormat
  readonly 'skip-check'?: readonly string[] | undefined
  /** look for other ways to do it */
  readonly order?: boolean
}

export type PlanReport = Plan & {
  /** other ways to do it: `--order` */
  readonly order?: Order
}

/** Throws an `OpsError` (exit 3) for a plan that is blocked, and for new hosts that fail a check. */
export async function dryRun(
  command: RingupCommand,
  session: Session,
  flags: DryRunFlags,
): Promise<PlanReport> {
  const fromSnapshot = flags['from-snapshot']
  if (flags.out !== undefined) refuseOther(flags.out, 'plan')
  const {plan, snapshot, notes} = await requestPlan(session, {...flags, fromSnapshot}, text =>
    command.say(text),
  )
  for (const note of notes) command.say(note)
  if (flags.format === 'text')
    command.print(planReport(plan, {look: stdoutLook(), partitions: flags.partitions}))
  else {
    const {writeReport} = await import('./report.ts')
    await writeReport(command, {kind: 'plan', plan}, {format: flags.format})
  }
  const order = flags.order ? orderOfPlan(session, snapshot, plan, flags.rate) : undefined
  if (order) command.print(orderText(order, stdoutLook()))
  if (flags.out !== undefined) writePlan(flags.out, plan)
  refuseBlocked(plan, order ? {order} : {})
  // a file says nothing of the hosts as they are now
  if (fromSnapshot === undefined)
    await preflight(session, plan, {
      thorough: false,
      snapshot,
      letPass: flags['skip-check'],
      say: text => command.say(text),
    })
  return order ? {...plan, order} : plan
}

function orderOfPlan(session: Session, snapshot: Snapshot, plan: Plan, rate: string | undefined): Order {
  const taken = new Set([...plan.base.members, ...plan.changes].map(({node}) => node))
  return orderOf({
    snapshot,
    changes: askedChanges(plan),
    others: session.inventory.hosts.filter(({node}) => !taken.has(node)),
    options: planOptions(session, rate, snapshot),
  })
}
