import {describe, expect, it} from 'vitest'
import {bruteForce, bruteForceHard} from '../../../src/ring/claim/binring-brute-force.ts'
import {moved} from '../../../src/ring/claim/binring-moves.ts'
import {idOf, nodePart, type Spacing, spacingOf, violations} from '../../../src/ring/claim/binring-spacing.ts'
import {randomFrom} from '../../support/random.ts'

/** Every operation in riak_core's order, each judged by the whole ring. */
function* operations(ring: Int32Array, onlySwap: boolean): Generator<Int32Array> {
  const size = ring.length
  for (let i = 0; i < size; i += 1)
    for (let j = i + 1; j < size; j += 1) {
      const next = ring.slice()
      next[i] = ring[j]!
      next[j] = ring[i]!
      yield next
    }
  for (let length = 1; length < size && !onlySwap; length += 1)
    for (let from = 0; from < size; from += 1)
      for (const before of [from - length, from + length]) {
        const around = (from - before + size) % size
        const distance = around > size / 2 ? around - size : around
        if (before >= 0 && before < size && (distance > 2 || distance < -1)) yield moved(ring, {from, before})
      }
}

function plainly(
  start: Int32Array,
  spacing: Spacing,
  {hard = false, onlySwap = false, nodeOnly = false},
): Int32Array {
  let ring = start
  for (;;) {
    const measure = violations(ring, spacing)
    if (measure === 0 || (nodeOnly && nodePart(measure) === 0)) return ring
    let best: {ring: Int32Array; measure: number} | undefined
    for (const next of operations(ring, onlySwap)) {
      const reached = violations(next, spacing)
      if (reached >= (best?.measure ?? measure)) continue
      best = {ring: next, measure: reached}
      if (!hard) break
    }
    if (best === undefined) return ring
    ring = best.ring
  }
}

describe('brute force', () => {
  const random = randomFrom(5)
  const cases = Array.from({length: 60}, () => {
    const places = random.between(1, 4)
    const spacing = spacingOf(random.between(1, 5), places === 1 ? 1 : random.between(1, 4))
    const size = random.between(1, 34)
    const nodes = random.between(1, 7)
    const ring = Int32Array.from({length: size}, () =>
      idOf(random.between(1, places), random.between(1, nodes)),
    )
    return {ring, spacing}
  })

  it('takes the first improvement of every attempt in order', () => {
    for (const {ring, spacing} of cases)
      for (const force of [{}, {onlySwap: true}, {nodeOnly: true}])
        expect(bruteForce(ring, spacing, force)).toEqual(plainly(ring, spacing, force))
  })

  it('tries hard: the first of the best improvements', () => {
    for (const {ring, spacing} of cases)
      expect(bruteForceHard(ring, spacing)).toEqual(plainly(ring, spacing, {hard: true}))
  })
})
