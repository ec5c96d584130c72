/**
 * v4's search by force: swap, and where no swap helps move, until nothing improves the ring any more. Which
 * improvement comes first decides the ring that comes out, so riak_core's order of attempts is kept throughout.
 */
import {type Board, boardOf, ringOnBoard} from './binring-board.ts'
import {findMove, moved} from './binring-moves.ts'
import {locationPart, nodePart, type Spacing} from './binring-spacing.ts'
import {applyMove, applySwap, bestSwap, firstSwap, searchSwaps, swapOnBoard} from './binring-swaps.ts'

export type Force = {
  /** done as soon as no node is violated, whatever the locations */
  readonly nodeOnly?: boolean
  readonly onlySwap?: boolean
}

/** Takes the first improvement, again and again. */
export function bruteForce(ring: Int32Array, spacing: Spacing, force: Force): Int32Array {
  let search = searchSwaps(boardOf(ring, spacing))
  while (!isDone(search.board, force)) {
    const swap = firstSwap(search)
    if (swap) {
      applySwap(search, swap)
      continue
    }
    const move = force.onlySwap ? undefined : findMove(search.board, 'first')
    if (move === undefined) break
    search = applyMove(search, move)
  }
  return ringOnBoard(search.board)
}

const isDone = ({measure}: Board, {nodeOnly}: Force): boolean =>
  measure === 0 || (nodeOnly === true && nodePart(measure) === 0)

/** Takes the best improvement of all, again and again. */
export function bruteForceHard(ring: Int32Array, spacing: Spacing): Int32Array {
  let board = boardOf(ring, spacing)
  while (board.measure !== 0) {
    const swap = bestSwap(board)
    const move = findMove(board, 'best', swap?.difference)
    if (move) board = boardOf(moved(ringOnBoard(board), move), spacing)
    else if (swap) swapOnBoard(board, swap.i, swap.j, swap.difference)
    else break
  }
  return ringOnBoard(board)
}

/** Force where little is violated, for nodes alone where few nodes are, none otherwise. */
export function maybeBruteForce(
  ring: Int32Array,
  measure: number,
  spacing: Spacing,
  force: Force,
): Int32Array {
  const nodes = nodePart(measure)
  if (locationPart(measure) + nodes < ring.length) return bruteForce(ring, spacing, force)
  return nodes < Math.floor(ring.length / 2) ? bruteForce(ring, spacing, {...force, nodeOnly: true}) : ring
}
