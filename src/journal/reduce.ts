/** Events -> the state of a run. Pure: the same journal gives the same state, here and anywhere else. */
import type {Plan} from '../plan/plan.ts'
import type {JournalEvent, Progress, RunOutcome} from './events.ts'

export type RunState = {
  readonly run: string
  readonly startedAt: number
  readonly lastAt: number
  readonly plan: Plan | undefined
  readonly reason: string | undefined
  readonly steps: readonly StepState[]
  readonly progress: Progress | undefined
  /** when the commit was answered, or was seen to have taken effect */
  readonly committedAt: number | undefined
  readonly outcome: RunOutcome | undefined
  readonly message: string | undefined
}

export type StepState = {
  readonly id: string
  readonly title: string
  readonly status: 'waiting' | 'running' | 'done' | 'failed'
  /** what was seen or said last */
  readonly note: string
  readonly startedAt?: number
  readonly endedAt?: number
}

export const noRun: RunState = {
  run: '',
  startedAt: 0,
  lastAt: 0,
  plan: undefined,
  reason: undefined,
  steps: [],
  progress: undefined,
  committedAt: undefined,
  outcome: undefined,
  message: undefined,
}

export const reduceRun = (events: Iterable<JournalEvent>, from: RunState = noRun): RunState => {
  let state = from
  for (const event of events) state = applyEvent(state, event)
  return state
}

export function applyEvent(state: RunState, event: JournalEvent): RunState {
  const next = {...state, lastAt: event.at}
  switch (event.type) {
    case 'run-started':
      return {
        ...noRun,
        run: event.run,
        startedAt: event.at,
        lastAt: event.at,
        plan: event.plan,
        reason: event.reason,
        steps: event.steps.map(step => ({...step, status: 'waiting', note: ''})),
      }
    case 'step-started':
      return withStep(next, event.step, {status: 'running', startedAt: event.at})
    case 'step-observed':
      return withStep(next, event.step, {note: event.saw})
    case 'write-sent':
      return withStep(next, event.step, {note: `${event.host}: ${event.argv.join(' ')}`})
    case 'write-answered':
      return next
    case 'write-lost':
      return withStep(next, event.step, {note: event.message})
    case 'step-done': {
      const done = withStep(next, event.step, {status: 'done', note: event.saw, endedAt: event.at})
      return event.step === 'commit' ? {...done, committedAt: event.at} : done
    }
    case 'step-failed':
      return withStep(next, event.step, {status: 'failed', note: event.message, endedAt: event.at})
    case 'progress': {
      const {moved, total, active, bytesPerSecond, waiting} = event
      return {
        ...next,
        progress: {moved, total, active, bytesPerSecond, ...(waiting === undefined ? {} : {waiting})},
      }
    }
    case 'run-finished':
      return {...next, outcome: event.outcome, message: event.message}
  }
}

const withStep = (state: RunState, id: string, change: Partial<StepState>): RunState => ({
  ...state,
  steps: state.steps.map(step => (step.id === id ? {...step, ...change} : step)),
})
