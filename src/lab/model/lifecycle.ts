/**
 * The life of a node's VM. What survives a stop is on its disk: the ring and the data. What does not: limits set at
 * run time, what a claimant had staged, vnodes that were still handing off.
 */
import {killTransfers} from './handoff.ts'
import {freshMemory, type LabNode, later, nothingKnown, type World} from './world.ts'

/** false: it runs already */
export function start(world: World, node: LabNode): boolean {
  if (node.state !== 'stopped') return false
  const life = beginLife(world, node, 'booting')
  node.everStarted = true
  world.counters.starts += 1
  const [boot, services] = world.settings.timing.boot
  later(world, boot, () => {
    if (node.life === life) node.state = 'starting'
  })
  later(world, services, () => {
    if (node.life !== life) return
    node.state = 'running'
    node.startedAt = world.now
    world.follows.running(node)
  })
  return true
}

/** Stops in good order, after a while. Its cluster sees it go at once. */
export function stop(world: World, node: LabNode): void {
  if (node.state === 'stopped' || node.state === 'stopping') return
  const life = beginLife(world, node, 'stopping')
  world.counters.stops += 1
  later(world, world.settings.timing.stop, () => {
    if (node.life === life) node.state = 'stopped'
  })
}

/** Ends at once, as by SIGKILL. */
export function kill(world: World, node: LabNode): void {
  if (node.state === 'stopped') return
  beginLife(world, node, 'stopped')
  world.counters.stops += 1
}

export const isStopped = (node: LabNode): boolean => node.state === 'stopped' || node.state === 'stopping'

function beginLife(world: World, node: LabNode, state: LabNode['state']): number {
  killTransfers(world, node, () => true)
  node.state = state
  node.life += 1
  node.memory = freshMemory(world)
  node.transferLimit = defaultTransferLimit
  node.clusterLimit = undefined
  node.inbound = true
  node.outbound = true
  node.known = nothingKnown
  node.neverStarted = []
  node.tickAt = undefined
  for (const vnodes of Object.values(node.vnodes)) vnodes.clear()
  for (const excluded of Object.values(node.excluded)) excluded.clear()
  return node.life
}

/** `handoff_concurrency` where nobody has set it */
export const defaultTransferLimit = 2
