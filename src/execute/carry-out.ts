/** Carries out an approved plan, or goes on with one: journal, lock, steps, view, and the end whichever way it comes. */

import {isOpsError, OpsError} from '../errors.ts'
import type {Fleet} from '../fleet/fleet.ts'
import type {EventBody, JournalEvent, RunOutcome} from '../journal/events.ts'
import {applyEvent, noRun, type RunState} from '../journal/reduce.ts'
import {type Plan, transferCount} from '../plan/plan.ts'
import type {NodeName} from '../ring/ring.ts'
import {type FoundRun, reopenRun} from '../state/runs.ts'
import {stateDir} from '../state/state-dir.ts'
import {stateFolder} from '../state/state-folder.ts'
import {createJournal, type Journal, newRunId} from '../state/store.ts'
import {atMost} from '../timer.ts'
import {counted} from '../units.ts'
import type {Stage, View} from '../watch/stage.ts'
import {askBefore} from './ask-before.ts'
import type {Lock} from './lock.ts'
import {planSteps} from './plan-steps.ts'
import {clusterDialect, type RunContext} from './run-context.ts'
import {leftStaged, outcomeOf, withRun} from './run-failure.ts'
import {lockDoors, lockStep, lockTitle, operator} from './run-lock.ts'
import {keepRun, type RunRecordKeeper} from './run-record.ts'
import {runSteps, type Step} from './step.ts'

export type CarryOut = Stage & {
  readonly fleet: Fleet
  readonly plan: Plan
  /** of ringup */
  readonly version: string
  readonly title: string
  readonly reason?: string | undefined
  /** ms to wait for the cluster to settle */
  readonly waitTimeout?: number | undefined
  /** ms between readings while ownership moves */
  readonly interval: number
  /** end after the commit */
  readonly noWait: boolean
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
  const {fleet, plan, title, resume, stoppable, view: openView} = options
  // a claimant that has moved since leads now; a fresh run refuses it in its first step
  const claimant = resume ? (await askBefore(fleet, plan)).ring.claimant : plan.base.claimant
  const interrupt = stoppable(() =>
    view.say(
      'interrupted: stopping at the next safe point; the cluster goes on with what was committed (ringup watch)',
    ),
  )
  const view = await openView({
    title,
    cluster: plan.cluster,
    onQuit: interrupt.ask,
    run: resume?.state,
    keys: 'ctrl-c: stop at a safe point',
  })
  try {
    return await journalled(options, {
      claimant,
      view,
      interrupt: interrupt.signal,
      cause: interrupt.failure,
      now: fleet.clock.now,
    })
  } finally {
    interrupt.release()
    view.close()
  }
}

