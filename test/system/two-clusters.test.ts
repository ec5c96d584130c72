/**
 * A cluster is its ring, not what an inventory calls it: two rings of one name that share a state folder know nothing
 * of each other, and one ring that two inventories call differently is one.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type Lab, type LabOptions, startLab} from '../../src/lab/server/start-lab.ts'
import {type Plan, transferCount} from '../../src/plan/plan.ts'
import {type Home, type Ran, ringupHome} from '../support/ringup.ts'

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))
let home: Home
/** Both are called `practice`. */
let production: Lab
let staging: Lab
let running: ChildProcess | undefined

beforeEach(async () => {
  home = ringupHome()
  const options: LabOptions = {
    nodes: 3,
    spare: 2,
    ring: 16,
    speed: 20,
    seed: 4,
    bytes: 20e9,
    rate: 5e6,
    patience: 2500,
  }
  production = await startLab(options)
  staging = await startLab(options)
})
afterEach(async () => {
  running?.kill('SIGKILL')
  running = undefined
  await Promise.all([production.stop(), staging.stop()])
  home.remove()
})

const environment = (inventory: string) => ({
  RINGUP_INVENTORY: inventory,
  RINGUP_STATE_DIR: join(home.path, 'state'),
})
const on = ({inventoryFile}: Lab, ...args: string[]): Promise<Ran> =>
  home.run(args, {env: environment(inventoryFile)})
const throttle = (): string => join(home.path, 'state', 'throttle')
const records = (): string[] => readdirSync(throttle()).filter(name => name.endsWith('.json'))
const limits = (lab: Lab): number[] => ['r01', 'r02', 'r03'].map(name => lab.node(name).transferLimit)
const nodesOf = (lab: Lab): string[] => lab.hosts.filter(({isSpare}) => !isSpare).map(({node}) => node)

/** The inventory again, with another name for the same ring. */
function calledOtherwise({inventoryFile}: Lab, label: string): string {
  const file = join(home.path, `${label}.yaml`)
  writeFileSync(file, readFileSync(inventoryFile, 'utf8').replace(/^cluster: .*$/m, `cluster: ${label}`))
  return file
}

