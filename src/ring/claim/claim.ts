/**
 * Whether anybody claims, and who. The rule is v2's whichever algorithm is set: a node claims while it owns less
 * than its even share, rounded down; when nobody does, a changed location makes the first node claim once.
 */

import type {ClaimTask, Planning} from './claim-task.ts'
import {chooseV2} from './claim-v2.ts'
import {chooseV3} from './claim-v3.ts'
import {chooseV4} from './claim-v4.ts'
import {atomHash, dictOrder} from './dict-order.ts'
import {endlessGuard} from './planner-crash.ts'
import {countsOf, isClaiming, nodesThat, type WorkingRing} from './working-ring.ts'

export type Claimed = {readonly owner: Int32Array; readonly locationChanged: boolean}

export function claimTask(ring: WorkingRing, planning: Planning): ClaimTask {
  const claiming = nodesThat(ring, isClaiming)
  return {
    ring,
    planning,
    claiming,
    countOrder: countOrder(ring, claiming),
    targetN: planning.settings.targetN,
  }
}

const countOrder = (ring: WorkingRing, claiming: readonly number[]): number[] =>
  dictOrder(claiming, node => atomHash(ring.names[node]!))

const algorithms = {v2: chooseV2, v3: chooseV3, v4: chooseV4}

export function claim(ring: WorkingRing, planning: Planning): Claimed {
  const task = claimTask(ring, planning)
  const {claiming} = task
  const choose = algorithms[planning.settings.claim]
  const share = Math.floor(ring.owner.length / claiming.length)
  let {owner} = ring
  let counts = countsOf(ring, owner)
  const wants = (node: number): boolean => counts[node]! < share

  if (!claiming.some(wants))
    return ring.locationChanged
      ? {owner: choose(task, owner, claiming[0]!), locationChanged: false}
      : {owner, locationChanged: false}
  for (const node of claiming) {
    const guard = endlessGuard('claim never ends: a node keeps wanting and never gets')
    while (wants(node)) {
      owner = choose(task, owner, node)
      counts = countsOf(ring, owner)
      guard(() => owner.join())
    }
  }
  return {owner, locationChanged: ring.locationChanged}
}
