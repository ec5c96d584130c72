/**
 * Moves: a position taken out and put in before another one. riak_core tries them, shortest first, only where no
 * swap helps. A move is a removal and an insertion; unless the two are neighbours, each is worth the same
 * wherever the other one is, so both are measured once for the whole ring.
 */
import {around, closing, isSmall, opening, pairWeight, type Spacing, violations} from './binring-spacing.ts'

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
export function findMove(
  ring: Int32Array,
  spacing: Spacing,
  wanted: 'first' | 'best',
  bar = 0,
): Move | undefined {
  const size = ring.length
  const judge = judgeOf(ring, spacing)
  let found: Move | undefined
  for (let length = 1; length < size; length += 1) {
    const back = isMove(length, size)
    const forth = isMove(-length, size)
    for (let from = 0; from < size; from += 1)
      for (const before of [back ? from - length : -1, forth ? from + length : size]) {
        if (before < 0 || before >= size) continue
        const best = found?.difference ?? bar
        const difference = judge(from, before, best)
        if (difference >= best) continue
        found = {from, before, difference}
        if (wanted === 'first') return found
      }
  }
  return found
}

/** riak_core's own choice of moves: those by one place, which a swap does, are left out. */
function isMove(apart: number, size: number): boolean {
  const around = ((apart % size) + size) % size
  const distance = around > size / 2 ? around - size : around
  return distance > 2 || distance < -1
}

/** The difference a move makes; of no use, and not exact, when it is not below `best`. */
type Judge = (from: number, before: number, best: number) => number

function judgeOf(ring: Int32Array, spacing: Spacing): Judge {
  const {reach} = spacing
  const size = ring.length
  if (isSmall(size, spacing)) {
    const measure = violations(ring, spacing)
    return (from, before) => violations(moved(ring, {from, before}), spacing) - measure
  }
  const removal = Float64Array.from(
    ring,
    (id, at) => 2 * (closing(ring, at, spacing) - around(ring, id, at, 1, spacing)),
  )
  const gap = Float64Array.from(ring, (_, at) => 2 * opening(ring, at, spacing))
  return (from, before, best) => {
    const apart = (from - before + size) % size
    if (apart < reach || apart >= size - reach) return nearDifference(ring, from, before, spacing)
    const difference = removal[from]! + gap[before]!
    return difference < best ? difference + 2 * around(ring, ring[from]!, before, 0, spacing) : difference
  }
}

/** Both ends share a neighbourhood: measure it before and after. */
function nearDifference(ring: Int32Array, from: number, before: number, spacing: Spacing): number {
  const {reach} = spacing
  const size = ring.length
  const forth = (before - from + size) % size
  const isForth = forth <= size / 2
  const start = (isForth ? from : before) - reach
  const length = (isForth ? forth : size - forth + 1) + 2 * reach
  const window = Int32Array.from({length}, (_, offset) => ring[(start + offset + size) % size]!)
  const after = moved(
    window,
    isForth ? {from: reach, before: reach + forth} : {from: length - 1 - reach, before: reach},
  )
  return 2 * (pairsWithin(after, spacing) - pairsWithin(window, spacing))
}

function pairsWithin(window: Int32Array, spacing: Spacing): number {
  let sum = 0
  for (let at = 0; at < window.length; at += 1)
    for (let other = at + 1; other < window.length && other - at <= spacing.reach; other += 1)
      sum += pairWeight(spacing, window[at]!, window[other]!, other - at)
  return sum
}
