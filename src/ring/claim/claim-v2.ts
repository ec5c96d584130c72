/**
 * Claim v2, the default: a node that wants partitions takes some from those who own too many, at least targetN
 * apart, preferring partitions that violate targetN already. When it cannot, the ring is built anew.
 */
import type {ClaimTask} from './claim-task.ts'
import {PlannerCrash} from './planner-crash.ts'
import {sequentialClaim, stripe} from './stripe.ts'
import {countsOf, paddingOf} from './working-ring.ts'

/** The owners after `node` has chosen. */
export function chooseV2(task: ClaimTask, owner: Int32Array, node: number): Int32Array {
  const {claiming, targetN} = task
  const partitions = owner.length
  const enough = claiming.length > targetN || (claiming.length === targetN && partitions % targetN === 0)
  const surplus = deltas(task, owner)
  const want = surplus[node]!
  const candidates = enough ? violationsFirst(task, owner) : preferredPositions(task, node)
  const claimed = select(candidates, owner, surplus, nearOwned(owner, node, targetN), targetN)
  if (want < 0 && claimed.length > 0)
    throw new PlannerCrash('claim v2: a node with too many is to claim more')
  if (want <= 0 || claimed.length === 0) return sequentialClaim(task.ring, claiming, node, targetN)
  const result = owner.slice()
  for (const position of claimed.slice(0, want)) result[position] = node
  return enough && !meetsTarget(task, result) ? sequentialClaim(task.ring, claiming, node, targetN) : result
}

/**
 * How many partitions each node is to gain, negative: to give. What the ring's size leaves over goes to nodes
 * above the floor first, then to those below, in the order riak_core's dict lists them.
 */
function deltas(task: ClaimTask, owner: Int32Array): Int32Array {
  const counts = countsOf(task.ring, owner)
  const delta = new Int32Array(counts.length)
  const floor = Math.floor(owner.length / task.claiming.length)
  for (const node of task.claiming) delta[node] = floor - counts[node]!
  let rest = owner.length % task.claiming.length
  for (const sign of [-1, 1])
    for (const node of task.countOrder) {
      if (rest === 0) return delta
      if (Math.sign(floor - counts[node]!) !== sign) continue
      delta[node]! += 1
      rest -= 1
    }
  return delta
}

/**
 * Every position, pairs of neighbours closer than targetN that share an owner first. Pairs are looked for past
 * the end of the ring, and a position in two of them comes twice and can be claimed twice.
 */
function violationsFirst({ring, targetN}: ClaimTask, owner: Int32Array): number[] {
  const partitions = owner.length
  const order: number[] = []
  const violating = new Uint8Array(partitions)
  const lastSeen = new Int32Array(ring.names.length).fill(-targetN)
  const steps = partitions + Math.min(targetN - 1, partitions)
  for (let step = 0; step < steps; step += 1) {
    const position = step % partitions
    const before = lastSeen[owner[position]!]!
    if (step - before < targetN)
      for (const violator of [before % partitions, position]) {
        order.push(violator)
        violating[violator] = 1
      }
    lastSeen[owner[position]!] = step
  }
  for (let position = 0; position < partitions; position += 1)
    if (violating[position] === 0) order.push(position)
  return order
}

/** With fewer nodes than targetN: the node's own places in a row of targetN nodes, then those after them. */
function preferredPositions({ring, claiming, targetN}: ClaimTask, node: number): number[] {
  const partitions = ring.owner.length
  const padding = new Array<number>(Math.max(0, targetN - claiming.length)).fill(paddingOf(ring))
  const row = stripe(ring, [...claiming.slice(0, targetN), ...padding])
  const own: number[] = []
  for (let position = 0; position < partitions; position += 1)
    if (row[position % targetN] === node) own.push(position)
  if (own.length === 0) throw new PlannerCrash('claim v2: no preferred position')
  const positions: number[] = []
  for (let shift = 0; positions.length < partitions; shift += 1)
    for (const position of own) positions.push((position + shift) % partitions)
  return positions.slice(0, partitions)
}

/** Positions closer than targetN to one the node owns, on either side. */
function nearOwned(owner: Int32Array, node: number, targetN: number): Uint8Array {
  const partitions = owner.length
  const near = new Uint8Array(partitions)
  const reach = Math.min(targetN - 1, partitions)
  for (let position = 0; position < partitions; position += 1) {
    if (owner[position] !== node) continue
    for (let offset = -reach; offset <= reach; offset += 1)
      near[(position + offset + partitions) % partitions] = 1
  }
  return near
}

/** Takes from whoever is to give, with a look at the claim just before only. Counts the takings in `surplus`. */
function select(
  candidates: readonly number[],
  owner: Int32Array,
  surplus: Int32Array,
  near: Uint8Array,
  targetN: number,
): number[] {
  const claimed: number[] = []
  for (const position of candidates) {
    if (near[position] === 1) continue
    const giver = owner[position]!
    const last = claimed.at(-1)
    if (surplus[giver]! >= 0 || (last !== undefined && !isSpaced(last, position, targetN, owner.length)))
      continue
    surplus[giver]! += 1
    claimed.push(position)
  }
  return claimed
}

function isSpaced(a: number, b: number, targetN: number, partitions: number): boolean {
  const distance = Math.abs(a - b)
  return distance >= targetN && partitions - distance >= targetN
}

/** No owner twice within targetN, counted without wrapping around. */
function meetsTarget({ring, targetN}: ClaimTask, owner: Int32Array): boolean {
  const lastSeen = new Int32Array(ring.names.length).fill(-targetN)
  return owner.every((node, position) => {
    const apart = position - lastSeen[node]!
    lastSeen[node] = position
    return apart >= targetN
  })
}
