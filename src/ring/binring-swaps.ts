/**
 * The first swap that improves a board, in riak_core's order: by the earlier position, then by the later.
 * A swap can only help if one of its positions violates something, and its worth depends on the neighbourhoods
 * of the two positions alone: what was tried in vain is tried again only where one of them changed.
 */
import {type Board, cost, put, swapDifference} from './binring-board.ts'

export type Swap = {readonly i: number; readonly j: number; readonly difference: number}

export type SwapSearch = {
  readonly board: Board
  now: number
  /** when a position's neighbourhood last changed, and when all swaps of a position with later ones were in vain */
  readonly changed: Int32Array
  readonly tried: Int32Array
}

const never = -1

export const searchSwaps = (board: Board): SwapSearch => ({
  board,
  now: 0,
  changed: new Int32Array(board.size),
  tried: new Int32Array(board.size).fill(never),
})

export function firstSwap(search: SwapSearch): Swap | undefined {
  const {board, changed, tried, now} = search
  const violating = new Uint8Array(board.size)
  for (let position = 0; position < board.size; position += 1)
    if (cost(board, board.at[position]!, position) > 0) violating[position] = 1
  const everything = [...violating.keys()]
  const everyViolator = everything.filter(position => violating[position] === 1)
  let since = never
  let later: readonly number[] = []
  let laterViolators: readonly number[] = []
  for (let i = 0; i < board.size - 1; i += 1) {
    const isNew = changed[i]! > tried[i]!
    if (!isNew && tried[i] !== since) {
      since = tried[i]!
      later = everything.filter(position => changed[position]! > since)
      laterViolators = later.filter(position => violating[position] === 1)
    }
    const all = isNew ? everything : later
    const some = isNew ? everyViolator : laterViolators
    const swap = firstWith(board, i, violating[i] === 1 ? all : some)
    if (swap) return swap
    tried[i] = now
  }
  return undefined
}

function firstWith(board: Board, i: number, partners: readonly number[]): Swap | undefined {
  for (const j of partners) {
    if (j <= i) continue
    const difference = swapDifference(board, i, j)
    if (difference < 0) return {i, j, difference}
  }
  return undefined
}

export function applySwap(search: SwapSearch, {i, j, difference}: Swap): void {
  const {board, changed} = search
  search.now += 1
  swapOnBoard(board, i, j, difference)
  const {reach} = board.spacing
  for (const position of [i, j])
    for (let offset = -reach; offset <= reach; offset += 1)
      changed[(((position + offset) % board.size) + board.size) % board.size] = search.now
}

export function swapOnBoard(board: Board, i: number, j: number, difference: number): void {
  const [a, b] = [board.at[i]!, board.at[j]!]
  put(board, i, b)
  put(board, j, a)
  board.measure += difference
}

/** The first of the swaps that lower the measure most, if any does. */
export function bestSwap(board: Board): Swap | undefined {
  let best: Swap | undefined
  for (let i = 0; i < board.size - 1; i += 1)
    for (let j = i + 1; j < board.size; j += 1) {
      const difference = swapDifference(board, i, j)
      if (difference < (best?.difference ?? 0)) best = {i, j, difference}
    }
  return best
}
