/**
 * The tick of a node's vnode manager: every ten seconds it looks at its ring, and only when that is ready at what is
 * to be handed off. Of the pending list it tries the first entries alone (`forced_ownership_handoff`), finished ones
 * included: the list is the cluster's throttle. A leaver without partitions goes on until it has had a vnode of
 * every partition and given it away, then it exits.
 */
import {defaultClusterLimit} from '../../ring/snapshot.ts'
import {publish} from './gossip.ts'
import {tryHandoff} from './handoff.ts'
import {handOffIdle, passIdleSignals, startSomeVnodes, startVnode} from './vnodes.ts'
import {
  isReady,
  isServing,
  type KnownHandoffs,
  type LabNode,
  modules,
  statusIn,
  type VnodeModule,
  type World,
} from './world.ts'

/** Ticks go on only while there is something to look for. */
export function ensureTick(world: World, node: LabNode): void {
  if (node.state !== 'running' || node.tickAt !== undefined || !hasWork(node)) return
  const {managementTick} = world.settings.timing
  const passed = (((world.now - node.tickPhase) % managementTick) + managementTick) % managementTick
  const at = world.now + managementTick - passed
  const {life} = node
  node.tickAt = at
  world.queue.schedule(at, () => {
    if (node.life !== life) return
    node.tickAt = undefined
    tick(world, node)
    ensureTick(world, node)
  })
}

function hasWork(node: LabNode): boolean {
  const {ring} = node.view
  return (
    ring.pending.length > 0 ||
    node.neverStarted.length > 0 ||
    node.known.hinted.length > 0 ||
    node.known.ownership.size > 0 ||
    statusIn(ring, node.name) === 'leaving' ||
    modules.some(module => [...node.vnodes[module].keys()].some(at => ring.owners[at] !== node.name))
  )
}

function tick(world: World, node: LabNode): void {
  handOffIdle(world, node)
  passIdleSignals(world, node)
  if (isReady(node)) node.known = knownHandoffs(world, node)
  triggerOwnershipHandoffs(world, node)
  startSomeVnodes(world, node)
  if (isReady(node) && statusIn(node.view.ring, node.name) === 'leaving') goOnLeaving(world, node)
}

function knownHandoffs(world: World, node: LabNode): KnownHandoffs {
  const {owners, pending} = node.view.ring
  const coming = new Set(pending.filter(({to}) => to === node.name).map(({partition}) => partition))
  const serves = (name: string): boolean => {
    const other = world.nodes.get(name)
    return other !== undefined && isServing(other)
  }
  const leaving = pending.filter(({from, to}) => from === node.name && serves(to))
  const hinted = modules.flatMap(module =>
    [...node.vnodes[module].keys()].flatMap(partition => {
      const to = owners[partition]!
      return to === node.name || coming.has(partition) || !serves(to) ? [] : [{module, partition, to}]
    }),
  )
  return {ownership: new Map(leaving.map(({partition, to}) => [partition, to])), hinted}
}

function triggerOwnershipHandoffs(world: World, node: LabNode): void {
  const {pending} = node.view.ring
  const limit = node.clusterLimit ?? defaultClusterLimit
  for (const [at, {partition, from, to, done, status}] of pending.entries()) {
    if (from !== node.name || status !== 'awaiting' || node.known.ownership.get(partition) !== to) continue
    for (const module of modules) {
      if (done.includes(module)) continue
      const isTried = at < limit ? !isLate(world, module) : isIdlePipe(world, node, module, partition)
      if (isTried) tryHandoff(world, node, {kind: 'ownership', module, partition, to})
    }
  }
}

/** Now and then a pipe vnode is asked only with the next tick: riak_kv may be done first. */
const isLate = (world: World, module: VnodeModule): boolean =>
  module === 'riak_pipe_vnode' && world.random.chance(0.05)

/** Beyond the first entries, a vnode that has been idle goes on its own; those of riak_kv are never idle here. */
const isIdlePipe = (world: World, node: LabNode, module: VnodeModule, partition: number): boolean =>
  module === 'riak_pipe_vnode' && node.vnodes[module].has(partition) && world.random.chance(0.05)

/**
 * `riak_core_ring_handler:ensure_vnodes_started/1`: a random partition not yet excluded is started here, for each
 * module; when none is left to start, the node has nothing more to do with this cluster.
 */
function goOnLeaving(world: World, node: LabNode): void {
  const {ring} = node.view
  if (ring.owners.includes(node.name) || ring.pending.some(({to}) => to === node.name)) return
  let startable = 0
  for (const module of modules) {
    const left = ring.owners.flatMap((_, partition) =>
      node.excluded[module].has(partition) ? [] : [partition],
    )
    startable += left.length
    const partition = left[world.random.below(left.length)]
    if (partition !== undefined) startVnode(world, node, module, partition)
  }
  if (startable > 0) return
  const {cluster} = node
  world.note(`${node.name} has nothing left and exits`)
  const members = cluster.ring.members.map(member =>
    member.node === node.name ? {...member, status: 'exiting' as const} : member,
  )
  publish(world, cluster, {...cluster.ring, members}, node)
}
