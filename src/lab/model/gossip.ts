/**
 * How a change of the ring spreads. Every node has its own copy; a change made on one reaches the others after a
 * moment, and only when all members that count have seen it does "Ring Ready" hold again on each of them. Members
 * that are up count, and members that are not: one that is down and not marked so keeps the ring from ever being
 * ready, whereas a ring that nobody changes stays ready for ever.
 */
import type {NodeName, Ring} from '../../ring/ring.ts'
import {type Cluster, isUp, type LabNode, later, membersWith, presentIn, type World} from './world.ts'

/** A cluster of one node that owns everything, begun at that moment. */
export const singleton = (name: NodeName, partitions: number, at: number): Cluster => ({
  name: {node: name, at: Math.floor(at)},
  ring: {
    partitions,
    owners: new Array<NodeName>(partitions).fill(name),
    members: [{node: name, status: 'valid'}],
    claimant: name,
    pending: [],
    locations: {},
    locationChanged: false,
  },
  version: 1,
  unaware: new Set(),
})

export const nodesIn = (world: World, cluster: Cluster): LabNode[] =>
  presentIn(cluster.ring).flatMap(name => {
    const node = world.nodes.get(name)
    return node?.cluster === cluster ? [node] : []
  })

/** Installs a ring on the node that changed it; the others hear of it. */
export function publish(world: World, cluster: Cluster, ring: Ring, by: LabNode): void {
  cluster.ring = ring
  cluster.version += 1
  cluster.unaware = new Set(membersWith(ring, 'valid', 'leaving', 'exiting'))
  adopt(world, by, cluster)
  for (const node of nodesIn(world, cluster))
    if (node !== by) later(world, spreadTime(world, cluster), () => adopt(world, node, cluster))
}

/** A node that was away hears of the ring as it is now when a member happens to gossip with it. */
export function catchUp(world: World, node: LabNode): void {
  const {cluster} = node
  later(world, nextGossip(world), () => adopt(world, node, cluster))
}

export const nextGossip = (world: World): number =>
  world.random.between(0.2, 0.8) * world.settings.timing.gossip

/** Grows with the logarithm of the members: rings are passed on along a tree. */
function spreadTime(world: World, cluster: Cluster): number {
  const [least, most] = world.settings.timing.spread
  return world.random.between(least, most) * Math.max(1, Math.log2(cluster.ring.members.length) / 2)
}

function adopt(world: World, node: LabNode, cluster: Cluster): void {
  if (node.cluster !== cluster || !isUp(node) || node.trouble.deaf) return
  // whoever has been removed is not told
  if (!cluster.ring.members.some(member => member.node === node.name)) return
  const {ring: before, version} = node.view
  cluster.unaware.delete(node.name)
  if (version !== cluster.version) {
    node.view = {ring: cluster.ring, version: cluster.version}
    world.follows.adopted(node, before)
  }
  if (cluster.unaware.size === 0) spreadAgreement(world, cluster, node)
}

/** The last member has seen it, and knows so at once; the others are told. */
function spreadAgreement(world: World, cluster: Cluster, last: LabNode): void {
  const {version} = cluster
  agree(world, last, cluster, version)
  for (const node of nodesIn(world, cluster))
    if (node !== last) later(world, spreadTime(world, cluster), () => agree(world, node, cluster, version))
}

function agree(world: World, node: LabNode, cluster: Cluster, version: number): void {
  if (node.cluster !== cluster || node.agreedVersion >= version || !isUp(node)) return
  node.agreedVersion = version
  if (node.view.version === version) later(world, 0, () => world.follows.agreed(node))
}
