/**
 * Erlang's `exrop` generator (xoroshiro116+, 58-bit), as `rand:uniform_s/2` draws from it: riak_core deals a
 * leaver's partitions with it, from a state it holds since the claimant started.
 */
import type {Seed} from '../changes.ts'

const bits = 58n
const mask = (1n << bits) - 1n

const rotateLeft = (word: bigint, by: bigint): bigint => ((word << by) | (word >> (bits - by))) & mask

export function exropNext([s0, s1]: Seed): readonly [value: bigint, next: Seed] {
  const mixed = s0 ^ s1
  const next = [rotateLeft(s0, 24n) ^ mixed ^ ((mixed << 2n) & mask), rotateLeft(mixed, 35n)] as const
  return [(s0 + s1) & mask, next]
}

/** A number from 0 to range - 1; values of the incomplete top range are drawn again. */
export function uniform(range: number, seed: Seed): readonly [choice: number, next: Seed] {
  const wide = BigInt(range)
  const [value, next] = exropNext(seed)
  const choice = value % wide
  return value - choice <= mask + 1n - wide ? [Number(choice), next] : uniform(range, next)
}
