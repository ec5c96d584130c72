import {describe, expect, it} from 'vitest'
import type {HostFacts} from '../../../src/riak/host/host-facts.ts'
import type {Trouble} from '../../../src/riak/host/trouble.ts'
import {causesOf} from '../../../src/watch/causes.ts'
import {movementOf} from '../../../src/watch/movement.ts'
import {pending, ringOf, snapshotOf} from '../../support/snapshots.ts'

const members = ['riak@a', 'riak@b', 'riak@c'].map(node => ({node, status: 'valid'}) as const)
const atRest = snapshotOf(ringOf('cbac', {members}))
const moving = snapshotOf(ringOf('abab', {members, pending: [pending(0, 'a', 'c')]}))
const put: Trouble = {node: 'riak@c', kind: 'disk-full', text: 'Backend put error {error,enospc}'}
const transfer: Trouble = {...put, node: 'riak@a', partition: 0, from: 'riak@a', to: 'riak@c'}
const disk = (node: string, free: number): HostFacts =>
  ({node, peers: [], disk: {size: 100, free}}) as unknown as HostFacts

const found = (reading: typeof atRest, troubles: Trouble[], hosts: HostFacts[] = []): string[] => {
  const readings = [reading, reading]
  const evidence = {readings, hosts, troubles, queues: [], hinted: undefined}
  return causesOf(evidence, movementOf(readings)).map(({id}) => id)
}

describe('a log that tells of a full disk', () => {
  it('is of the past where nothing is to move', () => {
    expect(found(atRest, [put, transfer])).not.toContain('disk-full')
    expect(found(atRest, [put], [disk('riak@c', 50)])).not.toContain('disk-full')
  })

  it('is of the past where a target has room by now, unless it tells of a transfer that is still to be made', () => {
    expect(found(moving, [put], [disk('riak@c', 50)])).not.toContain('disk-full')
    expect(found(moving, [{...put, node: 'riak@b'}])).not.toContain('disk-full')
    expect(found(moving, [transfer], [disk('riak@c', 50)])).toContain('disk-full')
  })

  it('counts where the target’s disk is full, or could not be read', () => {
    expect(found(moving, [put])).toContain('disk-full')
    expect(found(moving, [put], [disk('riak@c', 1)])).toContain('disk-full')
    expect(found(moving, [], [disk('riak@c', 1)])).toContain('disk-full')
  })
})
