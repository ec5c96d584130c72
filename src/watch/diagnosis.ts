/**
 * Why handoff does not go on: from two readings and more, and from what hosts tell, to a verdict, causes with their
 * evidence, and the next command. Pure. What it cannot tell it does not guess.
 */

import type {HostFacts} from '../riak/host/host-facts.ts'
import type {Trouble} from '../riak/host/trouble.ts'
import type {VnodeQueue} from '../riak/ring/vnode-queues.ts'
import type {NodeName} from '../ring/ring.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {causesOf} from './causes.ts'
import {type Movement, movementOf} from './movement.ts'

export type Evidence = {
  /** readings, the oldest first; at least one */
  readonly readings: readonly Snapshot[]
  /** of hosts that take part in what moves; those that could not be asked are not in it */
  readonly hosts: readonly HostFacts[]
  readonly troubles: readonly Trouble[]
  readonly queues: readonly VnodeQueue[]
  /** partitions that nodes hold for others; undefined: not told */
  readonly hinted: readonly {readonly node: NodeName; readonly partitions: number}[] | undefined
  /** the claimant when the run that moves was committed */
  readonly claimantThen?: NodeName | undefined
}

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

/** Every cause there is; each has its page in docs/when-things-go-wrong. */
export const causeIds = [
  'claimant-down',
  'claimant-moved',
  'member-down',
  'staged',
  'limit-zero',
  'handoff-disabled',
  'disk-full',
  'one-sided',
  'receiver-timeout',
  'vnode-busy',
  'ring-not-converging',
  'restart-loop',
  'version-mix',
  'cluster-limit',
  'clock-skew',
  'hinted-only',
] as const

export type CauseId = (typeof causeIds)[number]

export type Cause = {
  /** stable, for scripts */
  readonly id: CauseId
  /** `stops`: nothing goes on while it lasts; `slows`: it goes on; `fine`: as it should be */
  readonly weight: 'stops' | 'slows' | 'fine'
  readonly message: string
  /** what was seen */
  readonly evidence: readonly string[]
  /** what to do next: a command wherever there is one */
  readonly next: string
}

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
