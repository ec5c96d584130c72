/** Events -> the state of a run. Pure: the same journal gives the same state, here and anywhere else. */

import type {Plan} from '../plan/plan.ts'
import type {JournalEvent, Operator, Progress, RunOutcome, SeenTransfer} from './events.ts'
import {commitId, dropId, isStagingId, settleId} from './step-ids.ts'

export type RunState = {
  readonly run: string
  readonly startedAt: number
  readonly lastAt: number
  readonly plan: Plan | undefined
  readonly reason: string | undefined
  /** who carries it out, or did last */
  readonly by: Operator | undefined
  /** times it was taken up again */
  readonly resumed: number
  /** hosts that hold its lock, as far as the journal knows */
  readonly locked: readonly string[]
  /** commands sent that change something */
  readonly writes: number
  /** ids of steps that have sent something to be staged, until it is committed or dropped */
  readonly staged: readonly string[]
  readonly steps: readonly StepState[]
  readonly progress: Progress | undefined
  /** transfers that were watched, and how fast they went */
  readonly rates: readonly SeenTransfer[]
  /** bytes of the moved partitions on their new owners, measured in the end */
  readonly arrived: {readonly bytes: number; readonly partitions: number} | undefined
  /** ms from the commit until all was at rest; undefined: not so far, or nobody watched */
  readonly settledIn: number | undefined
  /** what went wrong on the way, in order */
  readonly faults: readonly {readonly at: number; readonly what: string}[]
  /** when the commit was answered, or was seen to have taken effect */
  readonly committedAt: number | undefined
  readonly outcome: RunOutcome | undefined
  readonly message: string | undefined
}

/** Of a run that nothing is left to go on with. */
export type EndedOutcome = Extract<RunOutcome, 'done' | 'abandoned' | 'overtaken' | 'closed'>

/** Nothing is left to go on with. */
export const isOver = (state: RunState): state is RunState & {readonly outcome: EndedOutcome} =>
  state.outcome === 'done' ||
  state.outcome === 'abandoned' ||
  state.outcome === 'overtaken' ||
  state.outcome === 'closed'

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
  by: undefined,
  resumed: 0,
  locked: [],
  writes: 0,
  staged: [],
  steps: [],
  progress: undefined,
  rates: [],
  arrived: undefined,
  settledIn: undefined,
  faults: [],
  committedAt: undefined,
  outcome: undefined,
  message: undefined,
}

export const reduceRun = (events: Iterable<JournalEvent>, from: RunState = noRun): RunState => {
  const before = own
  own = new WeakMap()
  try {
    let state = from
    for (const event of events) state = applyEvent(state, event)
    return state
  } finally {
    own = before
  }
}

/**
 * Lists that the reduction under way has made: no one else has seen them yet, so they grow in place, and a journal of
 * many events takes no more than its length. With each, where an id is in it.
 */
let own: WeakMap<object, Map<string, number[]>> | undefined

/** A list that may be changed: itself where it is our own, else a copy. */
function ownList<T>(list: readonly T[], idOf?: (item: T) => string): T[] {
  if (own?.has(list)) return list as T[]
  const copy = [...list]
  const places = new Map<string, number[]>()
  if (own && idOf) for (const [at, item] of copy.entries()) noted(places, idOf(item), at)
  own?.set(copy, places)
  return copy
}

function noted(places: Map<string, number[]>, id: string, at: number): void {
  const known = places.get(id)
  if (known) known.push(at)
  else places.set(id, [at])
}

function grown<T>(list: readonly T[], items: readonly T[]): T[] {
  const longer = ownList(list)
  for (const item of items) longer.push(item)
  return longer
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
        by: event.by,
        steps: event.steps.map(step => ({...step, status: 'waiting', note: ''})),
      }
    case 'run-resumed':
      return {
        ...withFault(next, `taken up again by ${event.by.user} on ${event.by.host}`),
        by: event.by,
        outcome: undefined,
        message: undefined,
        resumed: state.resumed + 1,
        steps: event.steps.map(step => ({...step, status: 'waiting', note: ''})),
      }
    case 'lock-acquired':
      return {...next, locked: event.hosts}
    case 'lock-taken':
      return withFault(
        next,
        `the lock on ${event.host} was held by nobody any more and was taken from ${event.from}`,
      )
    case 'lock-released':
      return {...next, locked: event.left}
    case 'step-started':
      return withStep(next, event.step, {status: 'running', startedAt: event.at})
    case 'step-observed':
      return withStep(next, event.step, {note: event.saw})
    case 'write-sent':
      return withStep(
        {
          ...next,
          writes: state.writes + 1,
          staged: isStagingId(event.step) ? withId(state.staged, event.step) : state.staged,
        },
        event.step,
        {note: `${event.host}: ${event.argv.join(' ')}`},
      )
    case 'write-answered':
      return next
    case 'write-lost':
      return withStep(withFault(next, `${event.host}: ${event.message}`), event.step, {note: event.message})
    case 'step-done': {
      const done = withStep(next, event.step, {status: 'done', note: event.saw, endedAt: event.at})
      if (event.step === dropId) return {...done, staged: []}
      if (event.step === settleId && state.committedAt !== undefined)
        return {...done, settledIn: event.at - state.committedAt}
      return event.step === commitId
        ? {...done, committedAt: state.committedAt ?? event.at, staged: []}
        : done
    }
    case 'step-failed':
      return withStep(withFault(next, event.message), event.step, {
        status: 'failed',
        note: event.message,
        endedAt: event.at,
      })
    case 'progress': {
      const {moved, total, active, bytesPerSecond, waiting} = event
      return {
        ...next,
        progress: {moved, total, active, bytesPerSecond, ...(waiting === undefined ? {} : {waiting})},
      }
    }
    case 'arrived':
      return {...next, arrived: {bytes: event.bytes, partitions: event.partitions}}
    case 'rates':
      return {...next, rates: grown(state.rates, event.transfers)}
    case 'run-finished':
      return {...next, outcome: event.outcome, message: event.message}
  }
}

const withFault = (state: RunState, what: string): RunState => ({
  ...state,
  faults: grown(state.faults, [{at: state.lastAt, what}]),
})

/** With an id that is not in it yet. */
function withId(ids: readonly string[], id: string): string[] {
  const longer = ownList(ids, known => known)
  const places = own?.get(longer)
  if (places ? places.has(id) : longer.includes(id)) return longer
  longer.push(id)
  if (places) noted(places, id, longer.length - 1)
  return longer
}

function withStep(state: RunState, id: string, change: Partial<StepState>): RunState {
  const steps = ownList(state.steps, step => step.id)
  const places = own?.get(steps)?.get(id) ?? (own ? [] : steps.keys())
  for (const at of places) if (steps[at]!.id === id) steps[at] = {...steps[at]!, ...change}
  return {...state, steps}
}
