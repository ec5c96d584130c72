/** A sample of `npm run torture`: the nastiest points of a run, each with its fault. */
import {describe, expect, it} from 'vitest'
import {type FaultName, type Point, pointName, runCell} from '../torture/cell.ts'
import {runCrashLoop} from '../torture/crash-loop.ts'
import {runPair} from '../torture/pair.ts'
import {pairCell} from '../torture/pair-cells.ts'
import {runDuel} from '../torture/two-operators.ts'

describe.concurrent('a run that is tortured', () => {
  const cells: [FaultName, Point][] = [
    ['kill', {line: 1, when: 'torn'}],
    ['kill', {write: 4}],
    ['kill', {write: 6}],
    ['kill', {reading: 2}],
    ['answer lost', {write: 6}],
    ['cut', {write: 6}],
    ['disk full', {line: 30, when: 'after'}],
    ['claimant moved', {line: 26, when: 'after'}],
  ]
  it.each(cells.map(([fault, point]) => ({fault, point, name: pointName(point)})))(
    'is resumed to the planned ring: $fault at $name',
    async ({fault, point}) => {
      expect(await runCell(point, fault)).toMatchObject({reached: true, wrong: []})
    },
  )

  const elsewhere: [FaultName, Point][] = [
    ['kill', {line: 17, when: 'torn'}],
    ['kill', {write: 6}],
    // no host keeps what is said next, until the last word
    ['answer lost', {line: 39, when: 'after'}],
    ['disk full', {line: 19, when: 'after'}],
  ]
  it.each(elsewhere.map(([fault, point]) => ({fault, point, name: pointName(point)})))(
    'is resumed on other machines, by another login, with the inventory alone: $fault at $name',
    async ({fault, point}) => {
      expect(await runCell(point, fault, {isElsewhere: true})).toMatchObject({reached: true, wrong: []})
    },
    180_000,
  )

  // pairs of operators that were two writers, or mixed one journal, before
  it.each([66, 484, 806])('has one writer at a time, and ends: pair %i', async seed => {
    expect((await runPair(pairCell(seed))).wrong).toEqual([])
  })

  it('has one writer at a time', async () => {
    expect((await runDuel(8)).wrong).toEqual([])
  })

  it('ends, however often it is killed', async () => {
    expect((await runCrashLoop(1)).wrong).toEqual([])
    // dozens of starts of the program, beside the others
  })
})
