/** Limits changed and brought back, on a practice ring, also after the process that changed them was killed. */
import {type ChildProcess, spawn} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, describe, expect, it} from 'vitest'
import type {LabOptions} from '../../src/lab/server/start-lab.ts'
import {eachTestItsOwn, home, lab, startRing} from '../support/each-test.ts'

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))
eachTestItsOwn()
let running: ChildProcess | undefined

afterEach(() => {
  running?.kill('SIGKILL')
  running = undefined
})

const start = (options: LabOptions = {}) =>
  startRing({
    nodes: 4,
    spare: 1,
    ring: 32,
    speed: 60,
    seed: 4,
    bytes: 40e9,
    patience: 2500,
    ...options,
  })
const ringup = (...args: string[]) =>
  home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile, RINGUP_STATE_DIR: join(home.path, 'state')}})
const limits = () =>
  ['r01', 'r02', 'r03', 'r04'].map(name => {
    const {transferLimit, clusterLimit, inbound, outbound} = lab.node(name)
    return {transferLimit, clusterLimit, inbound, outbound}
  })
const usual = {transferLimit: 2, clusterLimit: undefined, inbound: true, outbound: true}
/** Files are named for the ring, not for what the inventory calls it. */
const ring = (): string => {
  const {node, at} = lab.node('r01').cluster.name
  return encodeURIComponent(`${node}/${(at / 1000).toFixed(6)}`)
}
const record = (): string => join(home.path, 'state', 'throttle', `${ring()}.json`)
const log = (): {type: string; why?: string}[] =>
  readFileSync(join(home.path, 'state', 'throttle', `${ring()}.log.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as {type: string; why?: string})

/** `throttle auto` as a process of its own; resolves with it once it has said something that matches. */
function auto(
  args: readonly string[],
  until: RegExp,
): Promise<{child: ChildProcess; ended: Promise<number | null>; said: () => string}> {
  const child = spawn(process.execPath, [program, 'throttle', 'auto', '--yes', ...args], {
    env: {
      PATH: process.env.PATH!,
      HOME: home.path,
      RINGUP_INVENTORY: lab.inventoryFile,
      RINGUP_STATE_DIR: join(home.path, 'state'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running = child
  let text = ''
  const ended = new Promise<number | null>(resolve => child.on('close', code => resolve(code)))
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      text += chunk
      if (until.test(text)) resolve({child, ended, said: () => text})
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('close', () => reject(new Error(`ended before it said ${until}: ${text}`)))
  })
}

describe('throttle', () => {
  it('set, show and restore: both limits, and whether handoff is on', async () => {
    await start()
    expect(await ringup('throttle', 'show')).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining('was'),
    })

    const set = await ringup(
      'throttle',
      'set',
      '--node-limit',
      '5',
      '--cluster-limit',
      '20',
      '--yes',
      '--json',
    )
    expect(set).toMatchObject({code: 0})
    expect(JSON.parse(set.stdout)).toMatchObject({schema: 'ringup/limits/1', changed: expect.any(Array)})
    expect(limits()).toEqual(Array.from({length: 4}, () => ({...usual, transferLimit: 5, clusterLimit: 20})))
    expect(await ringup('throttle', 'set', 'r02', '--no-inbound', '--yes')).toMatchObject({code: 0})
    expect(lab.node('r02').inbound).toBe(false)
    expect((await ringup('throttle', 'show')).stdout).toMatch(/OFF \(was on\)/)

    // every other command says so, and does its work
    expect(existsSync(record())).toBe(true)
    const status = await ringup('status')
    expect(status.stderr).toContain('limits of practice are not as they were: changed by throttle set')
    expect(status.stderr).toContain('ringup throttle restore')

    // the originals are those of before the first change
    expect(await ringup('throttle', 'restore', '--yes')).toMatchObject({code: 0})
    expect(limits()).toEqual(Array.from({length: 4}, () => usual))
    expect(existsSync(record())).toBe(false)
    expect((await ringup('status')).stderr).toBe('')
    expect(await ringup('throttle', 'restore', '--yes')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('nothing to restore'),
    })
    expect(await ringup('throttle', 'set', '--yes')).toMatchObject({code: 64})
    expect(await ringup('throttle', 'set', '--node-limit', '3')).toMatchObject({code: 64})
  })

  it('says how many bytes would be sent again, and ends no transfer unless that is meant', async () => {
    await start({speed: 20, rate: 15e6})
    await ringup('add', 'r05', '--yes', '--no-wait')
    await expect.poll(() => lab.node('r05').handoffs.length, {timeout: 20_000}).toBeGreaterThan(0)
    lab.skip(6000)
    const killed = lab.counters().transfersKilled

    const refused = await ringup('throttle', 'set', '--node-limit', '0', '--yes')
    expect(refused).toMatchObject({code: 3})
    expect(refused.stderr).toMatch(
      /would end \d+ transfers? under way .*up to [\d.]+ [GM]B would be sent again/,
    )
    expect(refused.stderr).toContain('--kill-transfers')
    expect(lab.counters().transfersKilled).toBe(killed)
    expect(existsSync(record())).toBe(false)

    // the cluster's limit ends none
    expect(await ringup('throttle', 'set', '--cluster-limit', '1', '--yes')).toMatchObject({code: 0})
    expect(lab.counters().transfersKilled).toBe(killed)

    expect(await ringup('throttle', 'set', '--node-limit', '0', '--kill-transfers', '--yes')).toMatchObject({
      code: 0,
    })
    expect(lab.counters().transfersKilled).toBeGreaterThan(killed)
    expect(await ringup('throttle', 'restore', '--yes')).toMatchObject({code: 0})
    expect(limits()).toEqual(Array.from({length: 4}, () => usual))
  })

  it('auto raises what clients can bear, keeps its reasons, and brings everything back when all has moved', async () => {
    // long enough that a slow machine has begun to look before all has moved
    await start({speed: 100, rate: 15e6})
    await ringup('add', 'r05', '--yes', '--no-wait')

    const {code, stdout, stderr} = await ringup(
      'throttle',
      'auto',
      '--p99',
      '40ms',
      '--interval',
      '200ms',
      '--yes',
      '--json',
    )

    expect(stderr).toContain('limit 2 -> 3')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({restored: true, highest: expect.any(Number)})
    expect((JSON.parse(stdout) as {highest: number}).highest).toBeGreaterThan(2)
    expect(limits()).toEqual(Array.from({length: 4}, () => usual))
    expect(existsSync(record())).toBe(false)
    expect(
      log()
        .filter(({type}) => type === 'decided')
        .every(({why}) => why !== ''),
    ).toBe(true)
    expect(log().at(-1)).toMatchObject({type: 'restored'})
  })

  it('auto ended by Ctrl-C brings the limits back', async () => {
    await start({speed: 10})
    await ringup('add', 'r05', '--yes', '--no-wait')
    const {child, ended} = await auto(['--p99', '40ms', '--interval', '300ms'], /limit 3 -> 4/)

    child.kill('SIGINT')

    expect(await ended).toBe(130)
    expect(limits()).toEqual(Array.from({length: 4}, () => usual))
    expect(existsSync(record())).toBe(false)
  })

  it.each([1, 3, 6])(
    'auto killed at line %d of its log: the next command says so, and restore brings the limits back',
    async line => {
      await start({speed: 10})
      await ringup('add', 'r05', '--yes', '--no-wait')
      const {child, ended} = await auto(['--p99', '40ms', '--interval', '200ms'], /limit /)
      await expect.poll(() => log().length, {interval: 5, timeout: 20_000}).toBeGreaterThanOrEqual(line)
      child.kill('SIGKILL')
      await ended

      const {stderr} = await ringup('status')
      expect(stderr).toContain('changed by throttle auto')
      expect(stderr).toContain('ended without bringing them back')
      expect(await ringup('throttle', 'restore', '--yes', '--kill-transfers')).toMatchObject({code: 0})
      expect(limits()).toEqual(Array.from({length: 4}, () => usual))
      expect((await ringup('status')).stderr).toBe('')
    },
  )

  it('auto goes to the floor when nothing is told, and two of them do not share a cluster', async () => {
    await start({speed: 10})
    await ringup('add', 'r05', '--yes', '--no-wait')
    const {child, ended, said} = await auto(['--p99', '40ms', '--interval', '200ms', '--forever'], /limit /)

    expect(await ringup('throttle', 'set', '--node-limit', '3', '--yes')).toMatchObject({code: 5})
    expect(await ringup('throttle', 'auto', '--p99', '9ms', '--yes')).toMatchObject({code: 5})
    for (const {name} of lab.hosts.slice(1)) await lab.fault({fault: 'unreachable', host: name, riak: false})
    await expect.poll(said, {timeout: 20_000}).toMatch(/no latency was told: down to the floor of 1/)
    for (const {name} of lab.hosts) await lab.fault({fault: 'reachable', host: name})
    child.kill('SIGTERM')
    expect(await ended).toBe(143)
    expect(limits()).toEqual(Array.from({length: 4}, () => usual))
  })
})
