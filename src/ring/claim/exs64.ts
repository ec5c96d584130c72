/** Erlang's `exs64` generator (xorshift64*): v3 seeds it with {1,2,3} whenever it chooses, so its draws repeat. */
const word = (value: bigint): bigint => BigInt.asUintN(64, value)

function step(state: bigint): {value: bigint; state: bigint} {
  let next = state ^ (state >> 12n)
  next = word(next ^ (next << 25n))
  next ^= next >> 27n
  return {value: word(next * 2685821657736338717n), state: next}
}

/** Draws a number from 0 to range - 1. */
export type Draw = (range: number) => number

export function exs64(a: bigint, b: bigint, c: bigint): Draw {
  const product =
    step(a * 4294967197n + 1n).value * step(b * 4294967231n + 1n).value * step(c * 4294967279n + 1n).value
  let state = (product % (2n ** 64n - 2n)) + 1n
  return range => {
    const drawn = step(state)
    state = drawn.state
    return Number(drawn.value % BigInt(range))
  }
}
