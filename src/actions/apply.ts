/** From a plan to a run: shown, refused where it must be, approved, carried out, reported. */

import type {RingupCommand} from '../cli/command.ts'
import {confirm, needConfirmation} from '../cli/confirm.ts'
import {duration} from '../cli/duration.ts'
import {writeError} from '../cli/output.ts'
import {stderrLook} from '../cli/terminal.ts'
import {isOpsError, OpsError} from '../errors.ts'
import {carryOut, type NothingToDo, type RunReport, runReportText, stepTitles} from '../execute/carry-out.ts'
import {newcomersOf, planCommitted, stagedNow, statusIn} from '../execute/changes-seen.ts'
import {holderText} from '../execute/lock.ts'
import {overtaken} from '../execute/overtaken.ts'
import {isProcessGone, lockDoors} from '../execute/run-lock.ts'
import type {Session} from '../fleet/fleet.ts'
import {hasItsDigest} from '../plan/canonical.ts'
import {type Plan, planIdentity} from '../plan/plan.ts'
import {planReport} from '../report/plan/plan-text.ts'
import {identityOf, identityText, sameCluster} from '../ring/identity.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {refuseBlocked} from '../state/plan-file.ts'
import type {FoundRun, RunIsOver} from '../state/runs.ts'
import {type Held, lockHolder} from './locks.ts'
import {type AcceptFlags, type PlanRequest, requestPlan} from './plan-request.ts'
import {preflight} from './preflight.ts'

/** What the flags of a command that changes something say. */
export type ApplyFlags = {
  readonly yes: boolean
  readonly reason?: string | undefined
  readonly 'wait-timeout'?: string | undefined
  readonly interval: string
  readonly 'no-wait': boolean
  readonly 'skip-check'?: readonly string[] | undefined
}

/** And of one that makes a plan of its own. */
type PlanningFlags = ApplyFlags & AcceptFlags

export type Approval = ApplyFlags & {
  readonly command: string
  readonly title: string
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
  command: RingupCommand,
  flags: PlanningFlags & {readonly inventory: string},
  name: string,
  request: PlanRequest,
  title: string,
): Promise<RunReport | NothingToDo> {
  needConfirmation(flags.yes, name)
  const session = await command.open(flags)
  refuseTooMany(session, request)
  const {plan, snapshot, notes} = await orLocked(session, () =>
    requestPlan(session, {...flags, ...request}, text => command.say(text)),
  )
  for (const note of notes) command.say(note)
  if (plan.changes.length === 0) {
    command.print('nothing to do\n')
    return {schema: 'ringup/run/1', outcome: 'done', cluster: plan.cluster, message: 'nothing to do', notes}
  }
  return approveAndRun(command, session, plan, {...flags, command: name, title, snapshot})
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
  const {title, yes, reason} = approval
  needConfirmation(yes, approval.command)
  const snapshot = await showFit(command, session, plan, approval)
  // a host that somebody's run has just started is not empty any more
  await orLocked(session, () =>
    preflight(session, plan, {
      thorough: true,
      snapshot,
      letPass: approval['skip-check'],
      say: text => command.say(text),
    }),
  )
  tellSteps(command, session, plan)
  if (!yes) await confirm(`Carry this out on ${session.inventory.cluster}?`)
  return finished(command, await carryOut({session, plan, title, reason, ...runOptions(command, approval)}))
}

/** Says what would be done, in order, and does nothing. */
export async function listSteps(
  command: RingupCommand,
  session: Session,
  plan: Plan,
  approval: Approval,
): Promise<StepsReport> {
  await showFit(command, session, plan, approval)
  return {schema: 'ringup/steps/1', digest: plan.digest, steps: tellSteps(command, session, plan)}
}

/** Shows the plan. Throws an `OpsError` for one that is not the expected one, is for another cluster, or is blocked. */
async function showFit(
  command: RingupCommand,
  session: Session,
  plan: Plan,
  {expect, yes, snapshot: given}: Pick<Approval, 'expect' | 'yes' | 'snapshot'>,
): Promise<Snapshot> {
  if (expect !== undefined && expect !== plan.digest)
    throw new OpsError('stale', `the plan's digest is ${plan.digest}, expected was ${expect}`, {
      hint: 'review the plan again',
    })
  const snapshot = given ?? (await readFor(session, plan))
  refuseAnotherCluster('the plan', plan, session, snapshot)
  if (!command.jsonEnabled())
    writeError(planReport(plan, {look: stderrLook(), partitions: false, brief: yes}))
  await orLocked(session, async () => refuseBlocked(plan))
  return snapshot
}

/** The cluster, asked of those that were members before the plan: what it brings knows a ring of its own. */
const readFor = async (session: Session, plan: Plan): Promise<Snapshot> =>
  (await session.ask({except: newcomersOf(plan).map(node => ({node}))})).snapshot

/** Throws an `OpsError` (exit 4). What a cluster is called here does not count, unless Riak's own name is not known. */
function refuseAnotherCluster(what: string, plan: Plan, {inventory}: Session, snapshot: Snapshot): void {
  const [wanted, found] = [planIdentity(plan), identityOf(snapshot)]
  const isNamed = wanted.name !== 'unknown' && found.name !== 'unknown'
  if (sameCluster(wanted, found) && (isNamed || plan.cluster === inventory.cluster)) return
  throw new OpsError(
    'stale',
    `${what} is for another cluster: ${plan.cluster}, ${identityText(wanted)}; ${inventory.file} leads to ${inventory.cluster}, ${identityText(found)}`,
    {hint: 'name the right inventory: -i FILE'},
  )
}

