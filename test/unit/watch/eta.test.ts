/** How long it will take, as status tells it: a range, and no figure before there is enough to tell one from. */
import {describe, expect, it} from 'vitest'
import type {ActiveTransfer} from '../../../src/ring/snapshot.ts'
import {statusOf} from '../../../src/watch/status.ts'
import {nodeFacts, pending, ringOf, snapshotOf} from '../../support/snapshots.ts'

const moves = [0, 2, 4, 6, 8, 10].map(partition => ({partition, from: 'riak@a', to: 'riak@c'}))
const minute = 60_000

/** Six partitions go from a to c, one after the other: `moved` of them have, and one is half through after 30 s. */
const eta = (moved: number, active = true) => {
  const ring = ringOf('abababababab', {
    pending: moves.map(({partition}, at) =>
      pending(partition, 'a', 'c', at < moved ? 'complete' : 'awaiting'),
    ),
  })
  const [going] = moves.slice(moved)
  const transfer: ActiveTransfer = {
    kind: 'ownership',
    module: 'riak_kv_vnode',
    ...going!,
    startedAt: 0,
    stats: {objects: 300, objectsPerSecond: 10, bytesPerSecond: 1e6, done: 0.5},
  }
  const snapshot = snapshotOf(ring, {
    takenAt: 10 * minute,
    nodes: ring.members.map(({node}) =>
      nodeFacts(node, node === 'riak@a' && active ? {transfers: [transfer]} : {}),
    ),
  })
  const committedAt = 10 * minute - (moved + 0.5) * minute
  return statusOf('c', snapshot, {baseline: {baseline: {transitions: [{transfers: moves}]}, committedAt}}).eta
}

describe('the time that is told', () => {
  it('is unknown until three have moved', () => {
    for (const moved of [0, 1, 2])
      expect(eta(moved)).toMatchObject({ms: null, basis: `unknown: ${moved} of 6 moved yet`})
  })

  it('counts what is under way as far as it has come, and is a range that narrows', () => {
    const [three, five] = [eta(3), eta(5)]

    expect(three.ms).toBe(2.5 * minute)
    expect(five.ms).toBe(0.5 * minute)
    expect(three.low!).toBeLessThan(three.ms!)
    expect(three.high!).toBeGreaterThan(three.ms!)
    expect((five.high! - five.low!) / five.ms!).toBeLessThan((three.high! - three.low!) / three.ms!)
  })

  it('is not shorter than the busiest node needs', () => {
    // three have moved in 9 s by others that were faster; what is left goes one by one, a minute each
    const ring = ringOf('abababababab', {
      pending: moves.map(({partition}, at) => pending(partition, 'a', 'c', at < 3 ? 'complete' : 'awaiting')),
    })
    const transfer: ActiveTransfer = {
      kind: 'ownership',
      module: 'riak_kv_vnode',
      partition: 6,
      from: 'riak@a',
      to: 'riak@c',
      startedAt: 0,
      stats: {objects: 300, objectsPerSecond: 10, bytesPerSecond: 1e6, done: 0.5},
    }
    const snapshot = snapshotOf(ring, {
      takenAt: 10 * minute,
      nodes: ring.members.map(({node}) => nodeFacts(node, node === 'riak@a' ? {transfers: [transfer]} : {})),
    })
    const baseline = {baseline: {transitions: [{transfers: moves}]}, committedAt: 10 * minute - 9000}

    expect(statusOf('c', snapshot, {baseline}).eta.ms).toBe(2.5 * minute)
  })

  it('goes by what has moved where transfers tell nothing', () => {
    expect(eta(3, false).ms).toBe(Math.round((3.5 * minute * 3) / 3))
  })
})
