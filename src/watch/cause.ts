/** A cause of handoff that does not go on, and what tells it. */
import type {HostFacts} from '../riak/host/host-facts.ts'
import type {Trouble} from '../riak/host/trouble.ts'
import type {VnodeQueue} from '../riak/ring/vnode-queues.ts'
import type {NodeName} from '../ring/ring.ts'
import type {Snapshot} from '../ring/snapshot.ts'

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
