/**
 * Transfers of partitions of 100 MB over shaped links, as the screen shows them: size, rate, percent, and how long
 * it will take, against how long it took.
 */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {activeTransfers, type Snapshot} from '../../src/ring/snapshot.ts'
import {transferRows} from '../../src/tui/panels/transfers.ts'
import type {Status} from '../../src/watch/status.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {type RealCluster, startRealCluster} from './cluster.ts'
import {describeRiak} from './describe-riak.ts'

const megabits = 60

describeRiak('progress on real Riak', () => {
  let cluster: RealCluster
  let home: Home
  const ringup = (...args: string[]) =>
    home.spawn(args, {
      env: {RINGUP_INVENTORY: cluster.inventory, RINGUP_STATE_DIR: join(home.path, 'state')},
      timeout: 500_000,
    })

  beforeAll(async () => {
    home = ringupHome()
    cluster = await startRealCluster({nodes: 3, spare: 2, ring: 16, fast: false})
    await cluster.join(3)
    // three copies of it over 16 partitions: about 100 MB each
    await cluster.load(2100, 256_000)
    for (const [at] of cluster.hosts.entries()) await cluster.slow(at + 1, megabits)
  }, 500_000)
  afterAll(async () => {
    await cluster?.down()
    home?.remove()
  })

  test('size, rate and percent of each transfer, and a time that holds within 30 %', async () => {
    const added = await ringup('add', 'r4', 'r5', '--yes', '--no-wait', '--rate', '4MB/s')
    expect(added.code).toBe(0)
    const file = join(home.path, 'rec.jsonl')
    const watched = await ringup(
      'watch',
      '--until',
      'settled',
      '--interval',
      '1s',
      '--json',
      '--record',
      file,
    )
    expect(watched.code).toBe(0)

    const statuses = watched.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Status)
    const snapshots = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map(line => (JSON.parse(line) as {snapshot: Snapshot}).snapshot)
    const end = statuses.find(({converging}) => !converging)!.at
    const rows = snapshots.flatMap(snapshot =>
      transferRows({
        title: '',
        now: 0,
        snapshot,
        sizes: new Map(),
        events: [],
        vitals: new Map(),
        keys: '',
      }).rows.filter(({state, done}) => state === 'active' && (done ?? 0) > 0.2),
    )
    expect(snapshots.some(snapshot => activeTransfers(snapshot).length >= 2)).toBe(true)
    expect(rows.length).toBeGreaterThan(10)
    for (const {size, rate, done} of rows) {
      // by the sender's figures alone
      expect(size! / 1e8).toBeGreaterThan(0.8)
      expect(size! / 1e8).toBeLessThan(1.25)
      expect(rate!).toBeLessThan((megabits / 8) * 1e6 * 1.05)
      expect(rate!).toBeGreaterThan(1e6)
      expect(done!).toBeLessThanOrEqual(1)
    }

    const told = statuses.filter(({eta, at, progress}) => eta.ms !== null && progress && end - at > 15_000)
    const errors = told.map(({eta, at}) => (eta.ms! - (end - at)) / (end - at))
    console.log(
      `${told.length} times told, from ${told[0]?.progress?.moved} of ${told[0]?.progress?.total} on; off by ${errors.map(error => `${Math.round(error * 100)} %`).join(', ')}`,
    )
    expect(told.length).toBeGreaterThan(3)
    const sorted = errors.map(Math.abs).sort((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]!).toBeLessThan(0.3)
  }, 600_000)
})
