/**
 * The practice ring as a whole: its nodes, the clusters they form, and a clock that moves only when it is told to.
 * All of it is plain data changed by the functions beside this file; nothing here knows SSH, text or real time.
 * What is decided here is what riak_core keeps apart and operators mix up: the ring a cluster has, the ring each
 * node has heard of, what only the claimant's process remembers, and what really lies on the disks.
 */

import {type EventQueue, eventQueue} from '../../event-queue.ts'
import {type Random, seededRandom} from '../../random.ts'
import type {Change, ClaimSettings, Seed} from '../../ring/changes.ts'
import type {MemberStatus, NodeName, Ring} from '../../ring/ring.ts'
import {type LabRelease, labRelease} from '../riak/release.ts'
import {type Backend, type BackendName, backendOf} from './backend.ts'

/** Durations in ms of the cluster's own time; defaults are Riak's. */
export type Timing = {
  /** `vnode_management_timer`: nodes look for handoffs to start this often */
  readonly managementTick: number
  /** `vnode_inactivity_timeout`: a vnode is idle after this much, up to twice as much */
  readonly inactivity: number
  /** each node tells a random other one about its ring this often */
  readonly gossip: number
  /** until a change of the ring has reached a node: at least, at most */
  readonly spread: readonly [number, number]
  /** from the start of a node until it answers pings, and until riak_kv is up */
  readonly boot: readonly [number, number]
  /** a node that is told to stop takes this long */
  readonly stop: number
  /** senders report their progress this often */
  readonly report: number
}

const riakTiming: Timing = {
  managementTick: 10_000,
  inactivity: 60_000,
  gossip: 10_000,
  spread: [60, 500],
  boot: [1500, 3200],
  stop: 5000,
  report: 2000,
}

export type Settings = {
  readonly timing: Timing
  /** bytes a second of one transfer */
  readonly rate: number
  readonly claim: ClaimSettings
  /** `choose_claim_fun` as an Erlang term's text, for those who ask */
  readonly claimFunction: string
  readonly backend: Backend
  /** whose words its commands use */
  readonly release: LabRelease
  /** vnodes a node starts at each tick after it has come up: `vnode_rolling_start` */
  readonly rollingStart: number
}

export type VnodeModule = 'riak_kv_vnode' | 'riak_pipe_vnode'

/** A vnode process. It signals that it is idle at `due`, and again every `period`. */
export type Vnode = {due: number; readonly period: number}

export type PartitionData = {readonly bytes: number; readonly objects: number}

export type Transfer = {
  readonly kind: 'ownership' | 'hinted'
  readonly module: VnodeModule
  readonly partition: number
  readonly from: NodeName
  readonly to: NodeName
  readonly startedAt: number
  readonly data: PartitionData
  /** bytes a second while it is not paused */
  readonly rate: number
  readonly pauses?: Backend['pauses']
  /** of the sending process, on the sending node */
  readonly pid: string
  state: 'active' | 'done' | 'killed'
}

export type ClaimantMemory = {
  /** everything but joins, which stand in the ring */
  staged: readonly Change[]
  /** the ring that a commit would install, as the last plan had it */
  planned: Ring | undefined
  /** staged: a ring of another size */
  resize: number | undefined
  seed: Seed
}

/** What a node's vnode manager has found to be handed off, when it last looked at a ring that was ready. */
export type KnownHandoffs = {
  readonly ownership: ReadonlyMap<number, NodeName>
  readonly hinted: readonly {
    readonly module: VnodeModule
    readonly partition: number
    readonly to: NodeName
  }[]
}

export const modules = ['riak_kv_vnode', 'riak_pipe_vnode'] as const

export type ByModule<T> = {readonly [Module in VnodeModule]: T}

export type NodeState = 'stopped' | 'booting' | 'starting' | 'running' | 'stopping'

/** What is wrong with a node on request; nothing of it is there by itself. */
export type NodeTrouble = {
  /** messages that wait at a vnode which is too busy to begin a handoff, by partition; -1: at all of them */
  readonly busy: Map<number, number>
  /** what it receives times out half way, and begins again */
  timesOut: boolean
  /** nodes whose handoff port it cannot reach */
  readonly cannotReach: Set<NodeName>
  /** ms that its clock is ahead */
  clockAhead: number
  version: string
  /** hears of no new ring */
  deaf: boolean
  /** lines of its log that tell of handoffs that failed */
  readonly log: string[]
  /** files that a shell wrote into Riak's home because it was given words that are its own */
  readonly litter: string[]
}

export type LabNode = {
  readonly name: NodeName
  readonly trouble: NodeTrouble
  readonly ringSize: number
  state: NodeState
  /** counts starts and stops, so that what was planned for an earlier life does not happen in a later one */
  life: number
  /** false: cut off or frozen; others wait for its answers in vain */
  reachable: boolean
  /** since when it is not reachable */
  silentSince: number | undefined
  everStarted: boolean
  startedAt: number
  cluster: Cluster
  /** the ring as this node has it */
  view: View
  /** the latest version of which it knows that all members have seen it */
  agreedVersion: number
  memory: ClaimantMemory
  transferLimit: number
  /** `forced_ownership_handoff`, when set */
  clusterLimit: number | undefined
  inbound: boolean
  outbound: boolean
  readonly vnodes: ByModule<Map<number, Vnode>>
  /** partitions whose vnode has gone from here for good: `riak_core_handoff_manager`'s exclusions */
  readonly excluded: ByModule<Set<number>>
  /** vnodes still to be started, one after the other, since the node came up */
  neverStarted: {readonly module: VnodeModule; readonly partition: number}[]
  /** transfers this node takes part in, in the order they began */
  handoffs: Transfer[]
  known: KnownHandoffs
  readonly data: Map<number, PartitionData>
  readonly disk: {size: number; other: number}
  readonly tickPhase: number
  tickAt: number | undefined
  /** number of the last process it started */
  processes: number
}

