/** What operators stage, and what a cluster makes of it: the vocabulary of a plan. */
import type {Member, Move, NodeName, Ring} from './ring.ts'

export type Change =
  | {readonly action: 'join'; readonly node: NodeName}
  | {readonly action: 'leave'; readonly node: NodeName}
  /** force-remove: partitions are reassigned at once, their data are lost */
  | {readonly action: 'remove'; readonly node: NodeName}
  | {readonly action: 'replace'; readonly node: NodeName; readonly with: NodeName}
  | {readonly action: 'forceReplace'; readonly node: NodeName; readonly with: NodeName}
  | {readonly action: 'setLocation'; readonly node: NodeName; readonly location: string}

/** As an operator says it: `join riak@10.0.0.1`. */
export function describeChange(change: Change): string {
  switch (change.action) {
    case 'replace':
    case 'forceReplace':
      return `${change.action === 'replace' ? 'replace' : 'force-replace'} ${change.node} with ${change.with}`
    case 'setLocation':
      return `set location of ${change.node} to ${change.location}`
    case 'remove':
      return `force-remove ${change.node}`
    default:
      return `${change.action} ${change.node}`
  }
}

/** What ringup stages at the claimant: a join is staged at the joining node, and what loses data is not offered. */
export type StagedChange = Extract<Change, {action: 'leave' | 'replace' | 'setLocation'}>

/** What riak_core reads from its configuration when it plans (on the claimant). */
export type ClaimSettings = {
  /** `choose_claim_fun`: v2 is the default */
  readonly claim: 'v2' | 'v3' | 'v4'
  /** `target_n_val` */
  readonly targetN: number
  /** `target_location_n_val`; v4 only, and only when some member has a location */
  readonly targetLocationN: number
  /** `full_rebalance_onleave` */
  readonly fullRebalanceOnLeave: boolean
}

/** One cluster transition, as `riak admin cluster plan` would show it. */
export type Transition = {
  /** members of the ring it starts from, joining ones still joining */
  readonly membersBefore: readonly Member[]
  /** members of the ring that is installed */
  readonly members: readonly Member[]
  /** locations of the members of the ring that is installed */
  readonly locations: Readonly<Record<NodeName, string>>
  /** owners in the ring it starts from */
  readonly owners: readonly NodeName[]
  /** partitions given away at once without a transfer (force-remove, force-replace): their data are lost */
  readonly reassigned: readonly Move[]
  /** partitions that will be handed off, by partition */
  readonly transfers: readonly Move[]
  /** owners once the transfers are done */
  readonly nextOwners: readonly NodeName[]
}

export type Refusal = {
  /** position in the changes asked for */
  readonly position: number
  readonly reason:
    | 'not_member'
    | 'only_member'
    | 'already_leaving'
    | 'is_claimant'
    | 'already_replacement'
    | 'invalid_replacement'
    /** a join of a node that is a member already */
    | 'already_member'
}

/** State of Erlang's `exrop` generator, which riak_core draws from when partitions of a leaving node are dealt out. */
export type Seed = readonly [bigint, bigint]

/** Why an outcome is not certain: riak_core draws at random there. */
export type RandomChoice =
  /** a leaving or removed node's partition, among equally loaded candidates; certain when the seed is known */
  | 'leave-candidates'
  /** the stand-in for a receiver that is down; never certain */
  | 'down-receiver'
  /** v3's trials, when several are equally good */
  | 'v3-ties'

export type PlannedChanges = {
  readonly refused: readonly Refusal[]
  /** the plan's own list: by node, one a node */
  readonly changes: readonly Change[]
  /** empty when nothing would change or nothing is staged */
  readonly transitions: readonly Transition[]
  /** the cluster after everything in the plan is done */
  readonly final: Ring
  /** random choices that decided something, with no seed known; empty when every owner is certain */
  readonly random: readonly RandomChoice[]
  /** riak_core itself fails on this plan, or never ends it: the command would fail, nothing is planned */
  readonly crash?: string
}
