/** From a plan to a run: shown, refused where it must be, approved, carried out, reported. */
import {OpsError} from '../errors.ts'
import type {Plan} from '../plan/plan.ts'
import {planReport} from '../report/plan-text.ts'
import {carryOut, type RunReport, runReportText} from './carry-out.ts'
import type {RingupCommand} from './command.ts'
import {confirm, needConfirmation} from './confirm.ts'
import {duration} from './duration.ts'
import {refuseBlocked} from './plan-file.ts'
import {type AcceptFlags, acceptedRisks, type PlanRequest, requestPlan} from './plan-request.ts'
import type {FoundRun} from './run-journal.ts'
import type {Session} from './session.ts'
import {stderrLook} from './terminal.ts'

/** What the flags of a command that changes something say. */
export type ApplyFlags = {
  readonly yes: boolean
  readonly reason?: string | undefined
  readonly 'wait-timeout'?: string | undefined
  readonly interval: string
  readonly 'no-wait': boolean
}

/** And of one that makes a plan of its own. */
type PlanningFlags = ApplyFlags & AcceptFlags

export type Approval = ApplyFlags & {
  readonly command: string
  readonly title: string
  readonly expect?: string | undefined
}

/** Plans, and carries the plan out: `add`, `leave`, `replace`. */
export async function planAndRun(
  command: RingupCommand,
  flags: PlanningFlags & {readonly inventory: string},
  name: string,
  request: PlanRequest,
  title: string,
): Promise<RunReport | object> {
  needConfirmation(flags.yes, name)
  const session = await command.open(flags.inventory)
  refuseTooMany(session, request)
  const {plan, notes} = await requestPlan(session, {...request, accept: acceptedRisks(flags)})
  for (const note of notes) command.say(note)
  if (plan.changes.length === 0) {
    command.print('nothing to do\n')
    return {schema: 'ringup/run/1', outcome: 'done', cluster: plan.cluster, message: 'nothing to do', notes}
  }
  return approveAndRun(command, session, plan, {...flags, command: name, title})
}

function refuseTooMany({inventory}: Session, {leave = []}: PlanRequest): void {
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
      {
        hint: 'name the right inventory: -i FILE',
      },
    )
  if (!command.jsonEnabled())
    process.stderr.write(planReport(plan, {look: stderrLook(), partitions: false, brief: yes}))
  refuseBlocked(plan)
  if (!yes) await confirm(`Carry this out on ${plan.cluster}?`)
  return finished(command, await carryOut({session, plan, title, reason, ...runOptions(command, approval)}))
}

/** Goes on with a run whose plan was approved when it began. */
export async function resumeRun(
  command: RingupCommand,
  session: Session,
  found: FoundRun,
  flags: ApplyFlags,
): Promise<RunReport> {
  const {plan} = found.state
  if (!plan)
    throw new OpsError('usage', `${found.file} does not tell what was to be done`, {
      hint: 'look at the cluster: ringup status',
    })
  if (plan.cluster !== session.inventory.cluster)
    throw new OpsError(
      'stale',
      `the run is for ${plan.cluster}, the inventory for ${session.inventory.cluster}`,
      {hint: 'name the right inventory: -i FILE'},
    )
  if (!flags.yes) {
    process.stderr.write(planReport(plan, {look: stderrLook(), partitions: false, brief: true}))
    await confirm(`Go on with run ${found.run} on ${plan.cluster}?`)
  }
  return finished(
    command,
    await carryOut({
      session,
      plan,
      title: `resume ${found.run}`,
      reason: found.state.reason,
      resume: found,
      ...runOptions(command, flags),
    }),
  )
}

const runOptions = (command: RingupCommand, flags: ApplyFlags) => ({
  version: command.config.version,
  json: command.jsonEnabled(),
  waitTimeout: duration(flags['wait-timeout'], '--wait-timeout'),
  interval: duration(flags.interval, '--interval')!,
  noWait: flags['no-wait'],
})

function finished(command: RingupCommand, report: RunReport): RunReport {
  command.print(runReportText(report))
  return report
}
