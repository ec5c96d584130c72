/** Campaigns as an operator or a CI job walks them: the built CLI on a practice ring. */
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {LabOptions} from '../../src/lab/server/start-lab.ts'
import type {Plan} from '../../src/plan/plan.ts'
import type {Snapshot} from '../../src/ring/snapshot.ts'
import {eachTestItsOwn, home, lab, startRing, writes} from '../support/each-test.ts'
import type {Ran} from '../support/ringup.ts'

eachTestItsOwn()

const start = (options: LabOptions = {}) =>
  startRing({nodes: 3, spare: 3, ring: 16, speed: 200, seed: 5, ...options})

const ringup = (...args: string[]): Promise<Ran> =>
  home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile}})
const growing = (perDay: number, more: readonly string[]): Promise<Ran> =>
  ringup('grow', 'next', '--yes', '--until', '6', '--per-day', String(perDay), '--interval', '100ms', ...more)
const next = (...more: string[]): Promise<Ran> => growing(2, more)
/** one node a day */
const nextOne = (...more: string[]): Promise<Ran> => growing(1, more)
const members = (): number =>
  lab.node('r01').cluster.ring.members.filter(({status}) => status !== 'invalid').length
const file = (name: string): string => join(home.path, name)

describe('grow next', () => {
  it('counts a node that joined once, and not one that took the place of another', async () => {
    await start()
    await ringup('plan', '--add', 'r04', '--out', file('once.json'))
    for (let times = 0; times < 2; times += 1)
      expect(await ringup('apply', file('once.json'), '--yes', '--interval', '100ms')).toMatchObject({
        code: 0,
      })
    expect(await ringup('replace', 'r03', 'r05', '--yes', '--interval', '100ms')).toMatchObject({code: 0})

    const {stdout} = await nextOne()

    expect(stdout).toBe('nothing due: 1 node joined today, 1 a day\n')
  })

  it('does a day’s batch and no more, and says what is due when nothing is', async () => {
    await start()

    const first = await next('--json')
    expect(first).toMatchObject({code: 0})
    expect(JSON.parse(first.stdout)).toMatchObject({
      schema: 'ringup/grow-next/1',
      did: 'batch',
      nodes: 5,
      run: {outcome: 'done'},
    })
    expect(members()).toBe(5)

    const sent = writes()
    expect(await next()).toMatchObject({code: 0, stdout: 'nothing due: 2 nodes joined today, 2 a day\n'})
    expect(await next('--window', closedWindow())).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^nothing due: the window opens \d{4}-\d\d-\d\d \d\d:\d\d UTC\n$/),
    })
    expect(writes()).toEqual(sent)

    // the last of the hosts, and then there is nothing left to do
    expect(await next('--any-time')).toMatchObject({code: 0})
    expect(members()).toBe(6)
    expect(await next('--any-time')).toMatchObject({code: 0, stdout: 'done: 6 nodes, 6 were wanted\n'})
    const more = await ringup('grow', 'next', '--yes', '--any-time', '--until', '9')
    expect(more).toMatchObject({code: 3, stderr: expect.stringContaining('no host of the inventory is left')})
  })

  it('waits for the last batch to settle (exit 8), verifies it, and only then begins the next', async () => {
    // it moves while it is asked about, and no longer: a slow machine sees the same
    await start({speed: 25, bytes: 9e9, rate: 20e6, patience: 300})

    expect(await nextOne('--no-wait')).toMatchObject({code: 0})
    const sent = writes()
    const held = await nextOne('--any-time')
    expect(held).toMatchObject({code: 8, stderr: expect.stringContaining('has not settled')})
    expect(writes()).toEqual(sent)

    lab.skip(3600e3)
    const after = await nextOne('--any-time', '--json')

    expect(after).toMatchObject({code: 0})
    expect(JSON.parse(after.stdout)).toMatchObject({did: 'batch', nodes: 5, resumed: {outcome: 'done'}})
    const {stdout} = await ringup('runs', 'list')
    expect(stdout.match(/ done /g)).toHaveLength(2)
  })

  it('goes on with a run that was cut off, before anything else', async () => {
    await start()
    await lab.fault({fault: 'loseAnswer', host: 'r01', match: 'cluster commit'})
    const lost = await nextOne()
    expect(lost.code).toBe(0)

    // a run that stopped with its join staged
    await lab.fault({fault: 'otherPlan', on: true})
    expect((await nextOne('--any-time')).code).not.toBe(0)
    await lab.fault({fault: 'otherPlan', on: false})
    const again = await nextOne('--any-time', '--json')

    expect(again).toMatchObject({code: 0})
    expect(JSON.parse(again.stdout)).toMatchObject({resumed: {outcome: 'done'}})
    expect(lab.counters().joins).toBe(members() - 3)
  })

  it('is held back by a risk (exit 3), and goes on when that is accepted, which the journal keeps', async () => {
    await start({bytes: 6e9})
    await lab.fault({fault: 'diskSize', host: 'r04', size: 5e9})

    const held = await nextOne()
    expect(held).toMatchObject({code: 3, stderr: expect.stringContaining('disk-peak')})
    expect(writes()).toEqual([])

    const accepted = await nextOne('--accept', 'disk-peak', '--json', '--no-wait')
    expect(accepted).toMatchObject({code: 0})
    const {run} = JSON.parse(accepted.stdout) as {run: {journal: string}}
    const [line] = readFileSync(run.journal, 'utf8').split('\n')
    expect((JSON.parse(line!) as {plan: Plan}).plan.accepted).toEqual(['disk-peak'])
  })

  it('asks for a terminal or --yes, and for how far to grow', async () => {
    await start()
    expect(await ringup('grow', 'next', '--until', '6')).toMatchObject({code: 64})
    expect(await ringup('grow', 'next', '--yes')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('--until 80'),
    })
    expect(await next('--window', '25:00-06:00')).toMatchObject({code: 64})
  })
})

