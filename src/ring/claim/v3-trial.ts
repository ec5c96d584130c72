/**
 * One of v3's trials: positions that violate targetN change hands first, then those of nodes that own too many,
 * each drawn at random for a node, drawn at random too, that still wants some and owns nothing near.
 */
import type {Draw} from './exs64.ts'

export type Wanted = {
  /** all members, in node order */
  readonly members: readonly number[]
  /** partitions wanted, by node */
  readonly counts: Int32Array
  readonly targetN: number
}

export function trialFrom(start: Int32Array, wanted: Wanted, draw: Draw): Int32Array {
  const owner = start.slice()
  const violating = violatingPositions(owner, wanted.targetN)
  exchange(owner, wanted, violating, giversOf(owner, violating), draw)
  const owned = countsOf(owner, wanted)
  const surplus = owned.map((count, node) => Math.max(0, count - wanted.counts[node]!))
  const overloaded = [...owner.keys()].filter(position => surplus[owner[position]!]! > 0)
  exchange(owner, wanted, overloaded, surplus, draw)
  return owner
}

/** Positions whose owner also owns one of the targetN - 1 before or after, going round. */
export function violatingPositions(owner: Int32Array, targetN: number): number[] {
  const size = owner.length
  return [...owner.keys()].filter(position => {
    for (let distance = 1; distance < targetN && distance < size; distance += 1)
      if (
        owner[(position + distance) % size] === owner[position] ||
        owner[(position - distance + size) % size] === owner[position]
      )
        return true
    return false
  })
}

const countsOf = (owner: Int32Array, {counts}: Wanted): Int32Array => {
  const owned = new Int32Array(counts.length)
  for (const node of owner) owned[node]! += 1
  return owned
}

function giversOf(owner: Int32Array, positions: readonly number[]): Int32Array {
  const give = new Int32Array(Math.max(...owner) + 1)
  for (const position of positions) give[owner[position]!]! += 1
  return give
}

/** A node that may still take, and the positions it may not. */
type Taker = {readonly node: number; take: number; readonly barred: Uint8Array; choices: number}

function exchange(
  owner: Int32Array,
  wanted: Wanted,
  positions: readonly number[],
  give: Int32Array,
  draw: Draw,
): void {
  const offered = new Uint8Array(owner.length)
  for (const position of positions) offered[position] = 1
  const owned = countsOf(owner, wanted)
  const takers = wanted.members
    .filter(node => wanted.counts[node]! > owned[node]!)
    .map(node => takerOf(node, wanted.counts[node]! - owned[node]!, owner, positions, wanted.targetN))
  for (;;) {
    const willing = takers.filter(({take, choices}) => take > 0 && choices > 0)
    if (willing.length === 0) return
    const taker = willing[draw(willing.length)]!
    const position = nthChoice(taker, offered, draw(taker.choices))
    const giver = owner[position]!
    const withdrawn =
      give[giver]! > 1 ? [position] : positions.filter(other => offered[other] && owner[other] === giver)
    owner[position] = taker.node
    give[giver]! -= 1
    taker.take -= 1
    for (const other of withdrawn) {
      offered[other] = 0
      for (const each of takers) if (each.barred[other] === 0) each.choices -= 1
    }
    bar(taker, position, wanted.targetN, offered)
  }
}

function takerOf(
  node: number,
  take: number,
  owner: Int32Array,
  positions: readonly number[],
  targetN: number,
): Taker {
  const taker: Taker = {node, take, barred: new Uint8Array(owner.length), choices: positions.length}
  const offered = new Uint8Array(owner.length)
  for (const position of positions) offered[position] = 1
  for (const [position, other] of owner.entries()) if (other === node) bar(taker, position, targetN, offered)
  return taker
}

/** Nothing nearer than targetN to a position the node owns. */
function bar(taker: Taker, position: number, targetN: number, offered: Uint8Array): void {
  const size = offered.length
  for (let offset = 1 - targetN; offset < targetN; offset += 1) {
    const near = (((position + offset) % size) + size) % size
    if (taker.barred[near] === 1) continue
    taker.barred[near] = 1
    if (offered[near] === 1) taker.choices -= 1
  }
}

function nthChoice({barred}: Taker, offered: Uint8Array, nth: number): number {
  let left = nth
  for (let position = 0; position < offered.length; position += 1) {
    if (offered[position] === 0 || barred[position] === 1) continue
    if (left === 0) return position
    left -= 1
  }
  throw new RangeError('more choices were counted than there are')
}
