/** Puts a practice ring together: which node is where, what follows from what, and the data they hold at first. */
import {planChanges} from '../../ring/plan-changes.ts'
import type {NodeName, Ring} from '../../ring/ring.ts'
import {claimantRound} from './claimant.ts'
import {catchUp, nextGossip, publish, singleton} from './gossip.ts'
import {defaultTransferLimit} from './lifecycle.ts'
import {ensureTick} from './management.ts'
import {meetMembers} from './removal.ts'
import {followOwnership, seasonVnode, startOwnVnodes} from './vnodes.ts'
import {
  type Cluster,
  createWorld,
  freshMemory,
  isReady,
  type LabNode,
  later,
  modules,
  type NodeTrouble,
  nodeOf,
  nothingKnown,
  presentIn,
  statusIn,
  type World,
  type WorldOptions,
} from './world.ts'

export function createPracticeRing(options: WorldOptions = {}): World {
  const world = createWorld(options)
  world.follows.adopted = (node, before) => {
    followOwnership(world, node, before)
    ensureTick(world, node)
  }
  world.follows.agreed = node => {
    claimantRound(world, node)
    ensureTick(world, node)
  }
  world.follows.running = node => {
    startOwnVnodes(world, node)
    findCluster(world, node)
    ensureTick(world, node)
  }
  return world
}

export type NodeOptions = {
  readonly ringSize: number
  /** bytes of the data volume, and of them what is not Riak's data */
  readonly disk?: {readonly size: number; readonly other: number}
}

const noTrouble = (version: string): NodeTrouble => ({
  busy: new Map(),
  timesOut: false,
  cannotReach: new Set(),
  clockAhead: 0,
  version,
  deaf: false,
  log: [],
  litter: [],
})

/** A host with Riak on it that has never been started. */
export function addNode(world: World, name: NodeName, {ringSize, disk}: NodeOptions): LabNode {
  const cluster = singleton(name, ringSize, world.now)
  const node: LabNode = {
    name,
    ringSize,
    state: 'stopped',
    life: 0,
    reachable: true,
    silentSince: undefined,
    everStarted: false,
    trouble: noTrouble(world.settings.release.version),
    startedAt: world.now,
    cluster,
    view: {ring: cluster.ring, version: cluster.version},
    agreedVersion: cluster.version,
    memory: freshMemory(world),
    transferLimit: defaultTransferLimit,
    clusterLimit: undefined,
    inbound: true,
    outbound: true,
    vnodes: {riak_kv_vnode: new Map(), riak_pipe_vnode: new Map()},
    excluded: {riak_kv_vnode: new Set(), riak_pipe_vnode: new Set()},
    neverStarted: [],
    handoffs: [],
    known: nothingKnown,
    data: new Map(),
    disk: disk ? {...disk} : {size: 50e9, other: 5e9},
    tickPhase: world.random.between(0, world.settings.timing.managementTick),
    tickAt: undefined,
    processes: 1000 + world.random.below(20_000),
  }
  world.nodes.set(name, node)
  return node
}

/** A node that has been up for long, alone. */
export function addRunningNode(world: World, name: NodeName, options: NodeOptions): LabNode {
  const node = addNode(world, name, options)
  wake(world, node)
  return node
}

/** Running nodes become the members of one cluster with this ring, which all of them have seen. */
export function formCluster(world: World, names: readonly NodeName[], ring: Ring): Cluster {
  const cluster: Cluster = {
    name: {node: names[0]!, at: Math.floor(world.now)},
    ring,
    version: 1,
    unaware: new Set(),
  }
  for (const name of names) {
    const node = nodeOf(world, name)
    node.cluster = cluster
    node.view = {ring, version: cluster.version}
    node.agreedVersion = cluster.version
    wake(world, node)
  }
  return cluster
}

/** The ring as it comes out when all of them join the first one at once, and everything is done. */
export function settledRing(world: World, names: readonly NodeName[], partitions: number): Ring {
  const [first, ...others] = names
  const {ring} = singleton(first!, partitions, world.now)
  const joins = others.map(node => ({action: 'join' as const, node}))
  if (joins.length === 0) return ring
  return planChanges(ring, joins, world.settings.claim).final
}

/** Spreads so many bytes over the partitions of a cluster, each a little different from the others. */
export function fillWithData(world: World, cluster: Cluster, bytes: number, objectBytes = 13_000): void {
  const {owners} = cluster.ring
  const mean = bytes / owners.length
  for (const [partition, owner] of owners.entries()) {
    const size = Math.round(mean * world.random.between(0.95, 1.05))
    const objects = Math.max(1, Math.round(size / objectBytes))
    nodeOf(world, owner).data.set(partition, {bytes: size, objects})
  }
}

/** Its network comes and goes: away, others wait in vain for it. */
export function setReachable(world: World, node: LabNode, isReachable: boolean): void {
  if (node.reachable === isReachable) return
  node.reachable = isReachable
  node.silentSince = isReachable ? undefined : world.now
  if (isReachable && node.state === 'running') {
    findCluster(world, node)
    ensureTick(world, node)
  }
}

function wake(world: World, node: LabNode): void {
  node.state = 'running'
  node.everStarted = true
  for (const [partition, owner] of node.view.ring.owners.entries())
    if (owner === node.name) for (const module of modules) seasonVnode(world, node, module, partition)
}

/** After an absence: what has become of the cluster, and does it still want this node? */
function findCluster(world: World, node: LabNode): void {
  const {cluster, life} = node
  const {gossip} = world.settings.timing
  const status = statusIn(cluster.ring, node.name)
  if (status === 'invalid') {
    meetMembers(world, node)
    return
  }
  if (status === 'down') later(world, nextGossip(world), () => rejoin(world, node))
  else catchUp(world, node)
  // a claimant looks now and then whether the ring waits for it
  later(world, gossip, () => {
    if (node.life === life && isReady(node)) claimantRound(world, node)
  })
}

/** A member that was marked down takes its place again, with no plan and no commit. */
function rejoin(world: World, node: LabNode): void {
  const {cluster} = node
  const {ring} = cluster
  if (node.state !== 'running' || statusIn(ring, node.name) !== 'down') return
  const claimant = world.nodes.get(ring.claimant)
  const by = claimant && presentIn(ring).includes(claimant.name) ? claimant : node
  const members = ring.members.map(member =>
    member.node === node.name ? {...member, status: 'valid' as const} : member,
  )
  publish(world, cluster, {...ring, members}, by)
}