/** What would be done, in order. Throws an `OpsError` when the plan cannot be carried out at all. */
export function stepTitles(fleet: Fleet, plan: Plan): string[] {
  const {claimant} = plan.base
  const context: RunContext = {
    clock: fleet.clock,
    record: () => {},
    signal: new AbortController().signal,
    guard: async () => {},
    plan,
    doors: fleet.doors,
    claimant,
    dialect: clusterDialect(() => context),
    diskPeak: fleet.inventory.limits.diskPeak,
    resumed: false,
  }
  const never = {interval: 0, readings: 0, onSnapshot: () => {}}
  return [lockTitle(lockDoors(context)), ...planSteps(context, never).map(({title}) => title)]
}

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
  const {fleet, plan, resume} = options
  let journal: (Journal & {readonly torn?: number}) | undefined
  let state: RunState = resume?.state ?? noRun
  let holding: Lock | undefined
  let copies: RunRecordKeeper | undefined
  // until the lock is held nothing is written: the run may be somebody's who is alive
  let unwritten: EventBody[] = []
  const record = (body: EventBody): void => {
    if (!journal) unwritten.push(body)
    const event: JournalEvent = journal ? appended(journal, body, state) : {v: 1, at: now(), ...body}
    if (journal) copies?.add(event)
    state = applyEvent(state, event)
    view.event(event)
  }
  // only who holds the lock writes to the journal: its last word is said before the lock is given back
  const end = async (outcome: RunOutcome, message: string): Promise<RunReport> => {
    const held = holding
    holding = undefined
    const left = await held?.release(async given => {
      record({type: 'lock-released', left: given})
      record({type: 'run-finished', outcome, message})
      // nobody who comes next finds it unfinished
      await atMost(5000, copies?.send({last: true}))
    })
    if (left?.length)
      view.say(`the lock could not be given back on ${left.join(', ')}: it expires there by itself`)
    return report(journal!, plan, state, outcome, message)
  }
  const context: RunContext = {
    clock: fleet.clock,
    record,
    signal: interrupt,
    guard: async () => {
      // what was sent before has its effects: whether hosts can keep more of the record is no reason to stop then
      const [lock, record] = await Promise.allSettled([holding?.guard(), copies?.before(state.writes <= 1)])
      if (lock.status === 'rejected') throw lock.reason
      if (record.status === 'rejected') throw record.reason
    },
    plan,
    doors: fleet.doors,
    claimant,
    dialect: clusterDialect(() => context),
    diskPeak: fleet.inventory.limits.diskPeak,
    resumed: resume !== undefined,
  }
  try {
    const run = resume?.run ?? newRunId(now(), Math.random())
    const begin = async (taken: Lock): Promise<void> => {
      holding = taken
      // somebody may have gone on with it since it was looked at
      if (resume) await fleet.remember()
      const opened = resume ? reopenRun(resume, fleet.memory, now) : createJournal(stateDir(), run, now)
      const {say} = view
      const keeping = keepRun(fleet, {run, plan, claimant, lines: opened.lines, say})
      const [first, ...rest] = unwritten
      unwritten = []
      for (const body of [{...first!, ...('torn' in opened ? {torn: opened.torn} : {})}, ...rest])
        keeping.add(opened.append(body as EventBody))
      journal = opened
      copies = keeping
      await keeping.before(state.writes === 0)
    }
    const locking = lockStep(
      {fleet, run, reason: options.reason ?? ''},
      context,
      begin,
      () => void copies?.send(),
    )
    const steps = [locking, ...(options.steps?.(context) ?? planSteps(context, settleOptions(options, view)))]
    const wanted = options.noWait ? steps.slice(0, steps.findIndex(({id}) => id === 'commit') + 1) : steps
    // a run that could not be written down must not take the lock from anybody first
    stateFolder(stateDir(), 'runs')
    record(opening(options, run, wanted))
    await runSteps(wanted, context)
    return await end(...endOf(options))
  } catch (error) {
    if (!journal) {
      await holding?.release()
      throw cause() ?? error
    }
    // whoever has the lock by now goes on with the record as well
    if (isOpsError(error) && error.kind === 'locked') copies = undefined
    const failure = withRun(cause() ?? error, journal, state, await leftStaged(context, state))
    // a journal that cannot be written must not hide why
    await attempt(async () => void (await end(outcomeOf(failure), (failure as Error).message)))
    throw failure
  } finally {
    journal?.close()
  }
}

/** Of a run that came to its end. */
function endOf({steps, noWait, plan}: CarryOut): readonly [RunOutcome, string] {
  if (steps) return ['abandoned', 'what was staged has been dropped; nothing of it was committed']
  if (noWait) return ['detached', 'committed; the cluster goes on by itself: ringup watch']
  const moved = counted(transferCount(plan), 'partition')
  return ['done', `${moved} moved; every partition has the owner that was planned`]
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
    if (isOpsError(error)) throw error
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

function opening({version, reason, plan, resume}: CarryOut, run: string, steps: readonly Step[]): EventBody {
  const shared = {ringup: version, by: operator(), steps: steps.map(({id, title}) => ({id, title}))}
  return resume
    ? {type: 'run-resumed', ...shared, torn: 0}
    : {type: 'run-started', run, ...shared, ...(reason === undefined ? {} : {reason}), plan}
}

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
