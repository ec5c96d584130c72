import {describe, expect, it} from 'vitest'
import type {Ring} from '../../../src/ring/ring.ts'
import {loadSnapshot} from '../../../src/snapshot/load.ts'
import {snapshotJsonSchema} from '../../../src/snapshot/schema.ts'
import {pending, ringOf, snapshotOf} from '../../support/snapshots.ts'

const good = snapshotOf(
  ringOf('abcdabcdabcdabcd', {pending: [pending(3, 'd', 'a', 'complete')], locations: {'riak@a': 'rack-1'}}),
)
const load = (value: unknown) => loadSnapshot(JSON.stringify(value), 'ring.json')
const withRing = (change: Partial<Record<keyof Ring, unknown>>) =>
  load({...good, ring: {...good.ring, ...change}})

describe('loadSnapshot', () => {
  it('gives back what was written', () => {
    expect(load(good)).toEqual(good)
    expect(load({...good, claim: 'unknown', staged: 'unknown', seed: 'unknown'}).claim).toBe('unknown')
  })

  it.each<[string, Partial<Record<keyof Ring, unknown>>, string]>([
    [
      'a hole',
      {owners: [...good.ring.owners.slice(0, 15), '']},
      'ring.owners[15]: a node name is expected, as riak@10.0.0.1',
    ],
    ['a missing owner', {owners: good.ring.owners.slice(1)}, 'ring.owners: 15 owners for 16 partitions'],
    [
      'an owner that is no member',
      {owners: ['riak@z', ...good.ring.owners.slice(1)]},
      'ring.owners[0]: riak@z is not a member',
    ],
    [
      'a size that is no power of two',
      {partitions: 15, owners: good.ring.owners.slice(1)},
      'ring.partitions: 15 is not a power of two',
    ],
    ['two claimants', {claimant: ['riak@a', 'riak@b']}, 'ring.claimant: one node name is expected'],
    ['a claimant that is no member', {claimant: 'riak@z'}, 'ring.claimant: riak@z is not a member'],
    [
      'a member twice',
      {members: [good.ring.members[0], ...good.ring.members]},
      'ring.members[1]: riak@a is there twice',
    ],
    [
      'a status that is not known',
      {members: [{node: 'riak@a', status: 'happy'}]},
      'ring.members[0].status: ',
    ],
    [
      'a transfer of a partition that is not there',
      {pending: [pending(16, 'a', 'b')]},
      'ring.pending[0]: there is no partition 16',
    ],
    [
      'a node name that could reach a shell',
      {claimant: 'riak@a; reboot'},
      'ring.claimant: a node name is expected',
    ],
  ])('refuses %s, naming the field', (_, change, message) => {
    expect(() => withRing(change)).toThrow(message)
    expect(() => withRing(change)).toThrow(/^ring\.json is no snapshot that can be planned on: /)
  })

  it('refuses what is no snapshot at all', () => {
    expect(() => loadSnapshot('{', 'x')).toThrow('x is no snapshot that can be planned on: it is not JSON')
    expect(() => load([])).toThrow('the file: ')
    expect(() => load({...good, schema: 'ringup/snapshot/2'})).toThrow(
      'schema: only ringup/snapshot/1 is known',
    )
    expect(() => load({...good, extra: 1})).toThrow('extra')
    expect(() => load({...good, ring: undefined})).toThrow('ring: ')
  })
})

describe('snapshotJsonSchema', () => {
  it('names every field that is written', () => {
    const schema = snapshotJsonSchema() as {
      properties: Record<string, unknown>
      additionalProperties: boolean
    }

    expect(Object.keys(schema.properties).sort()).toEqual(Object.keys(good).sort())
    expect(schema.additionalProperties).toBe(false)
  })
})