export type View = {readonly ring: Ring; readonly version: number}

export type Cluster = {
  /** riak_core's own name for the ring: the node that began it, and when */
  readonly name: {readonly node: NodeName; readonly at: number}
  ring: Ring
  version: number
  /** members that must see the current version before the ring is ready, and have not */
  unaware: Set<NodeName>
}

/** How often something really happened, for tests that count. */
export type Counters = {
  joins: number
  stagings: number
  commits: number
  clears: number
  limitChanges: number
  starts: number
  stops: number
  transfersDone: number
  transfersKilled: number
}

export type World = {
  now: number
  readonly queue: EventQueue
  readonly random: Random
  readonly settings: Settings
  readonly nodes: Map<NodeName, LabNode>
  readonly counters: Counters
  /** a fault: Riak plans otherwise than the exact algorithm says */
  twisted: boolean
  /** told of what happens, for logs */
  readonly note: (message: string) => void
  /** what follows from what; set once, by `practice-ring.ts` */
  readonly follows: Consequences
}

export type Consequences = {
  /** a node has heard of another ring */
  adopted: (node: LabNode, before: Ring) => void
  /** a node has learned that all members agree on its ring */
  agreed: (node: LabNode) => void
  /** a node's services are up */
  running: (node: LabNode) => void
}

export type WorldOptions = {
  readonly seed?: number
  /** ms since 1970 */
  readonly startAt?: number
  readonly timing?: Partial<Timing>
  readonly rate?: number
  readonly claim?: Partial<ClaimSettings>
  readonly claimFunction?: string
  /** default bitcask, from 3.4 leveled */
  readonly backend?: BackendName
  /** of Riak, as `3.0.16`; default 3.2.3 */
  readonly release?: string
  readonly note?: (message: string) => void
}

export function createWorld(options: WorldOptions = {}): World {
  const {seed = 1, startAt = 0, rate = 60e6} = options
  const release = labRelease(options.release ?? '3.2.3')
  return {
    now: startAt,
    queue: eventQueue(),
    random: seededRandom(seed),
    settings: {
      timing: {...riakTiming, ...options.timing},
      rate,
      claim: {claim: 'v2', targetN: 4, targetLocationN: 3, fullRebalanceOnLeave: false, ...options.claim},
      claimFunction: options.claimFunction ?? claimFunctionOf(options.claim?.claim ?? 'v2'),
      backend: backendOf(options.backend ?? release.backend),
      release,
      rollingStart: 16,
    },
    nodes: new Map(),
    counters: {
      joins: 0,
      stagings: 0,
      commits: 0,
      clears: 0,
      limitChanges: 0,
      starts: 0,
      stops: 0,
      transfersDone: 0,
      transfersKilled: 0,
    },
    twisted: false,
    note: options.note ?? (() => {}),
    follows: {adopted: () => {}, agreed: () => {}, running: () => {}},
  }
}

const claimFunctionOf = (claim: ClaimSettings['claim']): string =>
  claim === 'v2' ? '{riak_core_membership_claim,default_choose_claim}' : `choose_claim_${claim}`

/** Lets time pass until then; everything that is due on the way happens. */
export function advance(world: World, until: number): void {
  world.queue.runUntil(until, at => {
    world.now = at
  })
  world.now = Math.max(world.now, until)
}

export const later = (world: World, delay: number, run: () => void): void =>
  world.queue.schedule(world.now + delay, run)

export function nodeOf(world: World, name: NodeName): LabNode {
  const node = world.nodes.get(name)
  if (!node) throw new RangeError(`the practice ring has no node ${name}`)
  return node
}

/** Answers other nodes: its VM is up and its network works. */
export const isUp = (node: LabNode): boolean =>
  (node.state === 'starting' || node.state === 'running') && node.reachable

/** Is up and offers riak_kv: others hand partitions off to it. */
export const isServing = (node: LabNode): boolean => node.state === 'running' && node.reachable

export const statusIn = (ring: Pick<Ring, 'members'>, name: NodeName): MemberStatus =>
  ring.members.find(({node}) => node === name)?.status ?? 'invalid'

/** Members that are part of the cluster, in node order. */
export const presentIn = (ring: Pick<Ring, 'members'>): NodeName[] =>
  ring.members.filter(({status}) => status !== 'invalid').map(({node}) => node)

export const membersWith = (ring: Pick<Ring, 'members'>, ...statuses: readonly MemberStatus[]): NodeName[] =>
  ring.members.filter(({status}) => statuses.includes(status)).map(({node}) => node)

/** `riak_core_ring:ring_ready/1` of a node's own ring: it knows that every member has seen it. */
export const isReady = (node: LabNode): boolean => node.agreedVersion >= node.view.version

export const freshMemory = (world: World): ClaimantMemory => ({
  staged: [],
  planned: undefined,
  resize: undefined,
  seed: world.random.seed(),
})

export const nothingKnown: KnownHandoffs = {ownership: new Map(), hinted: []}
