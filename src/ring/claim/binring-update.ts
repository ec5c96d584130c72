/**
 * v4's next ring from the one there is: whoever gains partitions takes them, one by one, from those who are to
 * lose some, where it violates least; then positions are swapped by force if that leaves few violations.
 */
import {type Board, boardOf, cost, put, ringOnBoard} from './binring-board.ts'
import {maybeBruteForce} from './binring-brute-force.ts'
import {everyId, extraIds, isSingleNode, solve} from './binring-solve.ts'
import {nodePart, type Spacing, violations} from './binring-spacing.ts'

export function update(old: Int32Array, config: readonly number[], spacing: Spacing): Int32Array {
  if (isSingleNode(config)) return solve(old.length, config, spacing)
  const all = everyId(config)
  const rounds = Math.floor(old.length / all.length)
  const want = [...Array.from({length: rounds}, () => all).flat(), ...extraIds(old.length, config)]
  const board = boardOf(old, spacing, all)
  const {gains, surplus} = differences(board, want)
  let before: Placed | undefined
  for (const id of gains) {
    const free = freePosition(board, id, surplus, before)
    const position = free ?? leastViolating(board, id, surplus)
    // any other place says nothing of those above it
    before = free === undefined ? undefined : {id, position}
    surplus[board.at[position]!]! -= 1
    put(board, position, id)
  }
  const ring = ringOnBoard(board)
  const measure = violations(ring, spacing)
  if (nodePart(measure) > Math.max(64, Math.floor(ring.length / 3))) return ring
  return maybeBruteForce(ring, measure, spacing, {onlySwap: true})
}

/** Ids wanted that are not there, in the order wanted, and how often each id is there too much. */
function differences(board: Board, want: readonly number[]): {gains: number[]; surplus: Int32Array} {
  const number = new Map(board.ids.map((id, at) => [id, at]))
  const surplus = new Int32Array(board.ids.length)
  for (const id of board.at) surplus[id]! += 1
  const gains: number[] = []
  for (const wanted of want) {
    const id = number.get(wanted)!
    if (surplus[id]! > 0) surplus[id]! -= 1
    else gains.push(id)
  }
  return {gains, surplus}
}

type Placed = {readonly id: number; readonly position: number}

/**
 * The last position at which nothing is violated, where that is the answer: an id above all that are to lose some can
 * replace no larger one. While one id is placed, and locations do not count, what it violates only grows, so the search
 * goes on below the place it was given before: all searches together walk the ring once for each id.
 */
function freePosition(
  board: Board,
  id: number,
  surplus: Int32Array,
  before: Placed | undefined,
): number | undefined {
  if (board.ids.some((other, at) => other > board.ids[id]! && surplus[at]! > 0)) return undefined
  const goesOn = before?.id === id && board.placeOffsets.length === 0
  for (let position = goesOn ? before.position - 1 : board.size - 1; position >= 0; position -= 1)
    if (surplus[board.at[position]!]! > 0 && cost(board, id, position) === 0) return position
  return undefined
}

/**
 * Among equals riak_core takes the least ring, as bytes: the first position where a smaller id replaces a larger
 * one, else the last.
 */
function leastViolating(board: Board, id: number, surplus: Int32Array): number {
  let least = Number.POSITIVE_INFINITY
  let best = 0
  let isLowered = false
  for (let position = 0; position < board.size; position += 1) {
    const current = board.at[position]!
    if (surplus[current]! <= 0) continue
    const violated = cost(board, id, position)
    if (violated > least || (violated === least && isLowered)) continue
    least = violated
    best = position
    isLowered = board.ids[id]! < board.ids[current]!
  }
  return best
}