describe('what limits were', () => {
  it('is kept for each ring: setting, showing and bringing back on one leaves the other alone', async () => {
    expect(await on(production, 'throttle', 'set', '--node-limit', '4', '--yes')).toMatchObject({code: 0})

    // of staging nothing is said, shown or brought back
    expect((await on(staging, 'status')).stderr).toBe('')
    expect(JSON.parse((await on(staging, 'throttle', 'show', '--json')).stdout)).toMatchObject({
      originals: null,
    })
    expect(await on(staging, 'throttle', 'restore', '--yes')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('nothing to restore'),
    })
    expect(limits(production)).toEqual([4, 4, 4])
    expect((await on(production, 'status')).stderr).toContain('limits of practice are not as they were')

    // both changed: each has its own
    expect(await on(staging, 'throttle', 'set', '--node-limit', '5', '--yes')).toMatchObject({code: 0})
    expect(records()).toHaveLength(2)
    for (const [lab, limit] of [
      [production, 4],
      [staging, 5],
    ] as const) {
      const shown = JSON.parse((await on(lab, 'throttle', 'show', '--json')).stdout) as {
        originals: {node: string}[]
        limits: {transferLimit: number}[]
      }
      expect(shown.originals.map(({node}) => node)).toEqual(nodesOf(lab))
      expect(shown.limits.map(({transferLimit}) => transferLimit)).toEqual([limit, limit, limit])
    }
    expect(await on(staging, 'throttle', 'restore', '--yes')).toMatchObject({code: 0})
    expect([limits(production), limits(staging)]).toEqual([
      [4, 4, 4],
      [2, 2, 2],
    ])
    expect(await on(production, 'throttle', 'restore', '--yes')).toMatchObject({code: 0})
    expect(limits(production)).toEqual([2, 2, 2])
    expect(records()).toEqual([])
  })

  it('on one ring is not in the hands of a throttle auto on the other', async () => {
    running = spawn(
      process.execPath,
      [program, 'throttle', 'auto', '--yes', '--p99', '40ms', '--interval', '200ms', '--forever'],
      {
        env: {PATH: process.env.PATH!, HOME: home.path, ...environment(production.inventoryFile)},
        stdio: 'ignore',
      },
    )
    const ended = new Promise(resolve => running!.on('close', resolve))
    await expect.poll(() => Math.max(...limits(production)), {timeout: 20_000}).toBeGreaterThan(2)

    expect(await on(production, 'throttle', 'set', '--node-limit', '3', '--yes')).toMatchObject({code: 5})
    expect(await on(staging, 'throttle', 'set', '--node-limit', '3', '--yes')).toMatchObject({code: 0})
    expect(limits(staging)).toEqual([3, 3, 3])
    running.kill('SIGTERM')
    await ended
    expect(records()).toHaveLength(1)
    expect(limits(staging)).toEqual([3, 3, 3])
  })

  it('was kept by name before: the ring that it is of finds it, the other leaves it alone', async () => {
    await on(production, 'throttle', 'set', '--node-limit', '4', '--yes')
    const [written] = records()
    const {ring: _, ...older} = JSON.parse(readFileSync(join(throttle(), written!), 'utf8')) as {
      ring?: string
    }
    const kept = join(throttle(), 'practice.json')
    rmSync(join(throttle(), written!))
    writeFileSync(kept, JSON.stringify(older))

    expect(await on(staging, 'throttle', 'restore', '--yes')).toMatchObject({
      stderr: expect.stringContaining('nothing to restore'),
    })
    expect(await on(staging, 'throttle', 'set', '--node-limit', '6', '--yes')).toMatchObject({code: 0})
    expect(JSON.parse(readFileSync(kept, 'utf8'))).toEqual(older)
    expect(await on(production, 'throttle', 'restore', '--yes')).toMatchObject({code: 0})
    expect([limits(production), limits(staging)]).toEqual([
      [2, 2, 2],
      [6, 6, 6],
    ])
  })

  it('costs one ring nothing where the record of the other is damaged', async () => {
    await on(staging, 'throttle', 'set', '--node-limit', '4', '--yes')
    for (const name of records()) writeFileSync(join(throttle(), name), '{"v":1,"orig')

    expect(await on(production, 'throttle', 'set', '--node-limit', '5', '--yes')).toMatchObject({code: 0})
    expect(await on(production, 'throttle', 'restore', '--yes')).toMatchObject({code: 0})
    expect((await on(production, 'status')).stderr).toBe('')
    expect((await on(staging, 'status')).stderr).toContain('cannot be read')
    expect(await on(staging, 'throttle', 'restore', '--yes')).toMatchObject({code: 64})
  })

  it('is one for a ring that two inventories call differently', async () => {
    const otherwise = environment(calledOtherwise(production, 'Prod'))
    await on(production, 'throttle', 'set', '--node-limit', '4', '--yes')

    expect((await home.run(['status'], {env: otherwise})).stderr).toContain(
      'limits of Prod are not as they were',
    )
    expect(await home.run(['throttle', 'set', '--node-limit', '6', '--yes'], {env: otherwise})).toMatchObject(
      {code: 0},
    )
    expect(records()).toHaveLength(1)
    expect(await home.run(['throttle', 'restore', '--yes'], {env: otherwise})).toMatchObject({code: 0})
    expect(limits(production)).toEqual([2, 2, 2])
    expect((await on(production, 'status')).stderr).toBe('')
  })
})

describe('runs', () => {
  type Read = {progress?: {total: number; moved: number}; ring: {pending: number}}
  const status = async (lab: Lab): Promise<Read> =>
    JSON.parse((await on(lab, 'status', '--json')).stdout) as Read

  it('tell how much there is to move on their own ring, though another one has begun since', async () => {
    expect(await on(production, 'add', 'r04', '--yes', '--no-wait')).toMatchObject({code: 0})
    const {plan} = JSON.parse((await on(production, 'runs', 'show', '--json')).stdout) as {plan: Plan}
    const total = transferCount(plan)
    expect(await on(staging, 'add', 'r04', '--yes', '--no-wait')).toMatchObject({code: 0})
    // so far that Riak's own list has grown shorter
    const pending = (): number => production.node('r01').view.ring.pending.length
    for (let minutes = 0; pending() === total && minutes < 120; minutes += 1) production.skip(60_000)

    const read = await status(production)
    expect(read.ring.pending).toBeGreaterThan(0)
    expect(read.ring.pending).toBeLessThan(total)
    expect(read.progress!.total).toBe(total)
    const watched = JSON.parse((await on(production, 'watch', '--once', '--json')).stdout) as Read
    expect(watched.progress!.total).toBe(total)
    const otherwise = await home.run(['status', '--json'], {
      env: environment(calledOtherwise(production, 'Prod')),
    })
    expect((JSON.parse(otherwise.stdout) as Read).progress!.total).toBe(total)
  })
})
