import {describe, expect, it} from 'vitest'
import {planChanges} from '../../../src/ring/plan-changes.ts'
import {joins, letterRing, plannedLetters, settings, withStatus} from '../../support/letter-ring.ts'

describe('worked examples', () => {
  it('v2 rebuilds the ring of a single node, with a tail that keeps its distance', () => {
    expect(plannedLetters(letterRing('a'.repeat(16)), joins('b', 'c', 'd', 'e'))).toEqual([
      'abceabdeacdeabcd',
    ])
  })

  it('v2 takes from those who own too many, targetN apart', () => {
    expect(plannedLetters(letterRing('abcd'.repeat(4)), joins('e'))).toEqual(['aecdabedabceabcd'])
  })

  it('v2 hands the surplus out in the order of the dict, not of the names', () => {
    const ring = letterRing('1234'.repeat(4))
    const named = {
      ...ring,
      owners: ring.owners.map(owner => `n${owner}@h`),
      members: ring.members.map(({node, status}) => ({node: `n${node}@h`, status})),
      claimant: 'n1@h',
    }

    const {transitions} = planChanges(named, joins('n5@h'), settings())

    expect(transitions.map(({nextOwners}) => nextOwners.map(owner => owner[1]).join(''))).toEqual([
      '5234153412541234',
    ])
  })

  it('a leave without room rebalances everything and drops the node in a second transition', () => {
    const planned = planChanges(letterRing('abcdeabcdeabcdea'), [{action: 'leave', node: 'e'}], settings())

    expect(planned.transitions.map(({nextOwners}) => nextOwners.join(''))).toEqual([
      'abcdabcdabcdabcd',
      'abcdabcdabcdabcd',
    ])
    expect(planned.transitions[0]?.transfers).toHaveLength(12)
    expect(planned.random).toEqual([])
    expect(planned.final.members.map(({node}) => node)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('a leave with room deals partitions out, and the next transition evens them', () => {
    expect(
      plannedLetters(letterRing('abcdefabcdefabcd'), [{action: 'leave', node: 'f'}], {targetN: 3}),
    ).toEqual(['abcdecabcdecabcd', 'abcdecabcdecabed'])
  })

  it('a removal reassigns at once and claims in the same transition', () => {
    const {transitions} = planChanges(
      letterRing('abcdefabcdefabcd'),
      [{action: 'remove', node: 'f'}],
      settings({targetN: 3}),
    )

    expect(transitions).toHaveLength(1)
    expect(transitions[0]?.reassigned.map(({partition, to}) => [partition, to])).toEqual([
      [5, 'c'],
      [11, 'c'],
    ])
    expect(transitions[0]?.nextOwners.join('')).toBe('abcdecabcdecabed')
  })

  it('v2 with a location claims again and moves most of the ring', () => {
    const changes = [...joins('e'), {action: 'setLocation', node: 'e', location: 'x'} as const]

    expect(plannedLetters(letterRing('abcd'.repeat(4)), changes)).toEqual([
      'aecdabedabceabcd',
      'aebdaecdabcdaebc',
    ])
  })

  it('v4 from one node, and one more', () => {
    expect(plannedLetters(letterRing('a'.repeat(16)), joins('b', 'c', 'd', 'e'), {claim: 'v4'})).toEqual([
      'ecdabedabceabcda',
    ])
    expect(plannedLetters(letterRing('abcd'.repeat(4)), joins('e'), {claim: 'v4'})).toEqual([
      'abcdaecdabedabce',
    ])
  })

  it('v4 keeps locations apart and leaves the flag up', () => {
    const racks = {a: 'p', b: 'p', c: 'q', d: 'q', e: 'r', f: 'r'}
    const changes = [
      ...joins('b', 'c', 'd', 'e', 'f'),
      ...Object.entries(racks).map(([node, location]) => ({action: 'setLocation', node, location}) as const),
    ]
    const planned = planChanges(letterRing('a'.repeat(16)), changes, settings({claim: 'v4'}))

    expect(planned.transitions.map(({nextOwners}) => nextOwners.join(''))).toEqual(['acebacebdfacebdf'])
    expect(planned.final.locationChanged).toBe(true)
    expect(planned.final.locations).toEqual(racks)
  })
})

describe('what is random', () => {
  const ring = letterRing('abcdefghabcdefgh')
  const leave = [{action: 'leave', node: 'h'}] as const

  it('a leave with several equal candidates, unless the seed is known', () => {
    const crowded = planChanges(letterRing('abcdefghijabcdef'), [{action: 'leave', node: 'j'}], settings())
    const seeded = planChanges(letterRing('abcdefghijabcdef'), [{action: 'leave', node: 'j'}], settings(), {
      seed: [7n, 11n],
    })

    expect(crowded.random).toEqual(['leave-candidates'])
    expect(seeded.random).toEqual([])
  })

  it('not a leave with one candidate, nor one that rebalances everything', () => {
    expect(planChanges(ring, leave, settings()).random).toEqual([])
    expect(planChanges(ring, leave, settings({fullRebalanceOnLeave: true})).random).toEqual([])
  })

  it('the stand-in for a receiver that is down, seed or not', () => {
    const down = withStatus(letterRing('abcabcabcabcabad'), 'c', 'down')
    const planned = planChanges(down, [{action: 'leave', node: 'd'}], settings({targetN: 2}), {
      seed: [1n, 2n],
    })

    expect(planned.random).toEqual(['down-receiver'])
  })
})

describe('where riak_core fails', () => {
  it('a full rebalance over more nodes than partitions', () => {
    const planned = planChanges(letterRing('abcdefgh'), joins('i'), settings({targetN: 1}))
    const forced = planChanges(
      withStatus(letterRing('abcdefgh'), 'i', 'valid'),
      [{action: 'leave', node: 'b'}, ...joins('k')],
      settings({fullRebalanceOnLeave: true}),
    )

    expect(planned.crash).toBeUndefined()
    expect(forced).toMatchObject({
      transitions: [],
      crash: expect.stringContaining('more nodes than partitions'),
    })
  })

  it('a claim that would go on for ever', () => {
    const planned = planChanges(
      letterRing('abcdefgabcdefgabcdefgabcdefgabcd'),
      joins('h'),
      settings({claim: 'v3', targetN: 7}),
    )

    expect(planned).toMatchObject({transitions: [], crash: expect.stringContaining('never ends')})
  })
})

describe('a ring with pending changes', () => {
  const pending = [{partition: 2, from: 'c', to: 'a', done: [], status: 'awaiting'}] as const

  it('keeps claim out of the first transition', () => {
    const planned = planChanges(letterRing('abcdabcdabcdabcd', {pending}), joins('e'), settings())

    expect(planned.transitions[0]?.transfers).toEqual([{partition: 2, from: 'c', to: 'a'}])
    expect(planned.transitions.length).toBeGreaterThan(1)
    expect(planned.final.pending).toEqual([])
  })

  it('installs what is complete', () => {
    const complete = [{...pending[0], status: 'complete'}] as const
    const planned = planChanges(letterRing('abcdabcdabcdabcd', {pending: complete}), joins('e'), settings())

    expect(planned.transitions[0]?.reassigned).toEqual([{partition: 2, from: 'c', to: 'a'}])
  })
})

it('plans nothing when nothing is staged', () => {
  const ring = letterRing('abcdabcd')

  expect(planChanges(ring, [], settings())).toEqual({
    refused: [],
    changes: [],
    transitions: [],
    final: ring,
    random: [],
  })
})