/** Hours that are not now, by the clock of the process that is asked. */
function closedWindow(): string {
  const two = (hour: number): string => String(hour % 24).padStart(2, '0')
  const hour = new Date().getUTCHours()
  return `${two(hour + 3)}:00-${two(hour + 5)}:00`
}

describe('grow plan and grow status', () => {
  it('forecasts from a snapshot file without asking anybody, and tells drift and batches afterwards', async () => {
    await start()
    expect(await ringup('snapshot', '--out', file('ring.json'))).toMatchObject({code: 0})
    const {storage} = JSON.parse(readFileSync(file('ring.json'), 'utf8')) as Snapshot
    expect(storage).toHaveLength(6)
    const asked = lab.commands.length

    const args = ['grow', 'plan', '--until', '6', '--per-day', '2', '--from-snapshot', file('ring.json')]
    const planned = await ringup(...args, '--ingest', '1GB', '--out', file('campaign.json'), '--solve')

    expect(planned).toMatchObject({code: 0, stdout: expect.stringContaining('keeps up: 6 nodes')})
    expect(planned.stdout).toContain('The fewest that keep up: 1 a day.')
    expect((await ringup(...args, '--json')).stdout).toBe((await ringup(...args, '--json')).stdout)
    expect(lab.commands.length).toBe(asked)
    for (const line of planned.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)

    await next()
    const status = await ringup(
      'grow',
      'status',
      file('campaign.json'),
      '--until',
      '6',
      '--per-day',
      '2',
      '--json',
    )
    expect(status).toMatchObject({code: 0})
    expect(JSON.parse(status.stdout)).toMatchObject({
      schema: 'ringup/grow-status/1',
      nodes: 5,
      unrest: [],
      unfinished: null,
      next: {hosts: ['r06']},
      batches: [{day: 1, nodes: [expect.any(String), expect.any(String)]}],
      drift: {forecastNodes: 5, nodes: 0, days: 0},
    })
  })

  it('refuses a campaign that was changed by hand, and names what is wrong with flags', async () => {
    await start()
    await ringup('grow', 'plan', '--until', '6', '--out', file('campaign.json'))
    writeFileSync(
      file('campaign.json'),
      readFileSync(file('campaign.json'), 'utf8').replace('"perDay": 1', '"perDay": 9'),
    )
    expect(await ringup('report', file('campaign.json'))).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('its digest does not fit'),
    })
    expect(await ringup('grow', 'plan', '--until', '6', '--start', '2026-02-31')).toMatchObject({code: 64})
    expect(await ringup('grow', 'plan', '--until', '6', '--ingest', 'much')).toMatchObject({code: 64})
    expect(await ringup('grow', 'plan', '--until', '6', '--rate', 'fast')).toMatchObject({code: 64})
  })
})

