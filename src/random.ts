/** Everything that is left to chance in a simulation, drawn from one seed: the same seed, the same story. */
import type {Seed} from './ring/changes.ts'

export type Random = {
  /** 0 to 1, 1 excluded */
  readonly next: () => number
  readonly between: (least: number, most: number) => number
  /** 0 to range - 1 */
  readonly below: (range: number) => number
  readonly chance: (share: number) => boolean
  /** a state of Erlang's `exrop`, as a claimant holds one */
  readonly seed: () => Seed
}

const word = 2 ** 32

export function seededRandom(seed: number): Random {
  let state = Math.trunc(seed) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / word
  }
  const below = (range: number): number => Math.floor(next() * range)
  // never both zero: the generator would stay there
  const word58 = (): bigint => (BigInt(1 + below(2 ** 26 - 1)) << 32n) | BigInt(below(word))
  return {
    next,
    between: (least, most) => least + (most - least) * next(),
    below,
    chance: share => next() < share,
    seed: () => [word58(), word58()],
  }
}
