/**
 * Spreading nodes over a ring by their locations: riak_core takes one node a location in turn, from the largest
 * location down, and the whole ring is then that row of nodes over and over.
 */
import {PlannerCrash} from './planner-crash.ts'
import {hasLocations, locationOf, type WorkingRing} from './working-ring.ts'

/** The nodes in turn by location; in a cluster without locations, unchanged. */
export function stripe(ring: WorkingRing, nodes: readonly number[]): readonly number[] {
  if (!hasLocations(ring)) return nodes
  const byLocation = new Map<number, number[]>()
  for (const node of nodes) {
    const location = locationOf(ring, node)
    const group = byLocation.get(location)
    if (group) group.push(node)
    else byLocation.set(location, [node])
  }
  const groups = [...byLocation.values()].sort((a, b) => b.length - a.length || b.at(-1)! - a.at(-1)!)
  const striped: number[] = []
  while (groups.length > 0) {
    const turn = striped.length % groups.length
    const next = groups[turn]!.shift()
    if (next === undefined) groups.splice(turn, 1)
    else striped.push(next)
  }
  return striped
}

/**
 * The ring rebuilt from the nodes alone, whoever owned what. Where the last, incomplete round would put a node
 * closer than `targetN` to the ring's start, earlier rounds are shortened so that it grows to `targetN` nodes.
 */
export function sequentialClaim(
  ring: WorkingRing,
  claiming: readonly number[],
  node: number,
  targetN: number,
): Int32Array {
  const partitions = ring.owner.length
  const all = claiming.includes(node) ? claiming : [...claiming, node].sort((a, b) => a - b)
  const nodes = stripe(ring, all)
  if (nodes.length > partitions) throw new PlannerCrash('sequential claim: more nodes than partitions')
  const tail = partitions % nodes.length
  const lack = targetN - tail
  const cycles = Math.floor(partitions / nodes.length)
  if (tail === 0 || lack <= 0 || cycles * (nodes.length - targetN) < lack) return diagonal(nodes, partitions)
  const end = shortenedCycles(nodes, targetN, tail, Math.ceil(lack / cycles))
  const owner = diagonal(nodes, partitions)
  owner.set(end, partitions - end.length)
  return owner
}

const diagonal = (nodes: readonly number[], partitions: number): Int32Array =>
  Int32Array.from({length: partitions}, (_, partition) => nodes[partition % nodes.length]!)

function shortenedCycles(
  nodes: readonly number[],
  targetN: number,
  tail: number,
  perCycle: number,
): readonly number[] {
  const segments = [nodes.slice(0, targetN)]
  for (let at = tail; at < targetN; at += perCycle) {
    const skipped = Math.min(at + perCycle, targetN)
    segments.unshift(nodes.filter((_, position) => position < at || position >= skipped))
  }
  return segments.flat()
}
