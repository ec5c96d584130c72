/**
 * v4's ring from nothing: a small ring in which nodes and locations keep their distances, repeated, with what
 * does not come out even taken out again, or put in. `config` says how many nodes each location has, from 1 on.
 */
import {bruteForceHard, maybeBruteForce} from './binring-brute-force.ts'
import {
  idOf,
  insertionDifference,
  placeOf,
  removalDifference,
  type Spacing,
  violations,
} from './binring-spacing.ts'

export const isSingleNode = (config: readonly number[]): boolean => config.length === 1 && config[0] === 1

export function solve(partitions: number, config: readonly number[], spacing: Spacing): Int32Array {
  if (isSingleNode(config)) return new Int32Array(partitions).fill(idOf(1, 1))
  const all = everyId(config)
  const extras = extraIds(partitions, config)
  const rounds = Math.floor(partitions / all.length)
  const small = smallRing(all, config, spacing)

  const cut = withoutSurplus(repeated(small, rounds + 1), surplusIds(all, extras), spacing)
  const cutMeasure = violations(cut, spacing)
  if (cutMeasure === 0) return cut
  if (rounds === 0) return maybeBruteForce(cut, cutMeasure, spacing, {})
  const filled = withExtras(repeated(small, rounds), extras, spacing)
  const filledMeasure = violations(filled, spacing)
  return filledMeasure < cutMeasure
    ? maybeBruteForce(filled, filledMeasure, spacing, {})
    : maybeBruteForce(cut, cutMeasure, spacing, {})
}

/** First nodes of all locations first, the larger location before the smaller. */
export function everyId(config: readonly number[]): number[] {
  const ids = config.flatMap((nodes, at) =>
    Array.from({length: nodes}, (_, index) => ({location: at + 1, index: index + 1, nodes})),
  )
  ids.sort((a, b) => a.index - b.index || b.nodes - a.nodes || a.location - b.location)
  return ids.map(({location, index}) => idOf(location, index))
}

/** Who gets one more where the ring does not divide evenly: always the location with least, by its next node. */
export function extraIds(partitions: number, config: readonly number[]): number[] {
  const nodes = config.reduce((sum, count) => sum + count, 0)
  const rounds = Math.floor(partitions / nodes)
  const queue = config.map((count, at) => ({total: rounds * count, location: at + 1, index: 1, count}))
  const extras: number[] = []
  while (extras.length < partitions % nodes) {
    const next = queue
      .filter(({index, count}) => index <= count)
      .reduce((a, b) => (b.total < a.total ? b : a))
    extras.push(idOf(next.location, next.index))
    next.total += 1
    next.index += 1
  }
  return extras
}

/**
 * Without a solution, locations of one node each are added until there is one, and left out of it again. As long
 * as the ring is too short for its largest location no search can succeed, and riak_core's are not repeated.
 */
function smallRing(all: readonly number[], config: readonly number[], spacing: Spacing): number[] {
  const {targetN, targetLocationN} = spacing
  const least = Math.max(targetN, targetLocationN * Math.max(...config))
  for (let fakes = Math.max(0, least - all.length); ; fakes += 1) {
    const solved = bruteForceHard(Int32Array.from([...fakeIds(fakes, config.length), ...all]), spacing)
    if (violations(solved, spacing) === 0)
      return Array.from(solved).filter(id => placeOf(id) <= config.length)
  }
}

/** The newest first. */
const fakeIds = (count: number, locations: number): number[] =>
  Array.from({length: count}, (_, at) => idOf(locations + count - at, 1))

const repeated = (ids: readonly number[], times: number): number[] =>
  Array.from({length: times}, () => ids).flat()

const surplusIds = (all: readonly number[], extras: readonly number[]): number[] =>
  all.filter(id => !extras.includes(id))

function withoutSurplus(ring: number[], surplus: readonly number[], spacing: Spacing): Int32Array {
  for (const id of surplus) {
    const positions = [...ring.keys()].filter(at => ring[at] === id)
    ring.splice(
      leastOf(positions, at => removalDifference(ring, at, spacing)),
      1,
    )
  }
  return Int32Array.from(ring)
}

function withExtras(ring: number[], extras: readonly number[], spacing: Spacing): Int32Array {
  for (const id of extras)
    ring.splice(
      leastOf([...ring.keys()], at => insertionDifference(ring, at, id, spacing)),
      0,
      id,
    )
  return Int32Array.from(ring)
}

/** The first of those with the least measure. */
function leastOf(positions: readonly number[], measureOf: (position: number) => number): number {
  let least = Number.POSITIVE_INFINITY
  let first = 0
  for (const position of positions) {
    const measure = measureOf(position)
    if (measure >= least) continue
    least = measure
    first = position
  }
  return first
}
