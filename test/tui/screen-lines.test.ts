import {describe, expect, it} from 'vitest'
import type {ActiveTransfer} from '../../src/ring/snapshot.ts'
import {type Screen, screenLines} from '../../src/tui/screen-lines.ts'
import {statusOf} from '../../src/watch/status.ts'
import {nodeFacts, pending, ringOf, snapshotOf} from '../support/snapshots.ts'

const transfer = (partition: number, done?: number): ActiveTransfer => ({
  kind: 'ownership',
  module: 'riak_kv_vnode',
  partition,
  from: 'riak@a',
  to: 'riak@c',
  startedAt: 0,
  ...(done === undefined ? {} : {stats: {objects: 1, objectsPerSecond: 1, bytesPerSecond: 5e6, done}}),
})
const ring = ringOf('cbababab', {
  pending: [pending(2, 'a', 'c'), pending(4, 'a', 'c')],
  members: ['a', 'b', 'c'].map(letter => ({node: `riak@${letter}`, status: 'valid'})),
})
const moving = snapshotOf(ring, {
  nodes: ring.members.map(({node}) =>
    nodeFacts(node, node === 'riak@a' ? {transfers: [transfer(2, 0.5), transfer(4)]} : {}),
  ),
})
const baseline = {
  transitions: [{transfers: [0, 2, 4].map(partition => ({partition, from: 'riak@a', to: 'riak@c'}))}],
}
const screen = (change: Partial<Screen> = {}): Screen => ({
  title: 'watch',
  now: moving.takenAt + 1400,
  status: statusOf('voxring', moving, {baseline: {baseline, committedAt: moving.takenAt - 60_000}}),
  transfers: [transfer(2, 0.5), transfer(4)],
  keys: 'q: quit',
  ...change,
})
const plain = {columns: 80, color: false, unicode: false}

describe('screenLines', () => {
  it('answers the four questions first', () => {
    expect(screenLines(screen(), {columns: 80, rows: 20}, plain)).toEqual([
      'ringup watch   voxring  3 members, ring of 8   data 1.4 s old',
      '',
      '  healthy?    yes',
      '  converging? ##########-------------------- 1 of 3 partitions, 33%',
      '  how long?   unknown: 1 of 3 moved yet   2 transfers at 5.00 MB/s',
      '  wrong?      nothing',
      '',
      '     2  riak@a -> riak@c   50%  5.00 MB/s',
      '     4  riak@a -> riak@c    ?  ',
      '',
      '  node        status   ring   next  out  in  limit  version',
      '  riak@a (C)  valid   37.5%  12.5%    2          2  3.2.3',
      '  riak@b      valid   50.0%     --               2  3.2.3',
      '  riak@c      valid   12.5%  37.5%        2      2  3.2.3',
      '',
      'q: quit',
    ])
  })

  it.each([
    [80, 24],
    [120, 40],
    [60, 15],
    [40, 10],
    [20, 4],
    [300, 100],
  ])('fits %d columns and %d rows, with colours too', (columns, rows) => {
    for (const look of [plain, {...plain, color: true, unicode: true}]) {
      const lines = screenLines(screen({error: 'r01: no answer '.repeat(30)}), {columns, rows}, look)

      expect(lines.length).toBeLessThanOrEqual(rows)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no room
      for (const line of lines) expect(line.replace(/\x1b\[\d+m/g, '').length).toBeLessThanOrEqual(columns)
    }
  })

  it('keeps the questions when there is room for little else', () => {
    const lines = screenLines(screen(), {columns: 80, rows: 9}, plain)

    expect(lines[2]).toContain('healthy?')
    expect(lines).toHaveLength(9)
  })

  it('says what it waits for before the first reading', () => {
    const {status: _status, ...nothing} = screen()

    expect(screenLines(nothing, {columns: 80, rows: 24}, plain)).toContain('  reading the ring ...')
  })
})