describe('reports', () => {
  it('of a plan in all its forms, and of the run that carried it out', async () => {
    await start()
    await ringup('plan', '--add', 'r04', '--out', file('plan.json'))
    for (const format of ['text', 'markdown', 'html', 'svg', 'json'])
      expect(
        await ringup('report', file('plan.json'), '--format', format, '--out', file(`plan.${format}`)),
      ).toMatchObject({
        code: 0,
      })
    expect(readFileSync(file('plan.json'), 'utf8')).toBe(readFileSync(file('plan.json'), 'utf8'))
    expect(readFileSync(file('plan.svg'), 'utf8')).toMatch(/^<svg /)
    expect(await ringup('plan', '--add', 'r04', '--format', 'markdown')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^### ringup plan: practice can be carried out/),
    })
    expect(await ringup('report', file('plan.json'), '--format', 'svg', '--figure', 'pie')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('--figure disks | transfers'),
    })

    expect(await ringup('apply', file('plan.json'), '--yes', '--interval', '100ms')).toMatchObject({code: 0})
    const {stdout} = await ringup('report', '--json')
    const report = JSON.parse(stdout) as {bytes: {planned: number; actual: number}; partitions: object}
    expect(report).toMatchObject({schema: 'ringup/run-report/1', outcome: 'done', faults: []})
    expect(report.bytes.actual / report.bytes.planned).toBeCloseTo(1, 1)
    expect(await ringup('runs', 'show', 'nothing-like-it')).toMatchObject({code: 64})
    expect(existsSync(file('plan.html'))).toBe(true)
  })

  it('the next forecast is made of what this run measured', async () => {
    await start({bytes: 12e9, speed: 100})
    const before = JSON.parse((await ringup('plan', '--add', 'r04', '--json')).stdout) as Plan
    expect(before.forecast.rates.basis).toBe('assumed')
    await ringup('add', 'r04', '--yes', '--interval', '50ms')

    const after = JSON.parse((await ringup('plan', '--add', 'r05', '--json')).stdout) as Plan

    expect(after.forecast.rates).toMatchObject({basis: 'measured', sources: 1})
    // the practice ring's rate is 60 MB/s
    expect(after.forecast.rates.typical).toBeGreaterThan(45e6)
    expect(after.forecast.rates.typical).toBeLessThan(70e6)
    const stated = JSON.parse(
      (await ringup('plan', '--add', 'r05', '--rate', '5MB/s', '--json')).stdout,
    ) as Plan
    expect(stated.forecast.rates).toMatchObject({basis: 'stated', typical: 5e6})
  })
})

describe('plan --order', () => {
  it('says that what is asked stays below the limit, or what else would', async () => {
    await start({bytes: 6e9})
    expect(await ringup('plan', '--add', 'r04,r05', '--order')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('As asked it stays below the limit.'),
    })
    await lab.fault({fault: 'diskSize', host: 'r04', size: 5e9})

    const blocked = await ringup('plan', '--add', 'r04', '--order', '--json')

    expect(blocked.code).toBe(3)
    const {error} = JSON.parse(blocked.stdout) as {
      error: {facts?: {order?: {best: unknown; ways: unknown[]}}}
    }
    expect(error.facts!.order!.ways.length).toBeGreaterThan(2)
  })
})
