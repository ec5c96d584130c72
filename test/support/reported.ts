/** A plan that is blocked, a campaign and a run with a fault, for tests of how they are shown. */
import {assumedRates} from '../../src/forecast/rates.ts'
import type {JournalEvent} from '../../src/journal/events.ts'
import {type RunState, reduceRun} from '../../src/journal/reduce.ts'
import {type Campaign, campaignOf} from '../../src/plan/campaign.ts'
import {makePlan, type Plan} from '../../src/plan/plan.ts'
import {ringOf, snapshotOf, storageOf} from './snapshots.ts'

const ring = ringOf('abcdabcdabcdabcd')
export const reportedPlan = (): Plan =>
  makePlan({
    cluster: 'voxring',
    snapshot: snapshotOf(ring, {
      storage: storageOf(ring).map(disk =>
        disk.node === 'riak@e' ? {...disk, size: 1e11, used: 9.9e10} : disk,
      ),
    }),
    changes: [{action: 'join', node: 'riak@e'}],
  })

export const reportedCampaign = (): Campaign =>
  campaignOf({
    cluster: 'voxring',
    snapshot: snapshotOf(ring, {takenAt: new Date(2026, 11, 1).getTime()}),
    candidates: ['riak@e', 'riak@f', 'riak@g'].map(node => ({node})),
    until: 8,
    perDay: 2,
    start: new Date(2026, 11, 1).getTime(),
    locations: false,
    options: {ingestPerDay: 5e9, rates: assumedRates},
    compareSerial: true,
  })

export const reportedEvents = (): JournalEvent[] => [
  {
    v: 1,
    at: 0,
    type: 'run-started',
    run: '20261201-220000-0001',
    ringup: '0.1.0',
    by: {user: 'op', host: 'desk', pid: 1},
    plan: reportedPlan(),
    steps: [
      {id: 'commit', title: 'commit'},
      {id: 'settle', title: 'ownership has moved'},
    ],
  },
  {
    v: 1,
    at: 1000,
    type: 'write-lost',
    step: 'commit',
    host: 'a',
    sent: true,
    message: 'the connection was lost',
  },
  {
    v: 1,
    at: 1500,
    type: 'run-resumed',
    ringup: '0.1.0',
    by: {user: 'op', host: 'desk', pid: 2},
    torn: 0,
    steps: [
      {id: 'commit', title: 'commit'},
      {id: 'settle', title: 'ownership has moved'},
    ],
  },
  {v: 1, at: 2000, type: 'step-done', step: 'commit', saw: 'seen'},
  {v: 1, at: 60_000, type: 'progress', moved: 3, total: 3, active: 0, bytesPerSecond: 0},
  {
    v: 1,
    at: 121_000,
    type: 'rates',
    transfers: [
      {partition: 0, from: 'riak@a', to: 'riak@e', bytesPerSecond: 21e6},
      {partition: 5, from: 'riak@b', to: 'riak@e', bytesPerSecond: 19e6},
    ],
  },
  {v: 1, at: 122_000, type: 'step-done', step: 'settle', saw: 'settled'},
  {v: 1, at: 123_000, type: 'arrived', bytes: 3e9, partitions: 3},
  {v: 1, at: 124_000, type: 'run-finished', outcome: 'done', message: '3 partitions moved'},
]
export const reportedRun = (): RunState => reduceRun(reportedEvents())
