/**
 * Whether a wait that has ended without success may be called one that goes on (exit 8): only while something has moved
 * since the last look. Else the cause is named (exit 9). Pure, made of readings alone.
 */
import {OpsError} from '../errors.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {formatDuration} from '../units.ts'
import type {Cause, CauseId} from './cause.ts'
import {causesOf} from './causes.ts'
import type {Diagnosis} from './diagnosis.ts'
import {movementOf} from './movement.ts'
import type {Sample} from './sample.ts'
import {unrest} from './settled.ts'

export type Stall = {
  /** `unknown`: nothing moves, and what was read does not say why */
  readonly cause: CauseId | 'unknown'
  readonly message: string
  readonly next: string
}

/** ms that readings are kept, and so what "the last look" is */
const kept = 45_000
/** ms without any movement that are a stall even where no cause is seen: a healthy ring pauses for up to 20 s */
const longEnough = 40_000
/** ms that must have been looked at before a cause counts that several readings are needed for */
const several = 20_000

/** Causes that one reading shows. */
const atOnce: ReadonlySet<CauseId> = new Set([
  'claimant-down',
  'member-down',
  'staged',
  'limit-zero',
  'handoff-disabled',
])

/** The newest samples of a wait; what is older than a look is forgotten. */
export function recentReadings(): {see: (sample: Sample) => void; all: () => readonly Sample[]} {
  const samples: Sample[] = []
  return {
    see(sample) {
      samples.push(sample)
      // where it is looked at seldom, three are kept all the same
      while (samples.length > 3 && sample.at - samples[0]!.at > kept) samples.shift()
    },
    all: () => samples,
  }
}

/**
 * Why nothing goes on. Undefined: something has moved between the readings, or they are too few to say that nothing
 * does. @param readings the oldest first; at least one
 */
export function stalledBecause(readings: readonly Snapshot[]): Stall | undefined {
  const [first, last] = [readings[0]!, readings.at(-1)!]
  const movement = movementOf(readings)
  if (readings.length < 2 || movement.progressed) return undefined
  const looked = last.takenAt - first.takenAt
  const evidence = {readings, hosts: [], troubles: [], queues: [], hinted: undefined}
  const stops = causesOf(evidence, movement).find(
    ({id, weight}) => weight === 'stops' && (looked >= several || atOnce.has(id)),
  )
  if (stops) return stallOf(stops)
  // a road that does not tell what is sent cannot say that nothing is
  const untold = last.nodes.some(({transfers}) => transfers === 'unknown')
  if (looked < longEnough || untold || last.ring.pending.length === 0) return undefined
  return {
    cause: 'unknown',
    message: `nothing has moved for ${formatDuration(looked)}: ${unrest(last).join('; ')}`,
    next: 'ringup diagnose',
  }
}

/** The same of a diagnosis, which has asked the hosts as well. Undefined: it moves, or nothing is to move. */
export function stallIn({verdict, causes, looked, movement}: Diagnosis): Stall | undefined {
  const stops = causes.find(({weight}) => weight === 'stops')
  if (stops && verdict !== 'moving' && verdict !== 'at-rest') return stallOf(stops)
  if (verdict !== 'stalled' && verdict !== 'looping') return undefined
  return {
    cause: 'unknown',
    message: `nothing has moved for ${formatDuration(looked)}, with ${movement.pending} transfers pending`,
    next: 'ringup diagnose --for 2m --bundle handoff.json',
  }
}

const stallOf = ({id, message, next}: Cause): Stall => ({cause: id, message, next})

export const stalled = (what: string, {cause, message, next}: Stall): OpsError =>
  new OpsError(
    'stalled',
    `${what}, and nothing moves: ${cause === 'unknown' ? '' : `${cause}: `}${message}`,
    {
      hint: next,
      facts: {cause},
    },
  )

/**
 * What to say of a wait whose time is up: exit 9 with the cause where nothing moves, exit 6 where no member answers
 * any more, else exit 8. @param timeout ms
 */
export function notSettled(samples: readonly Sample[], timeout: number): OpsError {
  const what = `not settled within ${formatDuration(timeout)}`
  const last = samples.at(-1)
  if (last?.error)
    return new OpsError('unreachable', `${what}, and no member answers: ${last.error.message}`, {
      hint: 'ringup status',
    })
  const readings = samples.flatMap(({snapshot}) => snapshot ?? [])
  const stall = readings.length > 0 ? stalledBecause(readings) : undefined
  if (stall) return stalled(what, stall)
  const moved = readings.length > 1 && movementOf(readings).progressed
  const waiting = readings.flatMap(reading => unrest(reading)[0] ?? []).at(-1)
  const still = waiting === undefined ? '' : `: ${waiting}`
  return new OpsError(
    'waitTimedOut',
    moved
      ? `${what}; ownership is still moving${still}`
      : `${what}${still}; too short a look to say whether it moves`,
    {
      hint: moved ? 'the cluster goes on by itself: ringup watch --until settled' : 'ringup diagnose',
    },
  )
}
