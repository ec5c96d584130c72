/**
 * v4's measure of a ring: how far it is from having the same node, and the same location, nowhere twice within
 * their target distances. A nearer pair weighs more, locations outweigh nodes. A measure is one number, locations
 * above and nodes below, so that comparing, adding and negating measures is plain arithmetic.
 */

/** A node as v4 sees it: its location and its position there, both from 1. Ids compare as riak_core's pairs do. */
export const idOf = (location: number, index: number): number => (location << indexBits) | index
export const placeOf = (id: number): number => id >> indexBits
const indexBits = 16

export const locationUnit = 2 ** 26
export const nodePart = (measure: number): number => measure % locationUnit
export const locationPart = (measure: number): number => Math.floor(measure / locationUnit)

export type Spacing = {
  readonly targetN: number
  readonly targetLocationN: number
  /** the largest distance at which a pair counts */
  readonly reach: number
  /** weight of a pair by its distance: of one node, and of two nodes in one location */
  readonly sameNode: Float64Array
  readonly samePlace: Float64Array
}

export function spacingOf(targetN: number, targetLocationN: number): Spacing {
  const reach = Math.max(targetN, targetLocationN) - 1
  // beyond the reach by a whole window, so that no caller has to ask
  const samePlace = Float64Array.from(
    {length: 2 * reach + 3},
    (_, distance) => locationUnit * Math.max(0, targetLocationN - distance),
  )
  const sameNode = samePlace.map((weight, distance) => weight + Math.max(0, targetN - distance))
  return {targetN, targetLocationN, reach, sameNode, samePlace}
}

export const pairWeight = ({sameNode, samePlace}: Spacing, a: number, b: number, distance: number): number =>
  a === b ? sameNode[distance]! : placeOf(a) === placeOf(b) ? samePlace[distance]! : 0

/** The ring's measure; every pair counts at both of its ends. */
export function violations(ring: ArrayLike<number>, spacing: Spacing): number {
  let sum = 0
  for (let distance = 1; distance <= spacing.reach; distance += 1)
    for (let at = 0; at < ring.length; at += 1)
      sum += pairWeight(spacing, ring[at]!, ring[(at + distance) % ring.length]!, distance)
  return 2 * sum
}

/** Below this many positions windows meet themselves around the ring, and only the whole measure is right. */
export const isSmall = (size: number, {reach}: Spacing): boolean => size < 4 * reach + 4

/** What the measure changes by when the position is taken out. */
export function removalDifference(ring: ArrayLike<number>, at: number, spacing: Spacing): number {
  if (isSmall(ring.length, spacing))
    return violations(Array.from(ring).toSpliced(at, 1), spacing) - violations(ring, spacing)
  return 2 * (closing(ring, at, spacing) - around(ring, ring[at]!, at, 1, spacing))
}

/** What the measure changes by when the id is put in before the position. */
export function insertionDifference(
  ring: ArrayLike<number>,
  at: number,
  id: number,
  spacing: Spacing,
): number {
  if (isSmall(ring.length, spacing))
    return violations(Array.from(ring).toSpliced(at, 0, id), spacing) - violations(ring, spacing)
  return 2 * (opening(ring, at, spacing) + around(ring, id, at, 0, spacing))
}

/** Weight of the pairs an id makes with its neighbours: `skip` is 1 at a position, 0 in the gap before one. */
export function around(
  ring: ArrayLike<number>,
  id: number,
  at: number,
  skip: 0 | 1,
  spacing: Spacing,
): number {
  const size = ring.length
  let sum = 0
  for (let distance = 1; distance <= spacing.reach; distance += 1)
    sum +=
      pairWeight(spacing, id, ring[(at - distance + size) % size]!, distance) +
      pairWeight(spacing, id, ring[(at + distance - 1 + skip) % size]!, distance)
  return sum
}

/** Change of the pairs on either side of a position that is taken out: they come nearer by one. */
export function closing(ring: ArrayLike<number>, at: number, spacing: Spacing): number {
  const size = ring.length
  let sum = 0
  for (let left = 1; left <= spacing.reach; left += 1) {
    const a = ring[(at - left + size) % size]!
    for (let right = 1; left + right <= spacing.reach + 1; right += 1) {
      const b = ring[(at + right) % size]!
      sum += pairWeight(spacing, a, b, left + right - 1) - pairWeight(spacing, a, b, left + right)
    }
  }
  return sum
}

/** Change of the pairs on either side of a gap that is filled: they go apart by one. */
export function opening(ring: ArrayLike<number>, gap: number, spacing: Spacing): number {
  const size = ring.length
  let sum = 0
  for (let left = 1; left <= spacing.reach; left += 1) {
    const a = ring[(gap - left + size) % size]!
    for (let right = 0; left + right <= spacing.reach; right += 1) {
      const b = ring[(gap + right) % size]!
      sum += pairWeight(spacing, a, b, left + right + 1) - pairWeight(spacing, a, b, left + right)
    }
  }
  return sum
}
