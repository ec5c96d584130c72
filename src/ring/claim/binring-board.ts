/**
 * A binring under work, with the cost of every node at every position kept beside it: putting an id somewhere,
 * or swapping two, is then judged by a few look-ups, where riak_core looks at both neighbourhoods again.
 */
import {locationUnit, placeOf, type Spacing, violations} from './binring-spacing.ts'

export type Board = {
  readonly size: number
  readonly spacing: Spacing
  /** the ids there are, and the number of each one's location */
  readonly ids: readonly number[]
  readonly place: Int32Array
  /** who is where, as positions in `ids` */
  readonly at: Int32Array
  /** by distance around the ring, 0 for a position itself: weights, and the distances that have one */
  readonly nodeWeight: Int32Array
  readonly placeWeight: Int32Array
  readonly nodeOffsets: readonly number[]
  readonly placeOffsets: readonly number[]
  /** [id or place * size + position] */
  readonly nodeCost: Int32Array
  readonly placeCost: Int32Array
  measure: number
}

/** `others`: ids that may be put on the board later */
export function boardOf(ring: ArrayLike<number>, spacing: Spacing, others: Iterable<number> = []): Board {
  const size = ring.length
  const ids = [...new Set([...Array.from(ring), ...others])]
  const number = new Map(ids.map((id, at) => [id, at]))
  const places = [...new Set(ids.map(placeOf))]
  const placeNumber = new Map(places.map((place, at) => [place, at]))
  const placeWeight = aroundRing(
    size,
    spacing.samePlace.map(weight => weight / locationUnit),
  )
  const nodeWeight = aroundRing(
    size,
    spacing.sameNode.map((weight, d) => weight - spacing.samePlace[d]!),
  )
  const board: Board = {
    size,
    spacing,
    ids,
    place: Int32Array.from(ids, id => placeNumber.get(placeOf(id))!),
    at: Int32Array.from(ring, id => number.get(id)!),
    nodeWeight,
    placeWeight,
    nodeOffsets: positionsAbove0(nodeWeight),
    placeOffsets: positionsAbove0(placeWeight),
    nodeCost: new Int32Array(ids.length * size),
    placeCost: new Int32Array(places.length * size),
    measure: violations(ring, spacing),
  }
  for (let position = 0; position < size; position += 1) count(board, position, 1)
  return board
}

export const ringOnBoard = ({at, ids}: Board): Int32Array => Int32Array.from(at, id => ids[id]!)

/** What an id would violate at a position, whoever is there. */
export const cost = (board: Board, id: number, position: number): number =>
  board.nodeCost[id * board.size + position]! +
  locationUnit * board.placeCost[board.place[id]! * board.size + position]!

/** What the measure changes by when two positions swap their nodes. */
export function swapDifference(board: Board, i: number, j: number): number {
  const {at, place, nodeWeight, placeWeight} = board
  const a = at[i]!
  const b = at[j]!
  if (a === b) return 0
  const apart = Math.abs(j - i)
  // each was counted as its own neighbour where it goes
  const own = nodeWeight[apart]! + (place[a] === place[b] ? 0 : locationUnit * placeWeight[apart]!)
  const after = cost(board, b, i) + cost(board, a, j) - 2 * own
  return 2 * (after - cost(board, a, i) - cost(board, b, j))
}

export function put(board: Board, position: number, id: number): void {
  count(board, position, -1)
  board.at[position] = id
  count(board, position, 1)
}

function count(board: Board, position: number, sign: 1 | -1): void {
  const {size, nodeCost, placeCost, nodeWeight, placeWeight} = board
  const id = board.at[position]!
  const nodeRow = id * size
  for (const offset of board.nodeOffsets)
    nodeCost[nodeRow + ((position + offset) % size)]! += sign * nodeWeight[offset]!
  const placeRow = board.place[id]! * size
  for (const offset of board.placeOffsets)
    placeCost[placeRow + ((position + offset) % size)]! += sign * placeWeight[offset]!
}

/** Weights by distance along the ring, both ways round together. What a position has with itself stays out. */
function aroundRing(size: number, weights: Float64Array): Int32Array {
  const along = new Int32Array(size)
  for (const [distance, weight] of weights.entries()) {
    if (distance === 0) continue
    along[distance % size]! += weight
    along[(size - (distance % size)) % size]! += weight
  }
  along[0] = 0
  return along
}

const positionsAbove0 = (weights: Int32Array): number[] =>
  [...weights.keys()].filter(position => weights[position]! > 0)
