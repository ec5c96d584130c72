/** Carries out an approved plan, or goes on with one: journal, lock, steps, view, and the end whichever way it comes. */
import {hostname, userInfo} from 'node:os'
import {isOpsError, OpsError} from '../errors.ts'
import {newcomersOf, nodesOf} from '../execute/changes-seen.ts'
import {acquireLock, type Lock} from '../execute/lock.ts'
import {planSteps} from '../execute/plan-steps.ts'
import {doorOf, type RunContext} from '../execute/run-context.ts'
import {runSteps, type Step} from '../execute/step.ts'
import type {EventBody, Operator, RunOutcome} from '../journal/events.ts'
import {applyEvent, noRun, type RunState} from '../journal/reduce.ts'
import {createJournal, type Journal, newRunId, reopenJournal} from '../journal/store.ts'
import {type Plan, transferCount} from '../plan/plan.ts'
import type {Door} from '../riak/door.ts'
import type {NodeName} from '../ring/ring.ts'
import {counted, formatDuration} from '../units.ts'
import {onInterrupt} from './interrupt.ts'
import {processHere} from './process-here.ts'
import type {FoundRun} from './run-journal.ts'
import type {Session} from './session.ts'
import {stateDir} from './state-dir.ts'
import {openView, type View} from './view.ts'

export type CarryOut = {
  readonly session: Session
  readonly plan: Plan
  readonly version: string
  readonly title: string
  readonly json: boolean
  readonly reason?: string | undefined
  /** ms to wait for the cluster to settle */
  readonly waitTimeout?: number | undefined
  /** ms between readings while ownership moves */
  readonly interval: number
  /** end after the commit */
  readonly noWait?: boolean
  /** the run that is taken up again */
  readonly resume?: FoundRun
  /** other steps than those that carry the plan out, after the lock */
  readonly steps?: (context: RunContext) => Step[]
}

export type RunReport = {
  readonly schema: 'ringup/run/1'
  readonly run: string
  readonly journal: string
  readonly cluster: string
  readonly digest: string
  readonly outcome: RunOutcome
  readonly moved: number
  readonly ms: number
  readonly message: string
}

/** Every change that was asked for is in the ring already: no run was made. */
export type NothingToDo = Pick<RunReport, 'schema' | 'cluster' | 'message'> & {
  readonly outcome: 'done'
  readonly notes: readonly string[]
}

export async function carryOut(options: CarryOut): Promise<RunReport> {
  const {session, plan, title, json, resume} = options
  const {clock} = session
  // a claimant that has moved since leads now; a fresh run refuses it in its first step
  const claimant = resume
    ? (await session.ask({except: newcomers(plan)})).snapshot.ring.claimant
    : plan.base.claimant
  const interrupt = onInterrupt(() =>
    view.say(
      'interrupted: stopping at the next safe point; the cluster goes on with what was committed (ringup watch)',
    ),
  )
  const view = await openView({
    title,
    cluster: plan.cluster,
    json,
    onQuit: interrupt.ask,
    run: resume?.state,
    keys: 'ctrl-c: stop watching, the cluster goes on',
  })
  try {
    return await journalled(options, {
      claimant,
      view,
      interrupt: interrupt.signal,
      cause: interrupt.failure,
      now: clock.now,
    })
  } finally {
    interrupt.release()
    view.close()
  }
}

/** What would be done, in order. Throws an `OpsError` when the plan cannot be carried out at all. */
export function stepTitles(session: Session, plan: Plan): string[] {
  const {claimant} = plan.base
  const context: RunContext = {
    clock: session.clock,
    record: () => {},
    signal: new AbortController().signal,
    guard: () => {},
    plan,
    doors: session.doors,
    claimant,
    diskPeak: session.inventory.limits.diskPeak,
    resumed: false,
  }
  const never = {interval: 0, readings: 0, onSnapshot: () => {}}
  return [lockTitle(lockDoors(context)), ...planSteps(context, never).map(({title}) => title)]
}

const newcomers = (plan: Plan): {node: NodeName}[] => newcomersOf(plan).map(node => ({node}))

type Around = {
  readonly claimant: NodeName
  readonly view: View
  readonly interrupt: AbortSignal
  readonly cause: () => OpsError | undefined
  readonly now: () => number
}

async function journalled(
  options: CarryOut,
  {claimant, view, interrupt, cause, now}: Around,
): Promise<RunReport> {
  const {session, plan, resume} = options
  let journal: (Journal & {readonly torn?: number}) | undefined
  let state: RunState = resume?.state ?? noRun
  let lock: Lock | undefined
  const record = (body: EventBody): void => {
    const event = appended(journal!, body, state)
    state = applyEvent(state, event)
    view.event(event)
  }
  const finish = (outcome: RunOutcome, message: string): RunReport => {
    record({type: 'run-finished', outcome, message})
    return report(journal!, plan, state, outcome, message)
  }
  const context: RunContext = {
    clock: session.clock,
    record,
    signal: interrupt,
    guard: () => lock?.guard(),
    plan,
    doors: session.doors,
    claimant,
    diskPeak: session.inventory.limits.diskPeak,
    resumed: resume !== undefined,
  }
  try {
    const run = resume?.run ?? newRunId(now(), Math.random())
    const locking = lockStep(options, context, run, taken => {
      lock = taken
    })
    const steps = [locking, ...(options.steps?.(context) ?? planSteps(context, settleOptions(options, view)))]
    const wanted = options.noWait ? steps.slice(0, steps.findIndex(({id}) => id === 'commit') + 1) : steps
    // only a run that could be made has a journal
    journal = resume ? reopenJournal(stateDir(), run, now) : createJournal(stateDir(), run, now)
    record(opening(options, journal, wanted))
    await runSteps(wanted, context)
    await giveBack(lock, record)
    lock = undefined
    if (options.steps)
      return finish('abandoned', 'what was staged has been dropped; nothing of it was committed')
    if (options.noWait) return finish('detached', 'committed; the cluster goes on by itself: ringup watch')
    return finish(
      'done',
      `${counted(transferCount(plan), 'partition')} moved; every partition has the owner that was planned`,
    )
  } catch (error) {
    if (!journal) throw error
    const failure = withRun(cause() ?? error, journal, state)
    // a journal that cannot be written must not hide why
    await attempt(() => giveBack(lock, record))
    await attempt(async () => void finish(outcomeOf(failure), (failure as Error).message))
    throw failure
  } finally {
    journal?.close()
  }
}

