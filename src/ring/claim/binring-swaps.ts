/**
 * The first swap that improves a board, in riak_core's order: by the earlier position, then by the later.
 * A swap can only help if one of its positions violates something, and its worth depends on the neighbourhoods
 * of the two positions alone: what was tried in vain is tried again only where one of them changed.
 */
import {type Board, boardOf, cost, put, ringOnBoard, swapDifference} from './binring-board.ts'
import {type Move, moved} from './binring-moves.ts'

export type Swap = {readonly i: number; readonly j: number; readonly difference: number}

export type SwapSearch = {
  readonly board: Board
  /** swaps and moves made so far */
  now: number
  /** when a position's neighbourhood last changed, and when all swaps of a position with later ones were in vain */
  readonly changed: Int32Array
  readonly tried: Int32Array
  readonly violates: Uint8Array
}

const never = -1

export const searchSwaps = (board: Board): SwapSearch => ({
  board,
  now: 0,
  changed: new Int32Array(board.size),
  tried: new Int32Array(board.size).fill(never),
  violates: Uint8Array.from(board.at, (id, position) => (cost(board, id, position) > 0 ? 1 : 0)),
})

export function firstSwap(search: SwapSearch): Swap | undefined {
  const {board, changed, tried, violates, now} = search
  let everyone: Partners | undefined
  let recent: Partners | undefined
  for (let i = 0; i < board.size - 1; i += 1) {
    const since = changed[i]! > tried[i]! ? never : tried[i]!
    if (since === never) everyone ??= changedSince(search, never)
    else if (recent?.since !== since) recent = changedSince(search, since)
    const partners = (since === never ? everyone : recent)!
    const swap = firstWith(board, i, violates[i] === 1 ? partners.all : partners.violating)
    if (swap) return swap
    tried[i] = now
  }
  return undefined
}

/** Positions whose neighbourhood changed after some time, and those of them that violate something. */
type Partners = {
  readonly since: number
  readonly all: readonly number[]
  readonly violating: readonly number[]
}

function changedSince({changed, violates}: SwapSearch, since: number): Partners {
  const all: number[] = []
  const violating: number[] = []
  for (let position = 0; position < changed.length; position += 1) {
    if (changed[position]! <= since) continue
    all.push(position)
    if (violates[position] === 1) violating.push(position)
  }
  return {since, all, violating}
}

function firstWith(board: Board, i: number, partners: readonly number[]): Swap | undefined {
  for (let at = partners.length === board.size ? i + 1 : 0; at < partners.length; at += 1) {
    const j = partners[at]!
    if (j <= i) continue
    const difference = swapDifference(board, i, j)
    if (difference < 0) return {i, j, difference}
  }
  return undefined
}

export function applySwap(search: SwapSearch, {i, j, difference}: Swap): void {
  search.now += 1
  swapOnBoard(search.board, i, j, difference)
  for (const position of [i, j]) noteChange(search, position)
}

/** The search goes on after a move: every other node keeps its place among the rest, and what was tried of it. */
export function applyMove(search: SwapSearch, move: Move): SwapSearch {
  const {board, changed, tried, now} = search
  const next: SwapSearch = {
    ...searchSwaps(boardOf(moved(ringOnBoard(board), move), board.spacing)),
    now: now + 1,
    changed: moved(changed, move),
    tried: moved(tried, move),
  }
  const landed = move.from < move.before ? move.before - 1 : move.before
  next.tried[landed] = never
  for (const position of [move.from, landed]) noteChange(next, position)
  return next
}

function noteChange({board, changed, violates, now}: SwapSearch, position: number): void {
  const {size, spacing} = board
  const reach = Math.min(spacing.reach, size)
  for (let offset = -reach; offset <= reach; offset += 1) {
    const near = (position + offset + size) % size
    changed[near] = now
    violates[near] = cost(board, board.at[near]!, near) > 0 ? 1 : 0
  }
}

export function swapOnBoard(board: Board, i: number, j: number, difference: number): void {
  const [a, b] = [board.at[i]!, board.at[j]!]
  put(board, i, b)
  put(board, j, a)
  board.measure += difference
}

/** The first of the swaps that lower the measure most, if any does. */
export function bestSwap(board: Board): Swap | undefined {
  const violated = Array.from(board.at, (id, position) => cost(board, id, position))
  let best: Swap | undefined
  for (let i = 0; i < board.size - 1; i += 1)
    for (let j = i + 1; j < board.size; j += 1) {
      const bar = best?.difference ?? 0
      // at best, both no longer violate anything
      if (-2 * (violated[i]! + violated[j]!) >= bar) continue
      const difference = swapDifference(board, i, j)
      if (difference < bar) best = {i, j, difference}
    }
  return best
}
