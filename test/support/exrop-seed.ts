/** `rand:seed(exrop, {A, B, C})`: the state Erlang's generator starts from. */
import type {Seed} from '../../src/ring/changes.ts'
import {exropNext} from '../../src/ring/claim/exrop.ts'

const mask = (1n << 58n) - 1n

export function exropSeed([a, b, c]: readonly number[]): Seed {
  const word = (value: number | undefined, by: bigint): bigint => (BigInt(value ?? 0) * by + 1n) & mask
  const [, mixed] = exropNext([word(a, 4294967197n), word(b, 4294967231n)])
  const [, state] = exropNext([word(c, 4294967279n), mixed[1]])
  return state
}
