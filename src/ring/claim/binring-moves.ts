/**
 * Moves: a position taken out and put in before another one. riak_core tries them, shortest first, only where no
 * swap helps. A move is a removal and an insertion; unless the two are neighbours, each is worth the same
 * wherever the other one is, so both are measured once for the whole ring, and no pair is walked in vain.
 */
import {type Board, cost, ringOnBoard} from './binring-board.ts'
import {
  around,
  closing,
  isSmall,
  locationUnit,
  opening,
  pairWeight,
  type Spacing,
  violations,
} from './binring-spacing.ts'

export type Move = {readonly from: number; readonly before: number; readonly difference: number}

/** The ring with one position taken out and put in before what was at another. */
export function moved(ring: Int32Array, {from, before}: Pick<Move, 'from' | 'before'>): Int32Array {
  const next = ring.slice()
  if (from < before) {
    next.copyWithin(from, from + 1, before)
    next[before - 1] = ring[from]!
  } else {
    next.copyWithin(before + 1, before, from)
    next[before] = ring[from]!
  }
  return next
}

/** The first move that improves the ring, or the first of those that improve it most, and by more than `bar`. */
export function findMove(board: Board, wanted: 'first' | 'best', bar = 0): Move | undefined {
  let found: Move | undefined
  const offer: Offer = (from, before, difference) => {
    if (difference >= bar || !isMove(from - before, board.size)) return
    const move = {from, before, difference}
    if (found === undefined || comesFirst(move, found, wanted)) found = move
  }
  if (isSmall(board.size, board.spacing)) offerAll(board, offer)
  else {
    offerNear(board, offer)
    offerFar(board, bar, offer)
  }
  return found
}

type Offer = (from: number, before: number, difference: number) => void

/** riak_core's own choice of moves: those by one place, which a swap does, are left out. */
function isMove(apart: number, size: number): boolean {
  const around = ((apart % size) + size) % size
  const distance = around > size / 2 ? around - size : around
  return distance > 2 || distance < -1
}

function comesFirst(a: Move, b: Move, wanted: 'first' | 'best'): boolean {
  if (wanted === 'best' && a.difference !== b.difference) return a.difference < b.difference
  const longer = Math.abs(a.from - a.before) - Math.abs(b.from - b.before)
  return (longer || a.from - b.from || a.before - b.before) < 0
}

function offerAll(board: Board, offer: Offer): void {
  const ring = ringOnBoard(board)
  const measure = violations(ring, board.spacing)
  for (let from = 0; from < board.size; from += 1)
    for (let before = 0; before < board.size; before += 1)
      offer(from, before, violations(moved(ring, {from, before}), board.spacing) - measure)
}

/** Moves within a neighbourhood; only one with a violation is worth a look. */
function offerNear(board: Board, offer: Offer): void {
  const {size, spacing} = board
  const ring = ringOnBoard(board)
  const worth = new Uint8Array(size)
  for (let position = 0; position < size; position += 1)
    if (cost(board, board.at[position]!, position) > 0)
      for (let offset = -2 * spacing.reach; offset <= 2 * spacing.reach; offset += 1)
        worth[(position + offset + size) % size] = 1
  for (let from = 0; from < size; from += 1)
    for (let offset = -spacing.reach; offset <= spacing.reach && worth[from] === 1; offset += 1) {
      const before = (from + offset + size) % size
      if (isMove(from - before, size)) offer(from, before, nearDifference(ring, from, before, spacing))
    }
}

/** All others: what the removal saves, what parting the neighbours saves, what the node violates between them. */
function offerFar(board: Board, bar: number, offer: Offer): void {
  const {size, spacing, ids, place} = board
  const ring = ringOnBoard(board)
  const removal = Float64Array.from(
    ring,
    (id, at) => 2 * (closing(ring, at, spacing) - around(ring, id, at, 1, spacing)),
  )
  const parting = Float64Array.from(ring, (_, at) => 2 * opening(ring, at, spacing))
  const cheapest = Math.min(...parting)
  const costs = gapCosts(board)
  for (const id of ids.keys()) {
    const starts = positionsOf(board, id).filter(at => removal[at]! + cheapest < bar)
    const most = Math.min(...starts.map(at => removal[at]!))
    for (let before = 0; before < size && starts.length > 0; before += 1) {
      const inserted =
        parting[before]! +
        2 * (costs.node[id * size + before]! + locationUnit * costs.place[place[id]! * size + before]!)
      if (inserted + most >= bar) continue
      for (const from of starts)
        if (removal[from]! + inserted < bar && !isNear(from, before, board))
          offer(from, before, removal[from]! + inserted)
    }
  }
}

function isNear(from: number, before: number, {size, spacing}: Board): boolean {
  const apart = (from - before + size) % size
  return apart <= spacing.reach || apart >= size - spacing.reach
}

function positionsOf({at}: Board, id: number): number[] {
  const positions: number[] = []
  for (let position = 0; position < at.length; position += 1)
    if (at[position] === id) positions.push(position)
  return positions
}

/** What every id, and every location, would violate in the gap before every position. */
function gapCosts({size, spacing, at, ids, place}: Board): {node: Int32Array; place: Int32Array} {
  const node = new Int32Array(ids.length * size)
  const places = new Int32Array((Math.max(...place) + 1) * size)
  for (let position = 0; position < size; position += 1)
    for (let distance = 1; distance <= spacing.reach; distance += 1)
      for (const gap of [(position + distance) % size, (position + 1 - distance + size) % size]) {
        node[at[position]! * size + gap]! += Math.max(0, spacing.targetN - distance)
        places[place[at[position]!]! * size + gap]! += Math.max(0, spacing.targetLocationN - distance)
      }
  return {node, place: places}
}

/** Both ends share a neighbourhood: measure it before and after. */
function nearDifference(ring: Int32Array, from: number, before: number, spacing: Spacing): number {
  const {reach} = spacing
  const size = ring.length
  const forth = (before - from + size) % size
  const isForth = forth <= size / 2
  const start = (isForth ? from : before) - reach + size
  const length = (isForth ? forth : size - forth + 1) + 2 * reach
  const window: number[] = []
  for (let offset = 0; offset < length; offset += 1) window.push(ring[(start + offset) % size]!)
  const after = [...window]
  const taken = isForth ? reach : length - 1 - reach
  after.splice(taken, 1)
  after.splice(isForth ? reach + forth - 1 : reach, 0, window[taken]!)
  return 2 * (pairsWithin(after, spacing) - pairsWithin(window, spacing))
}

function pairsWithin(window: readonly number[], spacing: Spacing): number {
  let sum = 0
  for (let at = 0; at < window.length; at += 1)
    for (let other = at + 1; other < window.length && other - at <= spacing.reach; other += 1)
      sum += pairWeight(spacing, window[at]!, window[other]!, other - at)
  return sum
}
