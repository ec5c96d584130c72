/** From a plan to a run: shown, refused where it must be, approved, carried out, reported. */
import {OpsError} from '../errors.ts'
import type {Plan} from '../plan/plan.ts'
import {planReport} from '../report/plan-text.ts'
import {carryOut, type RunReport, runReportText} from './carry-out.ts'
import type {RingupCommand} from './command.ts'
import {confirm, needConfirmation} from './confirm.ts'
import {duration} from './duration.ts'
import {refuseBlocked} from './plan-file.ts'
import type {Session} from './session.ts'
import {stderrLook} from './terminal.ts'

export type Approval = {
  readonly command: string
  readonly title: string
  readonly yes: boolean
  readonly expect?: string | undefined
  readonly reason?: string | undefined
  readonly 'wait-timeout'?: string | undefined
  readonly interval: string
}

export async function approveAndRun(
  command: RingupCommand,
  session: Session,
  plan: Plan,
  approval: Approval,
): Promise<RunReport> {
  const {title, yes, expect, reason} = approval
  needConfirmation(yes, approval.command)
  if (expect !== undefined && expect !== plan.digest)
    throw new OpsError('stale', `the plan's digest is ${plan.digest}, expected was ${expect}`, {
      hint: 'review the plan again',
    })
  if (plan.cluster !== session.inventory.cluster)
    throw new OpsError(
      'stale',
      `the plan is for ${plan.cluster}, the inventory for ${session.inventory.cluster}`,
      {hint: 'name the right inventory: -i FILE'},
    )
  if (!command.jsonEnabled())
    process.stderr.write(planReport(plan, {look: stderrLook(), partitions: false, brief: yes}))
  refuseBlocked(plan)
  if (!yes) await confirm(`Carry this out on ${plan.cluster}?`)
  const report = await carryOut({
    session,
    plan,
    version: command.config.version,
    title,
    json: command.jsonEnabled(),
    reason,
    waitTimeout: duration(approval['wait-timeout'], '--wait-timeout'),
    interval: duration(approval.interval, '--interval')!,
  })
  if (!command.jsonEnabled()) process.stdout.write(runReportText(report))
  return report
}
