/** Carries out an approved plan: journal, steps, view, and the end of a run whichever way it ends. */
import {hostname, userInfo} from 'node:os'
import {isOpsError, OpsError} from '../errors.ts'
import {growSteps} from '../execute/grow-steps.ts'
import {runSteps} from '../execute/step.ts'
import type {EventBody, RunOutcome} from '../journal/events.ts'
import {applyEvent, noRun, type RunState} from '../journal/reduce.ts'
import {createJournal, newRunId} from '../journal/store.ts'
import {type Plan, transferCount} from '../plan/plan.ts'
import {counted, formatDuration} from '../units.ts'
import {onInterrupt} from './interrupt.ts'
import {stateDir} from './runs.ts'
import type {Session} from './session.ts'
import {openView} from './view.ts'

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

export async function carryOut({
  session,
  plan,
  version,
  title,
  json,
  reason,
  waitTimeout,
  interval,
}: CarryOut): Promise<RunReport> {
  const {clock} = session
  const journal = createJournal(stateDir(), newRunId(clock.now(), Math.random()), clock.now)
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
    keys: 'ctrl-c: stop watching, the cluster goes on',
  })
  let state: RunState = noRun
  const record = (body: EventBody): void => {
    const event = journal.append(body)
    state = applyEvent(state, event)
    view.event(event)
  }
  const finish = (outcome: RunOutcome, message: string): RunReport => {
    record({type: 'run-finished', outcome, message})
    return {
      schema: 'ringup/run/1',
      run: journal.run,
      journal: journal.file,
      cluster: plan.cluster,
      digest: plan.digest,
      outcome,
      moved: state.progress?.moved ?? 0,
      ms: state.lastAt - state.startedAt,
      message,
    }
  }
  try {
    const ports = {clock, record, signal: interrupt.signal}
    const settle = {
      interval,
      readings: 3,
      onSnapshot: view.snapshot,
      ...(waitTimeout === undefined ? {} : {timeout: waitTimeout}),
    }
    const steps = growSteps(plan, {...ports, doors: session.doors, settle})
    record({
      type: 'run-started',
      run: journal.run,
      ringup: version,
      by: {user: userInfo().username, host: hostname(), pid: process.pid},
      ...(reason === undefined ? {} : {reason}),
      plan,
      steps: steps.map(({id, title}) => ({id, title})),
    })
    await runSteps(steps, ports)
    return finish(
      'done',
      `${counted(transferCount(plan), 'partition')} moved; every partition has the owner that was planned`,
    )
  } catch (error) {
    const failure = withRun(interrupt.failure() ?? error, journal.file)
    finish(outcomeOf(failure), (failure as Error).message)
    throw failure
  } finally {
    interrupt.release()
    view.close()
    journal.close()
  }
}

function outcomeOf(error: unknown): RunOutcome {
  if (!isOpsError(error)) return 'failed'
  if (error.kind === 'interrupted' || error.kind === 'terminated') return 'interrupted'
  return error.kind === 'waitTimedOut' ? 'timed-out' : 'failed'
}

/** The same failure, with where its journal is. */
function withRun(error: unknown, journal: string): unknown {
  if (!isOpsError(error)) return error
  const {kind, message, where, hint, facts} = error
  return new OpsError(kind, message, {
    where,
    hint: hint ?? 'the cluster goes on with what was committed: ringup watch',
    facts: {...facts, journal},
    cause: error,
  })
}

/** The last words of a run that ended well. */
export const runReportText = ({run, message, ms, journal}: RunReport): string =>
  `run ${run} is done in ${formatDuration(ms)}\n${message}\njournal ${journal}\n`
