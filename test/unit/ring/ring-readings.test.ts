import {describe, expect, it} from 'vitest'
import {balanceOf, efficiencyOf, minimumMoves} from '../../../src/ring/balance.ts'
import {atomHash, dictOrder} from '../../../src/ring/claim/dict-order.ts'
import {planChanges} from '../../../src/ring/plan-changes.ts'
import {ringPercentages, warnLocations, warnNodes} from '../../../src/ring/plan-warnings.ts'
import {preflistsSharingLocations, preflistsSharingNodes} from '../../../src/ring/preflists.ts'
import {ringFit} from '../../../src/ring/ring-fit.ts'
import {ringProblems} from '../../../src/ring/ring-problems.ts'
import {joins, letterRing, settings} from '../../support/letter-ring.ts'
import {tallyTransfers} from '../../support/tally-transfers.ts'

describe('tally of transfers', () => {
  it('comes in the order a 3.2.3 cluster printed', () => {
    const node = (last: number): string => `riak@10.77.0.${last}`
    const one = letterRing('a'.repeat(64))
    const single = {
      ...one,
      owners: one.owners.map(() => node(11)),
      members: [{node: node(11), status: 'valid'}] as const,
      claimant: node(11),
    }
    const five = planChanges(single, joins(node(12), node(13), node(14), node(15)), settings())
    const eight = planChanges(five.final, joins(node(16), node(17), node(18)), settings())
    const rows = (moves: Parameters<typeof tallyTransfers>[0]): string[] =>
      tallyTransfers(moves).map(({from, to, count}) => `${count} ${from.slice(-2)}>${to.slice(-2)}`)

    expect(rows(five.transitions[0]!.transfers)).toEqual(['13 11>13', '13 11>12', '12 11>15', '13 11>14'])
    expect(rows(eight.transitions[0]!.transfers)).toEqual([
      ...['2 11>17', '2 12>17', '1 13>17', '1 14>17', '2 15>17'],
      ...['2 11>16', '1 12>16', '1 13>16', '2 14>16', '2 15>16'],
      ...['1 11>18', '2 12>18', '3 13>18', '2 14>18'],
    ])
  })
})

describe('dict order', () => {
  it('goes by the low bits of the last character, then newest first', () => {
    const names = ['r1@h', 'r2@h', 'r3@a']

    expect(dictOrder(names, atomHash)).toEqual(['r3@a', 'r2@h', 'r1@h'])
  })

  it('hashes a Latin-1 character as one byte, others as UTF-8', () => {
    expect(atomHash('\u00e9')).toBe(0xe9)
    expect(atomHash('\u0416')).toBe((0xd0 << 4) + 0x96)
  })
})

describe('preflists', () => {
  it('names those that keep two copies on one node, around the end too', () => {
    expect(preflistsSharingNodes([...'abcdabca'], 3)).toEqual([
      {partitions: [6, 7, 0], distinct: 2},
      {partitions: [7, 0, 1], distinct: 2},
    ])
  })

  it('counts nodes without a location as one location', () => {
    expect(preflistsSharingLocations([...'abcd'], {a: 'x', b: 'y'}, 2)).toEqual([
      {partitions: [2, 3], distinct: 1},
    ])
  })
})

describe('plan warnings', () => {
  it('say nothing of locations where there are none', () => {
    const nextOwners = [...'abcabcab']

    expect(warnNodes({nextOwners})).toBe(true)
    expect(warnLocations({nextOwners, locations: {}})).toBe(false)
    expect(warnLocations({nextOwners: [...'abcabc'], locations: {a: 'x', b: 'x', c: 'y'}})).toBe(true)
  })

  it('round shares as the table does', () => {
    const members = [...'abcd'].map(node => ({node, status: 'valid'}) as const)

    expect(ringPercentages([...'aaaaabbbbccccccc'], members)).toEqual(['31.3', '25.0', '43.8', '0.0'])
  })
})

describe('balance', () => {
  it('sets the largest share against the mean', () => {
    expect(balanceOf([...'aaaabbbcc'], ['a', 'b', 'c'])).toMatchObject({
      largest: 4,
      smallest: 2,
      mean: 3,
      largestToMean: 4 / 3,
    })
  })

  it('counts the fewest moves that share the ring evenly', () => {
    expect(minimumMoves([...'abcdabcdabcdabcd'], [...'abcde'])).toBe(3)
    expect(minimumMoves([...'aaaaaaaa'], [...'abc'])).toBe(5)
    expect(minimumMoves([...'abab'], ['a'])).toBe(2)
    expect(efficiencyOf(6, [...'abcdabcdabcdabcd'], [...'abcde'])).toEqual({
      planned: 6,
      minimum: 3,
      plannedToMinimum: 2,
    })
    expect(efficiencyOf(0, [...'abab'], ['a', 'b']).plannedToMinimum).toBeUndefined()
  })
})

describe('ring problems', () => {
  const fields = (ring: Parameters<typeof ringProblems>[0]): string[] =>
    ringProblems(ring).map(({field}) => field)

  it('finds none in a ring', () => {
    expect(ringProblems(letterRing('abcdabcd'))).toEqual([])
  })

  it('names the field of each', () => {
    const ring = letterRing('abcdabcd')
    const [a, b, c, d] = ring.members

    expect(fields({...ring, partitions: 9})).toEqual(['partitions', 'owners'])
    expect(fields({...ring, owners: [...'abcxabc', '']})).toEqual(['owners[3]', 'owners[7]'])
    expect(fields({...ring, claimant: 'x'})).toEqual(['claimant'])
    expect(fields({...ring, members: [b!, a!, c!, d!]})).toEqual(['members[1]'])
    expect(fields({...ring, members: [a!, a!, b!, c!, d!]})).toEqual(['members[1]'])
    expect(
      fields({
        ...ring,
        pending: [
          {partition: 8, from: 'a', to: 'b', done: [], status: 'awaiting'},
          {partition: 1, from: 'b', to: 'x', done: [], status: 'awaiting'},
        ],
      }),
    ).toEqual(['pending[0]', 'pending[1]', 'pending[1]'])
  })

  it('sees a hole', () => {
    const owners = [...'abcdabcd']
    delete owners[5]

    expect(ringProblems({...letterRing('abcdabcd'), owners})).toEqual([
      {field: 'owners[5]', problem: 'no owner'},
    ])
  })
})

describe('ring fit', () => {
  it('tells the unevenness of few partitions a node', () => {
    const fit = ringFit(256, 80)

    expect(fit).toMatchObject({shares: [3, 4], tail: 16, usualPartitions: 1024})
    expect(fit.imbalance).toBeCloseTo(1 / 3)
    expect(fit.advice.map(({id}) => id)).toEqual(['few-partitions-per-node', 'uneven-shares'])
  })

  it('warns of a tail shorter than targetN and names a better number of nodes', () => {
    const fit = ringFit(64, 7)

    expect(fit).toMatchObject({tail: 1, better: {nodes: 8, imbalance: 0}})
    expect(fit.advice.map(({id}) => id)).toContain('wraparound')
  })

  it('is content with a ring that divides', () => {
    const fit = ringFit(256, 16)

    expect(fit).toMatchObject({advice: [], imbalance: 0})
    expect(fit.better).toBeUndefined()
  })

  it('sees nodes that would own nothing', () => {
    expect(ringFit(8, 10).advice.map(({id}) => id)).toEqual(['idle-nodes'])
  })
})
