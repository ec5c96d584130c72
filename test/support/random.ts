/** Draws that repeat with their seed, for fuzzers and benchmarks. */
export type Random = {
  /** 0 to below - 1 */
  readonly below: (below: number) => number
  readonly between: (least: number, most: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <Item>(items: readonly Item[]) => Item
  readonly some: <Item>(items: readonly Item[], count: number) => Item[]
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: probability => next() < probability,
    pick: items => items[below(items.length)]!,
    some: (items, count) => {
      const left = [...items]
      return Array.from({length: Math.min(count, left.length)}, () => left.splice(below(left.length), 1)[0]!)
    },
  }
}
