/**
 * Where the partitions of a node go that leaves, is replaced or was removed. A leaver's are dealt to the least
 * loaded nodes that are far enough away; riak_core draws among equals, from a state the claimant holds. If one
 * partition finds no home, all of them go to the first node and the whole ring is rebalanced.
 */
import type {Seed} from '../changes.ts'
import {claimTask} from './claim.ts'
import type {ClaimTask, Planning} from './claim-task.ts'
import {rebalanceV4} from './claim-v4.ts'
import {uniform} from './exrop.ts'
import {PlannerCrash} from './planner-crash.ts'
import {sequentialClaim} from './stripe.ts'
import {countsOf, futureOwner, type WorkingMove, type WorkingRing} from './working-ring.ts'

export type Leaving = {
  readonly planning: Planning
  readonly seed: Seed | undefined
  /** who takes over all partitions of whom, of the changes now applied */
  readonly replacing: ReadonlyMap<number, number>
}

/** A leaving node's partitions become pending moves. */
export function planLeave(ring: WorkingRing, node: number, leaving: Leaving): void {
  if (!ring.owner.includes(node)) return
  addPending(ring, ownersWithout(ring, node, leaving))
}

/** A removed node's partitions change owner at once; what else has to move becomes pending. */
export function reassign(ring: WorkingRing, node: number, leaving: Leaving): void {
  if (!ring.owner.includes(node)) return
  const next = ownersWithout(ring, node, leaving)
  for (const [partition, owner] of ring.owner.entries())
    if (owner === node) ring.owner[partition] = next[partition]!
  addPending(ring, next)
}

/** Partitions that are to move already keep their first target. */
function addPending(ring: WorkingRing, next: Int32Array): void {
  const byPartition = new Map<number, WorkingMove>(ring.pending.map(move => [move.partition, move]))
  for (const [partition, to] of next.entries()) {
    const from = ring.owner[partition]!
    if (from !== to && !byPartition.has(partition))
      byPartition.set(partition, {partition, from, to, done: [], status: 'awaiting'})
  }
  ring.pending = [...byPartition.values()].sort((a, b) => a.partition - b.partition)
}

function ownersWithout(ring: WorkingRing, node: number, {planning, seed, replacing}: Leaving): Int32Array {
  const settled = {...ring, owner: futureOwner(ring)}
  const replacement = replacing.get(node)
  if (replacement !== undefined) return given(settled.owner, node, replacement)
  const task = claimTask(settled, planning)
  return (
    (planning.settings.fullRebalanceOnLeave ? undefined : simpleTransfer(task, node, seed)) ??
    fullRebalance(task, node)
  )
}

const given = (owner: Int32Array, from: number, to: number): Int32Array =>
  owner.map(node => (node === from ? to : node))

function fullRebalance({ring, planning, claiming, targetN, ...task}: ClaimTask, node: number): Int32Array {
  const heir = claiming[0]
  if (heir === undefined) throw new PlannerCrash('leave: nobody is left to take partitions')
  const inherited = {...ring, owner: given(ring.owner, node, heir)}
  return planning.settings.claim === 'v4'
    ? rebalanceV4({...task, ring: inherited, planning, claiming, targetN}, inherited.owner)
    : sequentialClaim(inherited, claiming, heir, targetN)
}

/** The owners afterwards, or undefined when some partition has no node far enough away. */
function simpleTransfer(task: ClaimTask, leaver: number, seed: Seed | undefined): Int32Array | undefined {
  const {ring, targetN, planning} = task
  if (isHopeless(task, leaver)) return undefined
  const owner = ring.owner.slice()
  const counts = countsOf(ring, owner)
  let state = seed
  for (const [partition, node] of owner.entries()) {
    if (node !== leaver) continue
    const candidates = leastLoaded(task, counts, neighbours(owner, partition, targetN))
    if (candidates.length === 0) return undefined
    if (candidates.length > 1 && seed === undefined) planning.random.add('leave-candidates')
    const [choice, next] = state === undefined ? [0, state] : uniform(candidates.length, state)
    state = next
    owner[partition] = candidates[choice]!
    counts[candidates[choice]!]! += 1
  }
  return owner
}

/** Some partition has all nodes around it already: whatever is drawn before, it will find no home. */
function isHopeless({ring, claiming, targetN}: ClaimTask, leaver: number): boolean {
  return ring.owner.some((node, partition) => {
    if (node !== leaver) return false
    const near = neighbours(ring.owner, partition, targetN)
    return claiming.every(candidate => near.has(candidate))
  })
}

function neighbours(owner: Int32Array, partition: number, targetN: number): Set<number> {
  const near = new Set<number>()
  for (let distance = 1; distance < targetN; distance += 1)
    for (const side of [-distance, distance]) near.add(owner[modulo(partition + side, owner.length)]!)
  return near
}

const modulo = (value: number, base: number): number => ((value % base) + base) % base

/** Nodes with the fewest partitions, in the dict's order. */
function leastLoaded({countOrder}: ClaimTask, counts: Int32Array, near: ReadonlySet<number>): number[] {
  let least = Number.POSITIVE_INFINITY
  let nodes: number[] = []
  for (const node of countOrder) {
    if (near.has(node) || counts[node]! > least) continue
    if (counts[node]! < least) nodes = []
    least = counts[node]!
    nodes.push(node)
  }
  return nodes
}