function tellSteps(command: RingupCommand, session: Session, plan: Plan): string[] {
  const titles = stepTitles(session, plan)
  if (!command.jsonEnabled()) command.say(stepsText(titles))
  return titles
}

/** Goes on with a run whose plan was approved when it began; one that can never end as planned any more is ended. */
export async function resumeRun(
  command: RingupCommand,
  session: Session,
  found: FoundRun,
  flags: ApplyFlags,
): Promise<RunReport | RunIsOver> {
  const plan = planOf(found)
  const snapshot = await readFor(session, plan)
  refuseAnotherCluster('the run', plan, session, snapshot)
  const since = overtaken(plan, found.state.committedAt !== undefined, snapshot)
  if (since !== undefined) return endOvertaken(command, session, found, {since, snapshot})
  await refuseHeld(session, plan, snapshot)
  if (!flags.yes) {
    writeError(planReport(plan, {look: stderrLook(), partitions: false, brief: true}))
    await confirm(`Go on with run ${found.run} on ${session.inventory.cluster}?`)
  }
  const resumed = {session, plan, title: `resume ${found.run}`, reason: found.state.reason, resume: found}
  return finished(command, await carryOut({...resumed, ...runOptions(command, flags)}))
}

/** Closes the record of a run that a later change has moved on from, and says by what. */
export async function endOvertaken(
  command: RingupCommand,
  session: Session,
  found: FoundRun,
  {since, snapshot}: {readonly since: string; readonly snapshot: Snapshot},
): Promise<RunIsOver> {
  const {endRecord, overtakenBy} = await import('./close.ts')
  const message = overtakenBy(found, since, snapshot)
  const over = await endRecord(session, found, {outcome: 'overtaken', message, snapshot})
  command.say(`run ${found.run} was ${message}. Nothing is left to do for it`)
  return over
}

/** Drops what a run has staged. What is known to be in vain is refused before anything is announced or written. */
export async function abandonRun(
  command: RingupCommand,
  session: Session,
  found: FoundRun,
  {yes, reason}: {readonly yes: boolean; readonly reason?: string | undefined},
): Promise<RunReport> {
  const plan = planOf(found)
  const snapshot = await readFor(session, plan)
  refuseAnotherCluster('the run', plan, session, snapshot)
  if (found.state.committedAt !== undefined || planCommitted(plan, snapshot))
    throw new OpsError('refused', `run ${found.run} is committed: there is nothing to abandon`, {
      hint: `see it to its end: ringup runs resume ${found.run}`,
    })
  await refuseHeld(session, plan, snapshot)
  const joining = newcomersOf(plan).filter(node => statusIn(snapshot.ring, node) === 'joining')
  command.say(
    `cluster clear drops all that run ${found.run} has staged (${stagedNow(plan, snapshot).join(', ') || 'nothing is staged now'}), and Riak stops on ${joining.length === 0 ? 'no node' : joining.join(', ')}${joining.length === 0 ? '' : '; it is started again there'}`,
  )
  if (!yes) await confirm(`Abandon run ${found.run} on ${session.inventory.cluster}?`)
  const {abandonSteps} = await import('../execute/abandon-steps.ts')
  const options = runOptions(command, {yes, interval: '2s', 'no-wait': false})
  const title = `abandon ${found.run}`
  return finished(
    command,
    await carryOut({session, plan, title, reason, resume: found, steps: abandonSteps, ...options}),
  )
}

/** Throws an `OpsError` (exit 5) while somebody who is alive holds the lock that would be needed: before a question is asked. */
async function refuseHeld(session: Session, plan: Plan, {ring: {claimant}}: Snapshot): Promise<void> {
  const doors = lockDoors({doors: session.doors, plan, claimant})
  const held = await lockHolder({doors})
  if (held && !isProcessGone(held.record)) throw beingChanged(session, held)
}

const beingChanged = ({inventory}: Session, {record}: Held): OpsError =>
  new OpsError('locked', `${inventory.cluster} is being changed by ${holderText(record)}`, {
    hint: 'wait for that run: ringup watch --until settled',
    facts: {lock: record},
  })

function planOf({file, state}: FoundRun): Plan {
  const {plan} = state
  if (!plan)
    throw new OpsError('usage', `${file} does not tell what was to be done`, {
      hint: 'look at the cluster: ringup status',
    })
  if (!hasItsDigest(plan))
    throw new OpsError(
      'usage',
      `the plan in ${file} was changed after it was made: its digest does not fit`,
      {
        hint: 'look at the cluster: ringup status',
      },
    )
  return plan
}

/** What speaks against a plan may be the work of a run that goes on just now: then that is what to say (exit 5). */
async function orLocked<T>(session: Session, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    const held = isOpsError(error) && error.kind === 'refused' ? await lockHolder(session) : undefined
    throw held ? beingChanged(session, held) : error
  }
}

const stepsText = (titles: readonly string[]): string =>
  titles.map((title, at) => `${String(at + 1).padStart(4)}. ${title}`).join('\n')

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
