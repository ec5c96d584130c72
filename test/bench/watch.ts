/**
 * `npm run bench -- watch`: frames of a ring of 1024 and 80 members while a tenth of it moves, four a second for a
 * while, drawn by the painter into a terminal that counts: ms of CPU and bytes a frame; and how much of a core that is.
 */
import {EventEmitter} from 'node:events'
import {planChanges} from '../../src/ring/plan-changes.ts'
import type {Ring} from '../../src/ring/ring.ts'
import type {ActiveTransfer, Snapshot} from '../../src/ring/snapshot.ts'
import {openPainter} from '../../src/tui/painter.ts'
import {screenLines} from '../../src/tui/screen-lines.ts'
import {firstUi, panels} from '../../src/tui/ui.ts'
import {eventsBetween, type Scene} from '../../src/watch/scene.ts'
import {statusOf} from '../../src/watch/status.ts'
import {nodeFacts, snapshotOf} from '../support/snapshots.ts'

const name = (number: number): string => `riak@10.20.0.${number + 10}`
const perSecond = 4

export function benchWatch(): void {
  const {ring, baseline} = growing()
  for (const [columns, rows] of [
    [80, 24],
    [120, 40],
    [300, 100],
  ] as const)
    for (const panel of panels) {
      let bytes = 0
      const stream = Object.assign(new EventEmitter(), {
        columns,
        rows,
        isTTY: true,
        write: (text: string) => {
          bytes += Buffer.byteLength(text)
          return true
        },
      })
      const painter = openPainter(stream as unknown as NodeJS.WriteStream)
      let scene: Scene = {
        title: 'watch',
        now: 0,
        sizes: new Map(),
        events: [],
        vitals: new Map(),
        keys: 'q: quit',
      }
      const frames = 80
      const before = process.cpuUsage()
      for (let frame = 0; frame < frames; frame += 1) {
        const snapshot = snapshotAt(ring, frame)
        scene = {
          ...scene,
          now: snapshot.takenAt,
          snapshot,
          status: statusOf('bench', snapshot, {baseline: {baseline, committedAt: 0}}),
          events: [...scene.events, ...eventsBetween(scene.snapshot, snapshot)].slice(-500),
        }
        painter.paint(
          screenLines(
            scene,
            {...firstUi, panel},
            {columns, rows: rows - 1},
            {columns, color: true, unicode: true},
          ),
        )
      }
      const {user, system} = process.cpuUsage(before)
      painter.restore()
      const ms = (user + system) / 1000 / frames
      console.log(
        JSON.stringify({
          bench: 'watch',
          panel,
          columns,
          rows,
          msAFrame: Math.round(ms * 100) / 100,
          bytesAFrame: Math.round(bytes / frames),
          shareOfCore: Math.round(ms * perSecond) / 1000,
        }),
      )
    }
}

function growing() {
  const settings = {claim: 'v2', targetN: 4, targetLocationN: 3, fullRebalanceOnLeave: false} as const
  const alone: Ring = {
    partitions: 1024,
    owners: Array.from({length: 1024}, () => name(1)),
    members: [{node: name(1), status: 'valid'}],
    claimant: name(1),
    pending: [],
    locations: {},
    locationChanged: false,
  }
  const joins = (from: number, to: number) =>
    Array.from({length: to - from + 1}, (_, at) => ({action: 'join' as const, node: name(from + at)}))
  const before = planChanges(alone, joins(2, 70), settings).final
  const {final, transitions} = planChanges(before, joins(71, 80), settings)
  const transfers = transitions[0]!.transfers
  const ring: Ring = {
    ...final,
    owners: before.owners,
    pending: transfers.map(move => ({...move, done: [], status: 'awaiting' as const})),
  }
  return {ring, baseline: {transitions}}
}

/** Every few frames a transfer ends and another begins; all of them send. */
function snapshotAt(ring: Ring, frame: number): Snapshot {
  const done = Math.floor(frame / 4)
  const pending = ring.pending.map((entry, at) =>
    at < done ? {...entry, status: 'complete' as const} : entry,
  )
  const transfers = pending.slice(done, done + 16).map(
    ({partition, from, to}, at): ActiveTransfer => ({
      kind: 'ownership',
      module: 'riak_kv_vnode',
      partition,
      from,
      to,
      startedAt: 0,
      stats: {
        objects: 100 * frame + at,
        objectsPerSecond: 400,
        bytesPerSecond: 2e7 + 1e5 * ((frame * 7 + at) % 13),
        done: ((frame * 3 + at) % 97) / 97,
      },
    }),
  )
  const moved = {...ring, pending}
  return snapshotOf(moved, {
    takenAt: 1_000_000 + frame * 250,
    nodes: ring.members.map(({node}) =>
      nodeFacts(node, {transfers: transfers.filter(({from}) => from === node)}),
    ),
  })
}
