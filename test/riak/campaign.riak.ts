/**
 * A campaign on real nodes: 3 to 6, one a day, by `grow next` called again and again, with production timers and
 * wires so slow that transfers last, while a client writes and reads. And what du says is what lies on the disks.
 */
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import type {JournalEvent} from '../../src/journal/events.ts'
import type {Campaign} from '../../src/plan/campaign.ts'
import {finalOwners, type Plan} from '../../src/plan/plan.ts'
import {askSnapshot} from '../../src/riak/ring/ask-snapshot.ts'
import {partitionIndex} from '../../src/ring/ring.ts'
import type {Snapshot} from '../../src/ring/snapshot.ts'
import {journalFile, listRuns} from '../../src/state/store.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {type RealCluster, startRealCluster} from './cluster.ts'
import {describeRiak} from './describe-riak.ts'
import {type Doors, openDoors} from './doors.ts'
import {backend} from './riak-config.ts'
import {openWriter, type Writer} from './writer.ts'

const ring = 16
const megabits = 24

describeRiak('a campaign on real Riak', () => {
  let cluster: RealCluster
  let doors: Doors
  let home: Home
  let writer: Writer
  const state = (): string => join(home.path, 'state')
  const ringup = (...args: string[]) =>
    home.spawn(args, {
      env: {RINGUP_INVENTORY: cluster.inventory, RINGUP_STATE_DIR: state()},
      timeout: 400_000,
    })
  const next = (...more: string[]) =>
    ringup('grow', 'next', '--yes', '--any-time', '--until', '6', '--per-day', '1', '--json', ...more)
  const writes = (): number =>
    listRuns(state()).flatMap(run =>
      readFileSync(journalFile(state(), run), 'utf8')
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as JournalEvent)
        .filter(({type}) => type === 'write-sent'),
    ).length

  beforeAll(async () => {
    home = ringupHome()
    cluster = await startRealCluster({nodes: 3, spare: 3, ring, fast: false})
    doors = openDoors(cluster.inventory)
    await cluster.join(3)
    await cluster.load(900, 100_000)
    for (const [at] of cluster.hosts.entries()) await cluster.slow(at + 1, megabits)
    writer = openWriter(cluster)
  })
  afterAll(async () => {
    writer?.stop()
    doors?.close()
    await cluster?.down()
    home?.remove()
  })

  test('what du says of each partition is what lies on the disk', async () => {
    const file = join(home.path, 'ring.json')
    expect((await ringup('snapshot', '--out', file)).code).toBe(0)
    const {storage = [], ring: now} = JSON.parse(readFileSync(file, 'utf8')) as Snapshot

    expect(storage).toHaveLength(6)
    for (const [at, {node}] of cluster.hosts.slice(0, 3).entries()) {
      const disk = storage.find(entry => entry.node === node)!
      expect(disk.partitions.length).toBeGreaterThanOrEqual(5)
      for (const {partition, bytes} of disk.partitions) {
        const folder = `/var/lib/riak/${backend}/${partitionIndex(partition, ring)}`
        const {stdout} = await cluster.inside(at + 1, ['du', '-sk', folder])
        // the client goes on writing a little
        expect(Math.abs(Number(stdout.split('\t')[0]) * 1024 - bytes)).toBeLessThan(200_000)
        // of a partition that was handed off an empty folder stays behind
        if (now.owners[partition] === node) expect(bytes).toBeGreaterThan(5e6)
      }
    }
    rmSync(file)
  })

  test('3 to 6 by grow next in a loop: nothing is begun before the last has settled', async () => {
    // the first is watched, and measures how fast transfers go
    expect(await next('--interval', '1s')).toMatchObject({code: 0})
    // a fresh member hands back what it held by itself: with production timers that takes minutes, and is fine
    const rest = await ringup('diagnose', '--json')
    expect(rest.code).toBe(0)
    expect(JSON.parse(rest.stdout)).toMatchObject({
      verdict: 'at-rest',
      causes: [{id: 'hinted-only', weight: 'fine'}],
    })
    const calls: (number | null)[] = []
    let held = 0
    for (let call = 0; call < 200; call += 1) {
      const before = writes()
      const {code, stdout, stderr} = await next('--no-wait')
      calls.push(code)
      if (code === 8) {
        held += 1
        expect(writes()).toBe(before)
        expect(stdout).toContain('has not settled')
      } else if (code !== 0 && code !== 3) throw new Error(`exit ${code}: ${stdout}\n${stderr}`)
      // a ring that is being agreed on is a gate as well
      if (code === 3) expect(stdout).toMatch(/ring-not-ready|not agreed|pending/)
      if (code === 0 && (JSON.parse(stdout) as {did: string}).did === 'nothing') break
      await new Promise(resolve => setTimeout(resolve, 4000))
    }

    expect(calls.at(-1)).toBe(0)
    // each call looks for some seconds whether something moves, so there are few of them a batch
    expect(held).toBeGreaterThanOrEqual(2)
    const runs = listRuns(state())
    expect(runs).toHaveLength(3)
    for (const [at, run] of runs.slice(0, -1).entries())
      expect(planOf(run).base.owners).toEqual(finalOwners(planOf(runs[at + 1]!)))
    const plan = planOf(runs[0]!)
    expect((await askSnapshot(doors.door(1), Date.now)).ring.owners).toEqual(finalOwners(plan))
  })

  test('every batch is done, as large as planned; from the second on the forecast is measured', async () => {
    const runs = [...listRuns(state())].reverse()
    for (const run of runs) {
      const {stdout} = await ringup('report', run, '--json')
      const report = JSON.parse(stdout) as {
        outcome: string
        faults: unknown[]
        bytes: {planned: number; actual: number}
        time: {planned: {p10: number; p50: number; p90: number}; actual: number}
      }
      const {planned, actual} = report.time
      const seconds = (ms: number): number => Math.round(ms / 1000)
      console.log(
        `${run}: forecast ${seconds(planned.p50)} s (${seconds(planned.p10)} to ${seconds(planned.p90)}), took ${seconds(actual)} s${run === runs[0] ? '' : ' at most'}; ${report.bytes.planned} bytes planned, ${report.bytes.actual} arrived`,
      )
      expect(report.outcome).toBe('done')
      expect(planOf(run).forecast.rates.basis).toBe(run === runs[0] ? 'assumed' : 'measured')
      expect(report.bytes.actual / report.bytes.planned).toBeGreaterThan(0.9)
      expect(report.bytes.actual / report.bytes.planned).toBeLessThan(1.1)
    }
  })

  test('an empty disk forecasts by what the hosts remember; where no run was watched, by Riak’s own logs', async () => {
    const rates = async (): Promise<Campaign['rates']> => {
      const {stdout} = await home.spawn(['grow', 'plan', '--until', '7', '--json'], {
        env: {
          RINGUP_INVENTORY: cluster.inventory,
          RINGUP_STATE_DIR: mkdtempSync(join(home.path, 'elsewhere-')),
        },
      })
      return (JSON.parse(stdout) as Campaign).rates
    }
    expect((await rates()).basis).toBe('measured')

    const forget = ['find', '/var/tmp', '-name', 'ringup-*.record.*', '-type', 'f', '-delete']
    for (const [at] of cluster.hosts.entries()) await cluster.inside(at + 1, forget)

    // the wire's 24 Mbit/s, alone or shared by two
    const logged = await rates()
    expect(logged.basis).toBe('logged')
    expect(logged.typical).toBeGreaterThan(0.8e6)
    expect(logged.typical).toBeLessThan(3.1e6)
  })

  test('no acknowledged write is lost, and every object is there', async () => {
    writer.stop()
    for (const [at] of cluster.hosts.entries()) await cluster.slow(at + 1, 0)
    expect(writer.acknowledged()).toBeGreaterThan(100)
    expect(writer.reads()).toBeGreaterThan(50)
    expect(await writer.lost()).toEqual([])
    expect(await cluster.verifyAll()).toEqual({checked: 900, bad: []})
  })

  const planOf = (run: string): Plan => {
    const [first] = readFileSync(journalFile(state(), run), 'utf8').split('\n')
    return (JSON.parse(first!) as {plan: Plan}).plan
  }
})