const attempt = async (act: () => Promise<void>): Promise<void> => {
  try {
    await act()
  } catch {}
}

function appended(journal: Journal, body: EventBody, {writes}: RunState) {
  try {
    return journal.append(body)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    throw new OpsError(
      writes > 0 ? 'partlyDone' : 'refused',
      `the journal ${journal.file} cannot be written: ${code}; nothing more is sent`,
      {
        hint: `free some space, then: ringup runs resume ${journal.run}`,
        cause: error,
      },
    )
  }
}

async function giveBack(lock: Lock | undefined, record: (body: EventBody) => void): Promise<void> {
  if (lock) record({type: 'lock-released', left: await lock.release()})
}

const operator = (): Operator => ({user: userInfo().username, host: hostname(), pid: process.pid})

function opening(
  {version, reason, plan, resume}: CarryOut,
  journal: Journal & {torn?: number},
  steps: readonly Step[],
): EventBody {
  const shared = {ringup: version, by: operator(), steps: steps.map(({id, title}) => ({id, title}))}
  return resume
    ? {type: 'run-resumed', ...shared, torn: journal.torn ?? 0}
    : {type: 'run-started', run: journal.run, ...shared, ...(reason === undefined ? {} : {reason}), plan}
}

const lockDoors = (context: RunContext): Door[] =>
  [...new Set([...nodesOf(context.plan), context.claimant])].map(node => doorOf(context, node))

const lockTitle = (doors: readonly Door[]): string =>
  `the lock is ours on ${doors.map(({host}) => host).join(', ')}`

/** The lock, as the first step: on each member of the batch, and on the claimant. */
function lockStep(
  {session, plan, reason = '', resume}: CarryOut,
  context: RunContext,
  run: string,
  onLock: (lock: Lock) => void,
): Step {
  const doors = lockDoors(context)
  const hosts = doors.map(({host}) => host)
  return {
    id: 'lock',
    title: lockTitle(doors),
    observe: async () => ({so: false, saw: ''}),
    act: async () => {
      const {user, host, pid} = operator()
      const lock = await acquireLock({
        doors,
        cluster: plan.cluster,
        record: {run, holder: user, host, pid, reason, startedAt: session.clock.now()},
        adopt: resume !== undefined && isGone(resume.state),
        clock: session.clock,
        onTaken: (from, of, age) => {
          const whose =
            of === 'unreadable' ? 'an unreadable record' : `run ${of.run} of ${of.holder} on ${of.host}`
          context.record({type: 'lock-taken', host: from, from: whose, ageSeconds: age})
        },
      })
      onLock(lock)
      context.record({type: 'lock-acquired', hosts})
    },
    verify: async () => 'held',
  }
}

/** The process that carried the run out has ended: it said so, or it ran here and is no more. */
const isGone = ({outcome, by}: RunState): boolean =>
  outcome !== undefined || by === undefined || processHere(by) === 'gone'

const settleOptions = ({interval, waitTimeout}: CarryOut, view: View) => ({
  interval,
  readings: 3,
  onSnapshot: view.snapshot,
  ...(waitTimeout === undefined ? {} : {timeout: waitTimeout}),
})

const report = (
  journal: Journal,
  plan: Plan,
  state: RunState,
  outcome: RunOutcome,
  message: string,
): RunReport => ({
  schema: 'ringup/run/1',
  run: journal.run,
  journal: journal.file,
  cluster: plan.cluster,
  digest: plan.digest,
  outcome,
  moved: state.progress?.moved ?? 0,
  ms: state.lastAt - state.startedAt,
  message,
})

function outcomeOf(error: unknown): RunOutcome {
  if (!isOpsError(error)) return 'failed'
  if (error.kind === 'interrupted' || error.kind === 'terminated') return 'interrupted'
  return error.kind === 'waitTimedOut' ? 'timed-out' : 'failed'
}

/** The same failure with how to go on; a host that was lost after something was sent leaves the run partly done. */
function withRun(error: unknown, {run, file}: Journal, {writes, staged}: RunState): unknown {
  if (!isOpsError(error)) return error
  const {kind, message, where, hint, facts} = error
  const goOn =
    staged.length > 0
      ? `STILL STAGED, and freezing ownership changes of the whole cluster: ${staged.join(', ')}. Go on with: ringup runs resume ${run}. Drop it with: ringup abandon ${run}, which says first what that stops`
      : writes > 0
        ? `go on with: ringup runs resume ${run}`
        : undefined
  return new OpsError(kind === 'unreachable' && writes > 0 ? 'partlyDone' : kind, message, {
    where,
    hint:
      hint === undefined
        ? goOn
        : goOn === undefined || (staged.length === 0 && hint.includes('runs resume'))
          ? hint
          : `${hint}; ${goOn}`,
    facts: {...facts, run, journal: file},
    cause: error,
  })
}

/** The last words of a run that ended well. */
export const runReportText = ({run, message, ms, journal}: RunReport): string =>
  `run ${run} is done in ${formatDuration(ms)}\n${message}\njournal ${journal}\n`
