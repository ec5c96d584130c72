/** What nodes and operators do to membership outside the claimant's plans: joining, and marking a member as down. */
import type {NodeName} from '../../ring/ring.ts'
import {compareNodes} from '../../ring/ring.ts'
import {publish} from './gossip.ts'
import {isUp, type LabNode, presentIn, statusIn, type World} from './world.ts'

export type JoinRefusal =
  | 'self-join'
  | 'not-reachable'
  | 'no-ring'
  | 'still-starting'
  | 'not-single'
  | 'different-ring-size'

/** `riak_core:staged_join/1` on the joining node. From now on the cluster's ownership changes stand still. */
export function join(world: World, node: LabNode, target: NodeName): JoinRefusal | 'staged' {
  if (target === node.name) return 'self-join'
  const member = world.nodes.get(target)
  if (!member || !isUp(member) || !node.reachable) return 'not-reachable'
  if (node.state !== 'running') return 'still-starting'
  if (presentIn(node.view.ring).length > 1) return 'not-single'
  if (node.ringSize !== member.view.ring.partitions) return 'different-ring-size'
  const {cluster} = member
  const {ring} = cluster
  const members = [
    ...ring.members.filter(other => other.node !== node.name),
    {node: node.name, status: 'joining' as const},
  ].sort((a, b) => compareNodes(a.node, b.node))
  const before = node.view.ring
  node.cluster = cluster
  node.view = {ring: before, version: 0}
  node.agreedVersion = 0
  world.counters.joins += 1
  world.note(`${node.name} asks to join ${target}`)
  publish(world, cluster, {...ring, members}, node)
  return 'staged'
}

export type DownRefusal = 'is-up' | 'not-member' | 'only-member'

export function markDown(world: World, node: LabNode, name: NodeName): DownRefusal | 'down' {
  const other = world.nodes.get(name)
  const {cluster} = node
  if (other && isUp(other)) return 'is-up'
  if (statusIn(node.view.ring, name) === 'invalid') return 'not-member'
  if (presentIn(node.view.ring).length === 1) return 'only-member'
  const members = cluster.ring.members.map(member =>
    member.node === name ? {...member, status: 'down' as const} : member,
  )
  publish(world, cluster, {...cluster.ring, members}, node)
  return 'down'
}
