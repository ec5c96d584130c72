import {describe, expect, it} from 'vitest'
import {nodeShares, progressOf} from '../../../src/watch/progress.ts'
import {pending, ringOf, snapshotOf} from '../../support/snapshots.ts'

const move = (partition: number, from: string, to: string) => ({
  partition,
  from: `riak@${from}`,
  to: `riak@${to}`,
})

describe('progressOf', () => {
  const baseline = {transitions: [{transfers: [move(0, 'a', 'c'), move(3, 'b', 'c'), move(4, 'a', 'c')]}]}

  it('counts partitions that are owned by their new owner, and those that are complete', () => {
    const ring = ringOf('cbabab', {pending: [pending(3, 'b', 'c', 'complete'), pending(4, 'a', 'c')]})

    expect(progressOf(baseline, snapshotOf(ring))).toEqual({
      moved: 2,
      total: 3,
      transition: 1,
      transitions: 1,
      active: 0,
      bytesPerSecond: 0,
    })
  })

  it('begins at none and ends at all', () => {
    expect(progressOf(baseline, snapshotOf(ringOf('ababab'))).moved).toBe(0)
    expect(progressOf(baseline, snapshotOf(ringOf('cbaccb'))).moved).toBe(3)
  })

  it('knows which transition is under way', () => {
    const two = {
      transitions: [
        {transfers: [move(0, 'a', 'c')]},
        {transfers: []},
        {transfers: [move(0, 'c', 'd'), move(1, 'b', 'd')]},
      ],
    }

    expect(progressOf(two, snapshotOf(ringOf('abab', {pending: [pending(0, 'a', 'c')]})))).toMatchObject({
      moved: 0,
      total: 3,
      transition: 1,
      transitions: 2,
    })
    expect(
      progressOf(
        two,
        snapshotOf(ringOf('cbab', {pending: [pending(0, 'c', 'd', 'complete'), pending(1, 'b', 'd')]})),
      ),
    ).toMatchObject({moved: 2, transition: 2})
    expect(progressOf(two, snapshotOf(ringOf('ddab')))).toMatchObject({moved: 3, transition: 2})
  })
})

describe('nodeShares', () => {
  it('tells now from next', () => {
    const ring = ringOf('abab', {
      pending: [pending(0, 'a', 'c')],
      members: ['a', 'b', 'c'].map(letter => ({node: `riak@${letter}`, status: 'valid'})),
    })

    expect(nodeShares(snapshotOf(ring))).toEqual([
      {node: 'riak@a', now: 2, next: 1},
      {node: 'riak@b', now: 2, next: 2},
      {node: 'riak@c', now: 0, next: 1},
    ])
  })
})
