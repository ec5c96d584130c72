/**
 * The vnode processes of a node. It runs one a module for every partition it owns, and for others as well: those it
 * had before it joined, those it starts one after the other after coming up, those it gets handed off. A vnode that
 * is not its node's own hands off ("hinted") to the owner once it has been idle for a while; being empty, it is
 * gone at once. That takes minutes and says nothing about ownership.
 */
import type {NodeName, Ring} from '../../ring/ring.ts'
import {isServing, type LabNode, modules, type VnodeModule, type World} from './world.ts'

export function startVnode(world: World, node: LabNode, module: VnodeModule, partition: number): void {
  const vnodes = node.vnodes[module]
  if (vnodes.has(partition)) return
  const period = world.settings.timing.inactivity * world.random.between(1, 2)
  vnodes.set(partition, {due: world.now + period, period})
  node.excluded[module].delete(partition)
}

/** As if the vnode had been there for long: it may be idle any moment. */
export function seasonVnode(world: World, node: LabNode, module: VnodeModule, partition: number): void {
  startVnode(world, node, module, partition)
  const vnode = node.vnodes[module].get(partition)!
  vnode.due = world.now + vnode.period * world.random.next()
}

export function stopVnode(node: LabNode, module: VnodeModule, partition: number): void {
  node.vnodes[module].delete(partition)
  node.excluded[module].add(partition)
}

/** The partitions a node runs and owns, runs and does not own, owns and does not run: by its own ring. */
export type RunningPartitions = {
  readonly primary: readonly number[]
  readonly secondary: readonly number[]
  readonly stopped: readonly number[]
}

export function runningPartitions(world: World, node: LabNode): RunningPartitions {
  return partitionsBy(world, node, node.view.ring)
}

/** The same, judged by another node's ring. */
export function partitionsBy(world: World, node: LabNode, ring: Ring): RunningPartitions {
  handOffIdle(world, node)
  const active = new Set(modules.flatMap(module => [...node.vnodes[module].keys()]))
  const owned = ownedBy(ring, node.name)
  return {
    primary: owned.filter(partition => active.has(partition)),
    secondary: [...active].filter(partition => ring.owners[partition] !== node.name).sort((a, b) => a - b),
    stopped: owned.filter(partition => !active.has(partition)),
  }
}

export const ownedBy = ({owners}: Pick<Ring, 'owners'>, name: NodeName): number[] =>
  owners.flatMap((owner, partition) => (owner === name ? [partition] : []))

/** Vnodes that were found to belong elsewhere and have been idle since are gone. */
export function handOffIdle(world: World, node: LabNode): void {
  for (const {module, partition, to} of node.known.hinted) {
    const vnode = node.vnodes[module].get(partition)
    const owner = world.nodes.get(to)
    if (vnode && vnode.due <= world.now && node.outbound && owner && isServing(owner) && owner.inbound)
      stopVnode(node, module, partition)
  }
}

/** Idle signals that nobody waited for pass; the next ones come in due time. */
export function passIdleSignals(world: World, node: LabNode): void {
  for (const module of modules)
    for (const vnode of node.vnodes[module].values())
      if (vnode.due <= world.now)
        vnode.due += vnode.period * Math.ceil((world.now - vnode.due + 1) / vnode.period)
}

/** Starts and forgets vnodes as the ring that a node has just heard of says. */
export function followOwnership(world: World, node: LabNode, before: Ring): void {
  if (node.state !== 'running') return
  const {ring} = node.view
  for (const [partition, owner] of ring.owners.entries()) {
    const owned = before.owners[partition] === node.name
    if (owner === node.name) {
      if (!owned) for (const module of modules) startVnode(world, node, module, partition)
    } else if (owned && !node.vnodes.riak_kv_vnode.has(partition) && world.random.chance(0.9)) {
      // requests that were under way to the old owner bring a vnode back for a while
      startVnode(world, node, 'riak_kv_vnode', partition)
    }
  }
}

/** After coming up, a node starts vnodes for the whole ring: its own at once, the others bit by bit. */
export function startOwnVnodes(world: World, node: LabNode): void {
  const {owners} = node.view.ring
  node.neverStarted = []
  for (const [partition, owner] of owners.entries())
    for (const module of modules)
      if (owner === node.name) startVnode(world, node, module, partition)
      else node.neverStarted.push({module, partition})
}

export function startSomeVnodes(world: World, node: LabNode): void {
  for (const {module, partition} of node.neverStarted.splice(0, world.settings.rollingStart))
    startVnode(world, node, module, partition)
}
