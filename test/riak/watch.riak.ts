/**
 * What keeps handoff from going on, set on real nodes while ownership moves over slow wires, and named by the built
 * CLI; limits changed, brought back, and brought back after the process that changed them was killed.
 */
import {spawn} from 'node:child_process'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {askSnapshot} from '../../src/riak/ring/ask-snapshot.ts'
import type {Snapshot} from '../../src/ring/snapshot.ts'
import type {Diagnosis} from '../../src/watch/diagnosis.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {type RealCluster, startRealCluster} from './cluster.ts'
import {describeRiak} from './describe-riak.ts'
import {type Doors, openDoors} from './doors.ts'

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))

describeRiak('what is wrong with real Riak', () => {
  let cluster: RealCluster
  let doors: Doors
  let home: Home
  const env = () => ({RINGUP_INVENTORY: cluster.inventory, RINGUP_STATE_DIR: join(home.path, 'state')})
  const ringup = (...args: string[]) => home.spawn(args, {env: env(), timeout: 200_000})
  const look = (member = 1): Promise<Snapshot> => askSnapshot(doors.door(member), Date.now)
  const diagnosed = async (): Promise<Diagnosis & {code: number | null}> => {
    const {code, stdout, stderr} = await ringup('diagnose', '--for', '15s', '--interval', '1s', '--json')
    if (stdout === '') throw new Error(stderr)
    const diagnosis = JSON.parse(stdout) as Diagnosis
    console.log(
      `${diagnosis.verdict}: ${diagnosis.causes.map(({id, message}) => `${id} (${message})`).join('; ')}`,
    )
    return {...diagnosis, code}
  }
  const ids = ({causes}: Diagnosis): string[] => causes.map(({id}) => id)
  const set = (...args: string[]) => ringup('throttle', 'set', ...args, '--yes', '--kill-transfers')
  const restore = () => ringup('throttle', 'restore', '--yes', '--kill-transfers')
  /** ends what is under way, so that nothing is left to go on beside a cause */
  const killTransfers = async (): Promise<void> => {
    expect(await set('--no-outbound')).toMatchObject({code: 0})
    expect(await restore()).toMatchObject({code: 0})
  }

  beforeAll(async () => {
    home = ringupHome()
    cluster = await startRealCluster({nodes: 3, spare: 2, ring: 16, diskMegabytes: 700})
    doors = openDoors(cluster.inventory)
    await cluster.join(3)
    await cluster.load(900, 100_000)
    // transfers of 17 MB over 1 Mbit/s last for more than two minutes each
    for (const [at] of cluster.hosts.entries()) await cluster.slow(at + 1, 1)
    const added = await ringup('add', 'r4', '--yes', '--no-wait')
    if (added.code !== 0) throw new Error(added.stderr)
  }, 400_000)
  afterAll(async () => {
    doors?.close()
    await cluster?.down()
    home?.remove()
  })

  test('a healthy growth: it moves, and nothing is wrong', async () => {
    const {verdict, causes, code} = await diagnosed()

    expect(['moving', 'stalled']).toContain(verdict)
    expect(causes.filter(({weight}) => weight === 'stops')).toEqual([])
    expect([0, 9]).toContain(code)
  }, 120_000)

  test('limit 0', async () => {
    expect(await set('--node-limit', '0')).toMatchObject({code: 0})
    expect((await look()).nodes.every(({transferLimit}) => transferLimit === 0)).toBe(true)

    const diagnosis = await diagnosed()

    expect(ids(diagnosis)).toContain('limit-zero')
    expect(diagnosis).toMatchObject({verdict: 'stalled', code: 9})
    expect(await restore()).toMatchObject({code: 0})
    expect((await look()).nodes.every(({transferLimit}) => transferLimit === 2)).toBe(true)
  }, 200_000)

  test('both limits set, and brought back as they were', async () => {
    expect(await set('--node-limit', '5', '--cluster-limit', '20')).toMatchObject({code: 0})
    expect(
      (await look()).nodes.map(({transferLimit, clusterLimit}) => [transferLimit, clusterLimit]),
    ).toEqual(Array.from({length: 4}, () => [5, 20]))
    expect(await restore()).toMatchObject({code: 0})
    expect(
      (await look()).nodes.map(({transferLimit, clusterLimit}) => [transferLimit, clusterLimit]),
    ).toEqual(Array.from({length: 4}, () => [2, undefined]))
  }, 120_000)

  test('throttle auto killed by kill -9: the next command says so, and the limits come back', async () => {
    const child = spawn(
      process.execPath,
      [program, 'throttle', 'auto', '--p99', '10s', '--interval', '1s', '--forever', '--yes'],
      {env: {...env(), PATH: process.env.PATH!, HOME: home.path}, stdio: ['ignore', 'ignore', 'pipe']},
    )
    let said = ''
    child.stderr.on('data', chunk => {
      said += chunk
    })
    await expect.poll(() => said, {timeout: 90_000}).toMatch(/limit 3 -> 4/)
    child.kill('SIGKILL')
    await new Promise(resolve => child.on('close', resolve))

    expect((await ringup('status')).stderr).toContain('ended without bringing them back')
    expect(await restore()).toMatchObject({code: 0})
    expect(
      (await look()).nodes.map(({transferLimit, clusterLimit}) => [transferLimit, clusterLimit]),
    ).toEqual(Array.from({length: 4}, () => [2, undefined]))
  }, 200_000)

  test('handoff disabled', async () => {
    expect(await set('--no-outbound')).toMatchObject({code: 0})

    const diagnosis = await diagnosed()

    expect(ids(diagnosis)).toContain('handoff-disabled')
    expect(diagnosis).toMatchObject({verdict: 'stalled', code: 9})
    expect(await restore()).toMatchObject({code: 0})
  }, 200_000)

  test('the handoff port closed one way', async () => {
    const lifts = await Promise.all([1, 2, 3].map(from => cluster.block(from, 4, 8099)))
    await killTransfers()

    const diagnosis = await diagnosed()

    expect(ids(diagnosis)).toContain('one-sided')
    for (const lift of lifts) await lift()
  }, 200_000)

  test('a full data volume at the target', async () => {
    const folder = '/var/lib/riak'
    await cluster.inside(4, ['sh', '-c', `dd if=/dev/zero of=${folder}/filler bs=1M 2>/dev/null; true`])

    const diagnosis = await diagnosed()

    expect(ids(diagnosis)).toContain('disk-full')
    await cluster.inside(4, ['rm', '-f', `${folder}/filler`])
  }, 200_000)

  test('a member killed', async () => {
    await cluster.kill(2)

    const diagnosis = await diagnosed()

    expect(ids(diagnosis)).toContain('member-down')
    await cluster.start(2)
  }, 200_000)

  test('the claimant stopped', async () => {
    const {ring} = await look()
    const claimant = cluster.hosts.findIndex(({node}) => node === ring.claimant) + 1
    await cluster.stop(claimant)

    const diagnosis = await diagnosed()

    expect(ids(diagnosis)).toContain('claimant-down')
    await cluster.start(claimant)
  }, 200_000)

  test('at rest again: hinted handoffs are fine; a staged join freezes', async () => {
    for (const [at] of cluster.hosts.entries()) await cluster.slow(at + 1, 0)
    await cluster.settled(4, 280_000)
    const rest = await diagnosed()
    expect(['at-rest', 'trouble']).toContain(rest.verdict)
    expect(rest.causes.filter(({weight}) => weight === 'stops')).toEqual([])

    await cluster.start(5)
    await expect
      .poll(
        async () =>
          (await cluster.inside(5, ['riak', 'admin', 'cluster', 'join', cluster.host(1).node])).stdout,
        {
          timeout: 60_000,
          interval: 3000,
        },
      )
      .toContain('Success: staged join request')
    await expect.poll(async () => ids(await diagnosed()), {timeout: 60_000}).toContain('staged')
    const {verdict, code} = await diagnosed()
    expect([verdict, code]).toEqual(['stalled', 9])
  }, 500_000)
})
