/**
 * Moves counted by pair of nodes, in the order `riak admin cluster plan` prints them: that of an Erlang dict whose
 * keys are the pairs, put in as they are first met.
 */
import {atomHash, dictOrder, pairHash} from '../../src/ring/claim/dict-order.ts'
import type {Move, NodeName} from '../../src/ring/ring.ts'

export type TallyRow = {readonly from: NodeName; readonly to: NodeName; readonly count: number}

/** `moves`: by partition, as a transition has them */
export function tallyTransfers(moves: readonly Move[]): TallyRow[] {
  const rows = new Map<string, {from: NodeName; to: NodeName; count: number}>()
  for (const {from, to} of moves) {
    const key = JSON.stringify([from, to])
    const row = rows.get(key)
    if (row) row.count += 1
    else rows.set(key, {from, to, count: 1})
  }
  return dictOrder([...rows.values()], ({from, to}) => pairHash(atomHash(from), atomHash(to)))
}
