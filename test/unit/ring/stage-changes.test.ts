import {describe, expect, it} from 'vitest'
import type {Change} from '../../../src/ring/changes.ts'
import {stageChanges} from '../../../src/ring/stage-changes.ts'
import {joins, letterRing, withStatus} from '../../support/letter-ring.ts'

const ring = letterRing('abcdabcd')
const reasons = (changes: readonly Change[], base = ring): unknown[] =>
  stageChanges(base, changes).refused.map(({position, reason}) => [position, reason])

describe('staging refuses', () => {
  it.each<[string, readonly Change[], unknown[]]>([
    ['a join of a member', joins('b'), [[0, 'already_member']]],
    ['a leave of a stranger', [{action: 'leave', node: 'x'}], [[0, 'not_member']]],
    ['a removal of the claimant', [{action: 'remove', node: 'a'}], [[0, 'is_claimant']]],
    ['a location for a stranger', [{action: 'setLocation', node: 'x', location: 'r'}], [[0, 'not_member']]],
    [
      'a replacement that is not joining',
      [{action: 'replace', node: 'b', with: 'c'}],
      [[0, 'invalid_replacement']],
    ],
    [
      'a replacement promised already',
      [
        ...joins('x'),
        {action: 'replace', node: 'b', with: 'x'},
        {action: 'forceReplace', node: 'c', with: 'x'},
      ],
      [[2, 'already_replacement']],
    ],
    [
      'a replacement that is to leave itself',
      [...joins('x'), {action: 'leave', node: 'x'}, {action: 'replace', node: 'b', with: 'x'}],
      [[2, 'invalid_replacement']],
    ],
  ])('%s', (_, changes, expected) => {
    expect(reasons(changes)).toEqual(expected)
  })

  it('the last member to go', () => {
    const alone = letterRing('aaaa')

    expect(reasons([{action: 'leave', node: 'a'}], alone)).toEqual([[0, 'only_member']])
  })

  it('a leave of a member that is leaving or down', () => {
    for (const status of ['leaving', 'down'] as const)
      expect(reasons([{action: 'leave', node: 'b'}], withStatus(ring, 'b', status))).toEqual([
        [0, 'already_leaving'],
      ])
  })
})

describe('the plan lists', () => {
  it('one change a node, the last one staged, by node', () => {
    const {changes} = stageChanges(ring, [
      {action: 'leave', node: 'd'},
      {action: 'leave', node: 'b'},
      {action: 'setLocation', node: 'd', location: 'r'},
    ])

    expect(changes).toEqual([
      {action: 'leave', node: 'b'},
      {action: 'setLocation', node: 'd', location: 'r'},
    ])
  })

  it('a joining node with a change of its own under that change only', () => {
    const {changes} = stageChanges(ring, [
      ...joins('x', 'y'),
      {action: 'setLocation', node: 'y', location: 'r'},
    ])

    expect(changes).toEqual([
      {action: 'join', node: 'x'},
      {action: 'setLocation', node: 'y', location: 'r'},
    ])
  })

  it('no replacement whose replacement was given something else to do', () => {
    const {changes, refused} = stageChanges(ring, [
      ...joins('x'),
      {action: 'replace', node: 'b', with: 'x'},
      {action: 'setLocation', node: 'x', location: 'r'},
    ])

    expect(refused).toEqual([])
    expect(changes).toEqual([{action: 'setLocation', node: 'x', location: 'r'}])
  })
})
