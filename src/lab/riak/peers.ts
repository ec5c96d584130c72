/**
 * Who answers a node that asks all members. A member whose VM is stopped refuses at once; one that was cut off or
 * is frozen keeps everybody waiting, and some commands then take it for up because they do not wait long enough.
 */
import type {NodeName} from '../../ring/ring.ts'
import {isUp, type LabNode, presentIn, type World} from '../model/world.ts'

export type Peers = {
  readonly up: readonly LabNode[]
  /** refuse connections */
  readonly refusing: readonly NodeName[]
  /** do not answer at all */
  readonly silent: readonly NodeName[]
}

export function peersOf(world: World, node: LabNode): Peers {
  const peers = {up: [] as LabNode[], refusing: [] as NodeName[], silent: [] as NodeName[]}
  for (const name of presentIn(node.view.ring)) {
    const reach = reachOf(world, node, name)
    if (reach === 'up') peers.up.push(world.nodes.get(name)!)
    else peers[reach].push(name)
  }
  return peers
}

export function reachOf(world: World, node: LabNode, name: NodeName): keyof Peers {
  const other = world.nodes.get(name)
  if (other === node) return 'up'
  if (!other) return 'refusing'
  if (!node.reachable || !other.reachable) return 'silent'
  return isUp(other) ? 'up' : 'refusing'
}

/** Members that do not answer, in the ring's order. */
export const awayOf = (node: LabNode, {refusing, silent}: Peers): NodeName[] =>
  presentIn(node.view.ring).filter(name => refusing.includes(name) || silent.includes(name))

/** ms that a call to all members waits for the silent ones */
export const waitFor = ({silent}: Peers, timeout: number): number => (silent.length > 0 ? timeout : 0)
