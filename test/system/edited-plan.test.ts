/** A plan whose digest was not made anew is refused, whatever was put into whichever of its fields. */
import {expect, it} from 'vitest'
import {refusedOfRandom, refusedOfStrange} from '../support/edited-plans.ts'

it('is refused, whichever of its fields was given whatever value', () => {
  expect(refusedOfStrange(1)).toBeGreaterThan(5000)
})

it('is refused after each of 5000 small edits', () => {
  expect(refusedOfRandom(5000)).toBeGreaterThan(4000)
})
