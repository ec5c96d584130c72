/** How evenly partitions are shared, and how many would have to move at least to share them evenly. */
import {type NodeName, ownedCounts} from './ring.ts'

export type Balance = {
  /** partitions by node, for every node that is to share and every owner */
  readonly counts: ReadonlyMap<NodeName, number>
  readonly largest: number
  readonly smallest: number
  /** over the nodes that are to share */
  readonly mean: number
  /** the largest share against the mean: 1.25 says that some node holds a quarter more than its due */
  readonly largestToMean: number
}

/** `nodes`: who is to share the ring; others may own some still. */
export function balanceOf(owners: readonly NodeName[], nodes: readonly NodeName[]): Balance {
  const counts = ownedCounts(owners)
  for (const node of nodes) if (!counts.has(node)) counts.set(node, 0)
  const shares = [...counts.values()]
  const mean = owners.length / nodes.length
  const largest = Math.max(...shares)
  return {counts, largest, smallest: Math.min(...shares), mean, largestToMean: largest / mean}
}

/**
 * The fewest moves after which the nodes share the ring evenly, distances between copies left aside. With K
 * partitions to each of the nodes and R over, a node may keep what it owns up to K, and R nodes that own more keep
 * one more: minimum = partitions - sum of min(owned, K) - min(R, nodes that own more than K).
 */
export function minimumMoves(owners: readonly NodeName[], nodes: readonly NodeName[]): number {
  const counts = ownedCounts(owners)
  const share = Math.floor(owners.length / nodes.length)
  const over = owners.length % nodes.length
  let kept = 0
  let richer = 0
  for (const node of nodes) {
    const owned = counts.get(node) ?? 0
    kept += Math.min(owned, share)
    if (owned > share) richer += 1
  }
  return owners.length - kept - Math.min(over, richer)
}

export type Efficiency = {
  readonly planned: number
  readonly minimum: number
  /** planned / minimum: 1 is best, 2 moves twice as much as it must; undefined when nothing had to move */
  readonly plannedToMinimum: number | undefined
}

/** A plan's moves, of all its transitions together, against the fewest that share the ring evenly. */
export function efficiencyOf(
  planned: number,
  owners: readonly NodeName[],
  nodes: readonly NodeName[],
): Efficiency {
  const minimum = minimumMoves(owners, nodes)
  return {planned, minimum, plannedToMinimum: minimum === 0 ? undefined : planned / minimum}
}
