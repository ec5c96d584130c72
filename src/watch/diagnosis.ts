/**
 * Why handoff does not go on: from two readings and more, and from what hosts tell, to a verdict, causes with their
 * evidence, and the next command. Pure. What it cannot tell it does not guess.
 */

import type {Snapshot} from '../ring/snapshot.ts'
import type {Cause, Evidence} from './cause.ts'
import {causesOf} from './causes.ts'
import {type Movement, movementOf} from './movement.ts'

export type Verdict =
  /** nothing to move and nothing wrong */
  | 'at-rest'
  /** it goes on */
  | 'moving'
  /** nothing has gone on while it was looked at, though something is to move */
  | 'stalled'
  /** the same partitions begin again and again */
  | 'looping'
  /** nothing is to move, but something is wrong */
  | 'trouble'

export type Diagnosis = {
  readonly schema: 'ringup/diagnosis/1'
  readonly cluster: string
  readonly verdict: Verdict
  /** ms that it was looked at */
  readonly looked: number
  readonly movement: Movement
  /** the weightiest first */
  readonly causes: readonly Cause[]
}

export function diagnose(cluster: string, evidence: Evidence): Diagnosis {
  const {readings} = evidence
  const [first, last] = [readings[0]!, readings.at(-1)!]
  const movement = movementOf(readings)
  const causes = causesOf(evidence, movement)
  return {
    schema: 'ringup/diagnosis/1',
    cluster,
    verdict: verdictOf(last, movement, causes),
    looked: last.takenAt - first.takenAt,
    movement,
    causes,
  }
}

function verdictOf({ring, staged}: Snapshot, movement: Movement, causes: readonly Cause[]): Verdict {
  const stops = causes.filter(({weight}) => weight === 'stops')
  const frozen = staged !== 'unknown' && staged.length > 0
  if (ring.pending.length === 0)
    return frozen ? 'stalled' : causes.some(({weight}) => weight !== 'fine') ? 'trouble' : 'at-rest'
  if (stops.some(({id}) => id === 'restart-loop' || id === 'receiver-timeout')) return 'looping'
  // what is just finishing may go on beside a cause that lets nothing new begin
  if (movement.progressed && stops.length === 0) return 'moving'
  return movement.progressed ? 'moving' : 'stalled'
}
