/**
 * The ring that is: what one member told of the whole cluster at one moment. A value that can be saved, shown and
 * planned on. What a road to it cannot know is `unknown`, never guessed.
 */

import type {Change, ClaimSettings} from './changes.ts'
import type {Member, NodeName, Ring} from './ring.ts'

export type Known<T> = T | 'unknown'

export type Snapshot = {
  readonly schema: 'ringup/snapshot/1'
  /** ms since 1970, by the clock of the machine that asked */
  readonly takenAt: number
  /** the member that answered */
  readonly askedNode: NodeName
  /**
   * Riak's own name for the ring, `riak@10.0.0.1/1764335462.123456`: the node that began it, and when (seconds since
   * 1970). The same on all members, kept through joins, and another for each cluster.
   */
  readonly clusterName: Known<string>
  readonly ring: Ring
  /** `unknown` when the claim function is not one we know; its name is in `claimFunction` */
  readonly claim: Known<ClaimSettings>
  /** as configured: `default_choose_claim`, `choose_claim_v4`, ... */
  readonly claimFunction: string
  /** what is staged and not yet committed, joins included; by node */
  readonly staged: Known<readonly Change[]>
  /** state of the claimant's generator, two integers in decimal: with it, leaves are exact */
  readonly seed: Known<readonly [string, string]>
  /** what each member said of itself; a member that could not be reached is not in it */
  readonly nodes: readonly NodeFacts[]
  /** what lies on the disks, by node; hosts that did not tell are not in it; missing: nobody was asked */
  readonly storage?: readonly NodeStorage[]
}

/** A host's data volume, and the partitions that lie on it. */
export type NodeStorage = {
  readonly node: NodeName
  /** bytes of the volume */
  readonly size: number
  /** bytes that are not to be had any more; what only root may still write is among them */
  readonly used: number
  /** by partition; those of other owners as well, which are hinted data */
  readonly partitions: readonly StoredPartition[]
  /** the last that it sent, as its log tells; missing: the log tells of none */
  readonly transfers?: readonly LoggedTransfer[]
}

export type LoggedTransfer = {
  readonly from: NodeName
  readonly to: NodeName
  readonly bytesPerSecond: number
}

export type StoredPartition = {
  readonly partition: number
  /** bytes on the disk, of all backends */
  readonly bytes: number
  /** bytes of its hash trees (active anti-entropy), which are not handed off; missing: none */
  readonly trees?: number
}

export type NodeFacts = {
  readonly node: NodeName
  /** a hash of members, owners and pending changes as this node sees them: equal on all when they agree */
  readonly ringHash: string
  /** whether this node has seen all others see its ring; `unknown` where only the claimant's word is to be had */
  readonly ringReady: Known<boolean>
  /** `3.2.3` */
  readonly version: Known<string>
  /** `25` */
  readonly otp: Known<string>
  /** it runs in a login, though systemd has a unit for it; missing: it does not, or nobody can tell */
  readonly outsideUnit?: true
  /** transfers at once, inbound and outbound together */
  readonly transferLimit: Known<number>
  /** `forced_ownership_handoff`: the first entries of the pending list that may move; undefined: Riak's own, 8 */
  readonly clusterLimit?: number
  readonly inbound: boolean
  readonly outbound: boolean
  /** transfers this node is sending now */
  readonly transfers: Known<readonly ActiveTransfer[]>
}

export type ActiveTransfer = {
  readonly kind: string
  /** `riak_kv_vnode` */
  readonly module: string
  readonly partition: number
  readonly from: NodeName
  readonly to: NodeName
  /** ms since 1970, by the sending node's clock */
  readonly startedAt: number
  /** missing until the first report */
  readonly stats?: {
    readonly objects: number
    readonly objectsPerSecond: number
    readonly bytesPerSecond: number
    /** 0 to 1; missing when the size is not known */
    readonly done?: number
    /** `{2755, objects}` or bytes, as the vnode module counts */
    readonly total?: {readonly count: number; readonly unit: string}
  }
}

/** Riak's own limit for the whole cluster, when none is configured. Source: riak_core_vnode_manager. */
export const defaultClusterLimit = 8

/** Riak's own limit for a node, inbound and outbound together, when none is configured: `handoff_concurrency`. */
export const defaultTransferLimit = 2

/** Members that count as part of the cluster. */
export const presentMembers = (ring: Pick<Ring, 'members'>): Member[] =>
  ring.members.filter(member => member.status !== 'invalid')

/** Their nodes. */
export const memberNodes = (ring: Pick<Ring, 'members'>): Set<NodeName> =>
  new Set(presentMembers(ring).map(({node}) => node))

/** The release of the member that was asked. */
export const askedVersion = ({askedNode, nodes}: Pick<Snapshot, 'askedNode' | 'nodes'>): Known<string> =>
  nodes.find(({node}) => node === askedNode)?.version ?? 'unknown'

/** Members that did not answer the asked one. */
export function unreachableMembers(snapshot: Snapshot): NodeName[] {
  const reached = new Set(snapshot.nodes.map(({node}) => node))
  return presentMembers(snapshot.ring)
    .map(({node}) => node)
    .filter(node => !reached.has(node))
}

/** Members whose ring differs from the one the asked member has. */
export function disagreeingMembers(snapshot: Snapshot): NodeName[] {
  const own = snapshot.nodes.find(({node}) => node === snapshot.askedNode)
  return snapshot.nodes.filter(({ringHash}) => ringHash !== own?.ringHash).map(({node}) => node)
}

/** All transfers under way that the members told of. */
export const activeTransfers = (snapshot: Snapshot): ActiveTransfer[] =>
  snapshot.nodes.flatMap(({transfers}) => (transfers === 'unknown' ? [] : transfers))
