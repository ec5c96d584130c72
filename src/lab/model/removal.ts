/**
 * How a node that has been removed from its cluster takes notice. Nobody tells it: a node whose staged join was
 * cleared goes on believing in it until it gossips with a member that knows better, then writes a ring of its own
 * and stops. Seen on 3.2.3: of three such nodes one stopped after a second, the last after half a minute.
 */
import {singleton} from './gossip.ts'
import {stop} from './lifecycle.ts'
import {isUp, type LabNode, later, membersWith, nodeOf, statusIn, type World} from './world.ts'

/** A node that was removed gossips with whom it takes for members, until it meets one that knows better. */
export function meetMembers(world: World, node: LabNode): void {
  const {life, cluster} = node
  const wait = world.random.between(0, world.settings.timing.gossip)
  later(world, wait, () => {
    if (node.life !== life || node.cluster !== cluster || !isUp(node)) return
    if (statusIn(cluster.ring, node.name) !== 'invalid') return
    const others = membersWith(node.view.ring, 'joining', 'valid', 'leaving', 'exiting')
      .filter(name => name !== node.name)
      .map(name => nodeOf(world, name))
    const other = others[world.random.below(others.length)]
    const knowsBetter = other && isUp(other) && statusIn(cluster.ring, other.name) !== 'invalid'
    if (knowsBetter) forgetRing(world, node)
    else meetMembers(world, node)
  })
}

/** `riak_core_ring_manager:refresh_my_ring`: a ring of its own again, and the VM stops. */
export function forgetRing(world: World, node: LabNode): void {
  if (!isUp(node)) return
  node.cluster = singleton(node.name, node.ringSize, world.now)
  node.view = {ring: node.cluster.ring, version: node.cluster.version}
  node.agreedVersion = node.cluster.version
  world.note(`${node.name}: node removal completed, exiting.`)
  stop(world, node)
}
