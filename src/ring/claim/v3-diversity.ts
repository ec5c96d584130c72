/**
 * How evenly neighbours are mixed, v3's last measure of a ring: for every two owners and every short distance,
 * how often the one follows the other at that distance. The less these numbers vary, the better.
 */
import {atomHash, dictOrder, pairHash} from './dict-order.ts'

/** sum of squared deviations = squares - total * total / counters */
export type Diversity = {readonly squares: bigint; readonly total: bigint; readonly counters: bigint}

export function diversityOf(owner: Int32Array, targetN: number): Diversity {
  const owners = new Set(owner).size
  const counts = new Map<number, number>()
  const base = Math.max(...owner) + 1
  let total = 0n
  for (const [position, from] of owner.entries()) {
    const met = new Set([from])
    for (let distance = 0; distance < targetN; distance += 1) {
      const to = owner[(position + distance + 1) % owner.length]!
      if (met.has(to)) continue
      met.add(to)
      total += 1n
      const key = (from * base + to) * targetN + distance
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  let squares = 0n
  for (const count of counts.values()) squares += BigInt(count * count)
  return {squares, total, counters: BigInt(owners * (owners - 1) * targetN)}
}

/** Negative when the first varies less; exact where riak_core adds floating point numbers. */
export function lessDiverse(a: Diversity, b: Diversity): number {
  const left = (a.squares * a.counters - a.total * a.total) * b.counters
  const right = (b.squares * b.counters - b.total * b.total) * a.counters
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * A ring built from its end by whatever node keeps the numbers most even. Which of several is taken is decided
 * by the rounding of their sums, so these are added as riak_core adds them.
 */
export function diversified(
  nodes: readonly number[],
  partitions: number,
  targetN: number,
  nameOf: (node: number) => string,
): Int32Array {
  const counters = countersOf(nodes, targetN, nameOf)
  let ring = [nodes.at(-1)!]
  while (ring.length < partitions) {
    const left = partitions - ring.length
    const near = new Set([
      ...ring.slice(0, targetN - 1),
      ...(left < targetN ? ring.slice(left - targetN) : []),
    ])
    const eligible = nodes.filter(node => !near.has(node))
    const next = mostEven(eligible.length > 0 ? eligible : nodes, ring, counters)
    for (const place of followers(next, ring, counters)) counters.counts[place]! += 1
    ring = [next, ...ring]
  }
  return Int32Array.from(ring)
}

type Counters = {
  readonly targetN: number
  /** where the counters of a pair start in `counts`, which is in riak_core's order of adding */
  readonly start: ReadonlyMap<number, ReadonlyMap<number, number>>
  readonly counts: Float64Array
}

function countersOf(nodes: readonly number[], targetN: number, nameOf: (node: number) => string): Counters {
  const hashes = new Map(nodes.map(node => [node, atomHash(nameOf(node))]))
  const pairs = nodes.flatMap(from => nodes.filter(to => to !== from).map(to => ({from, to})))
  const start = new Map(nodes.map(node => [node, new Map<number, number>()]))
  const listed = dictOrder(pairs, ({from, to}) => pairHash(hashes.get(from)!, hashes.get(to)!))
  for (const [at, {from, to}] of listed.entries()) start.get(from)!.set(to, at * targetN)
  return {targetN, start, counts: new Float64Array(pairs.length * targetN)}
}

/** The counters that go up when the node is put before the ring. */
function followers(node: number, ring: readonly number[], {targetN, start}: Counters): number[] {
  const places: number[] = []
  const met = new Set([node])
  for (const [distance, other] of ring.slice(0, targetN).entries()) {
    if (met.has(other)) continue
    met.add(other)
    places.push(start.get(node)!.get(other)! + distance)
  }
  return places
}

function mostEven(eligible: readonly number[], ring: readonly number[], counters: Counters): number {
  let least = Number.POSITIVE_INFINITY
  let best = eligible[0]!
  if (eligible.length === 1) return best
  for (const node of eligible) {
    const places = followers(node, ring, counters)
    for (const place of places) counters.counts[place]! += 1
    const unevenness = deviation(counters.counts)
    for (const place of places) counters.counts[place]! -= 1
    if (unevenness >= least) continue
    least = unevenness
    best = node
  }
  return best
}

function deviation(counts: Float64Array): number {
  let total = 0
  for (const count of counts) total += count
  const mean = total / counts.length
  let sum = 0
  for (const count of counts) sum += (mean - count) ** 2
  return sum
}
