import {describe, expect, it} from 'vitest'
import {baseDifferences, foreignChanges} from '../../../src/execute/stale.ts'
import {makePlan} from '../../../src/plan/plan.ts'
import type {Ring} from '../../../src/ring/ring.ts'
import {ringOf, snapshotOf} from '../../support/snapshots.ts'

const base = ringOf('abcdabcdabcdabcd')
const plan = makePlan({cluster: 'c', snapshot: snapshotOf(base), changes: [{action: 'join', node: 'riak@e'}]})
const joining = (letter: string) => ({node: `riak@${letter}`, status: 'joining' as const})

describe('baseDifferences', () => {
  it('finds none in the same ring, also with our own joins staged', () => {
    expect(baseDifferences(plan, base)).toEqual([])
    expect(baseDifferences(plan, {...base, members: [...base.members, joining('e')]})).toEqual([])
  })

  const changed: [string, Partial<Ring>, string[]][] = [
    ['another claimant', {claimant: 'riak@b'}, ['the claimant is riak@b now, it was riak@a']],
    ['a new member', {members: [...base.members, joining('f')]}, ['riak@f has appeared (joining)']],
    ['a member less', {members: base.members.slice(1)}, ['riak@a is gone']],
    [
      'another status',
      {members: [{node: 'riak@a', status: 'down'}, ...base.members.slice(1)]},
      ['riak@a is down now, it was valid'],
    ],
    [
      'other owners',
      {owners: ['riak@b', ...base.owners.slice(1)]},
      ['1 of 16 partitions have another owner'],
    ],
    ['locations', {locations: {'riak@a': 'x'}}, ['locations have changed']],
  ]
  it.each(changed)('names %s', (_, change, differences) => {
    expect(baseDifferences(plan, {...base, ...change})).toEqual(differences)
  })
})

describe('foreignChanges', () => {
  it('leaves out what is ours', () => {
    const ring = {...base, members: [...base.members, joining('e'), joining('f')]}

    expect(foreignChanges(plan, snapshotOf(ring))).toEqual(['join riak@f'])
    expect(foreignChanges(plan, snapshotOf(ring, {staged: 'unknown'}))).toEqual(['join riak@f'])
    expect(
      foreignChanges(
        plan,
        snapshotOf(base, {staged: [{action: 'setLocation', node: 'riak@a', location: 'x'}]}),
      ),
    ).toEqual(['set location of riak@a to x'])
  })
})
