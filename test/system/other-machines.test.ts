/** The practice ring on machines unlike this one: a loopback of one address, as macOS has, and other programs. */
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {Adoption} from '../../src/actions/adopt.ts'
import type {CheckReport} from '../../src/actions/check.ts'
import type {ExecReport} from '../../src/actions/exec.ts'
import type {TrustReport} from '../../src/actions/trust-report.ts'
import {askLock, type LockRecord} from '../../src/execute/lock.ts'
import type {LockVerb} from '../../src/execute/lock-script.ts'
import type {LabStatus} from '../../src/lab/server/control.ts'
import type {Door} from '../../src/riak/door.ts'
import {askStorage} from '../../src/riak/host/storage.ts'
import {askTrouble} from '../../src/riak/host/trouble.ts'
import {partitionIndex} from '../../src/ring/ring.ts'
import {
  busyboxPrograms,
  noBusybox,
  noOtherMachine,
  type OtherMachine,
  otherMachine,
  posixPrograms,
} from '../support/other-machine.ts'
import {type Home, type Ran, ringupHome} from '../support/ringup.ts'

let home: Home
let machine: OtherMachine
const file = (name: string): string => join(home.path, name)

beforeEach(() => {
  home = ringupHome()
})
afterEach(async () => {
  await ringup('lab', 'down')
  await machine.close()
  home.remove()
})

const ringup = (...args: string[]): Promise<Ran> =>
  home.spawn(args, {
    timeout: 150_000,
    by: machine.by,
    env: {
      ...machine.env,
      RINGUP_LAB_DIR: file('lab'),
      RINGUP_INVENTORY: file('lab/inventory.yaml'),
      RINGUP_STATE_DIR: file('state'),
    },
  })

/** What a command of exit 0 prints as JSON. */
async function told<Document>(...args: string[]): Promise<Document> {
  const {code, stdout, stderr} = await ringup(...args, '--json')
  expect({code, stderr: code === 0 ? '' : stderr}, args.join(' ')).toEqual({code: 0, stderr: ''})
  return JSON.parse(stdout) as Document
}

const up = (...more: string[]) =>
  told<LabStatus>(
    ...['lab', 'up', '--nodes', '3', '--spare', '2', '--ring', '16', '--speed', '300', '--seed', '5'],
    ...more,
  )

const add = (...hosts: string[]): Promise<Ran> => ringup('add', ...hosts, '--yes', '--interval', '100ms')

const because = (...reasons: readonly (string | undefined)[]): string =>
  reasons.find(reason => reason !== undefined) ?? ''

describe.skipIf(noOtherMachine)(`where loopback has 127.0.0.1 alone ${because(noOtherMachine)}`, () => {
  beforeEach(async () => {
    machine = await otherMachine()
  })

  it('hosts share it, with a port each, and are looked at', async () => {
    const {hosts} = await up()
    expect([...new Set(hosts.map(({address}) => address))]).toEqual(['127.0.0.1'])
    expect(hosts.map(({port}) => port)).toEqual(hosts.map((_, at) => hosts[0]!.port + at))
    expect(new Set(hosts.map(({node}) => node)).size).toBe(5)
    expect((await ringup('lab', 'status')).stdout).toContain(
      `127.0.0.1, ports ${hosts[0]!.port} to ${hosts.at(-1)!.port}`,
    )

    const {counts} = await told<CheckReport>('check')
    expect(counts.fail).toBe(0)
    const said = await ringup('exec', '--json', '--', 'hostname')
    expect((JSON.parse(said.stdout) as ExecReport).hosts).toMatchObject(
      hosts.map(({name}) => ({host: name, stdout: `${name}\n`})),
    )
    expect(await ringup('watch', '--once')).toMatchObject({code: 0})
    expect(await ringup('diagnose', '--for', '300ms', '--interval', '100ms')).toMatchObject({code: 0})
  })

  it('a cluster is grown there', async () => {
    await up()

    expect(await ringup('plan', '--add', 'r04', '--out', file('grow.json'))).toMatchObject({code: 0})
    expect(await ringup('apply', file('grow.json'), '--yes', '--interval', '100ms')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('every partition has the owner that was planned'),
    })
    expect(await ringup('throttle', 'set', '--node-limit', '3', '--yes')).toMatchObject({code: 0})
    expect(await ringup('throttle', 'restore', '--yes')).toMatchObject({code: 0})
    const next = ['--until', '5', '--per-day', '3', '--any-time', '--yes', '--interval', '100ms']
    expect(await ringup('grow', 'next', ...next)).toMatchObject({code: 0})
    expect(await ringup('status')).toMatchObject({code: 0, stdout: expect.stringContaining('5 members')})
  })

  it('host keys are known by address and port', async () => {
    const {hosts} = await up()
    const known = readFileSync(file('lab/known_hosts'), 'utf8')
    writeFileSync(
      file('lab/inventory.yaml'),
      readFileSync(file('lab/inventory.yaml'), 'utf8').replace(file('lab/known_hosts'), file('known')),
    )

    expect(await ringup('status')).toMatchObject({code: 6})
    const report = await told<TrustReport>('hosts', 'trust', '--from-file', file('lab/known_hosts'), '--yes')
    expect(report.hosts.map(({address}) => address)).toEqual(hosts.map(({port}) => `[127.0.0.1]:${port}`))
    expect(readFileSync(file('known'), 'utf8').trim().split('\n').sort()).toEqual(
      known.trim().split('\n').sort(),
    )
    expect(await ringup('status')).toMatchObject({code: 0})
  })

  it('init says that it cannot know the ports of the others', async () => {
    const {hosts} = await up()
    const adopt = (out: string, ...more: string[]) =>
      ringup(
        ...['init', '--from', `riakops@127.0.0.1:${hosts[1]!.port}`, '--cluster', 'c', '--out', file(out)],
        ...['--identity-file', file('lab/id_ed25519'), '--known-hosts', file('lab/known_hosts'), ...more],
      )

    expect(JSON.parse((await adopt('one.yaml', '--json')).stdout) as Adoption).toMatchObject({
      unsure: [hosts[0]!.node, hosts[2]!.node],
    })
    const {code, stderr} = await adopt('inventory.yaml')
    expect({code, stderr}).toEqual({
      code: 0,
      stderr: expect.stringContaining(
        `127.0.0.1:${hosts[1]!.port} leads to one member alone; how the others are reached from here is not known`,
      ),
    })
    const text = readFileSync(file('inventory.yaml'), 'utf8')
    expect(text).toContain(
      `{ name: r02, address: 127.0.0.1, ssh: { port: ${hosts[1]!.port} }, riak: { nodeName: "${hosts[1]!.node}" } }`,
    )
    expect(text).not.toMatch(/^ {2}port:/m)

    let edited = text
    for (const {node, port} of [hosts[0]!, hosts[2]!])
      edited = edited.replace(
        `address: ${node.slice('riak@'.length)},`,
        `address: 127.0.0.1, ssh: { port: ${port} },`,
      )
    writeFileSync(file('inventory.yaml'), edited)
    expect(await ringup('status', '-i', file('inventory.yaml'))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('c: 3 members, ring of 16'),
    })
  })

  it('ports may be given, side by side with others, and are refused where they are taken', async () => {
    const {hosts} = await up('--port', '2300', '--subnet', '127.77.1')
    expect(hosts.map(({node, port}) => `${node} ${port}`).slice(0, 2)).toEqual([
      'riak@127.77.1.10 2300',
      'riak@127.77.1.11 2301',
    ])

    const other = ['--dir', file('other')]
    const taken = await ringup('lab', 'up', '--port', '2299', ...other)
    expect(taken).toMatchObject({code: 3, stderr: expect.stringContaining('EADDRINUSE')})
    expect(await ringup('lab', 'up', '--port', '65530', ...other)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('--port 65530 leaves no ports for 8 hosts'),
    })
    expect(await ringup('lab', 'up', ...other)).toMatchObject({code: 0})
    expect(await ringup('lab', 'down', ...other)).toMatchObject({code: 0})
  })
})

describe.skipIf(noOtherMachine)(`with the programs that POSIX has ${because(noOtherMachine)}`, () => {
  it('the demo comes to its end, where loopback has 127.0.0.1 alone', {timeout: 180_000}, async () => {
    machine = await otherMachine(posixPrograms())
    const absent = await home.spawn(['--version'], {
      by: [...machine.by, 'sh', '-c', 'command -v stat timeout'],
    })
    expect(absent).toMatchObject({code: 127, stdout: ''})

    const {code, stdout} = await ringup('lab', 'demo')
    expect(stdout).toContain('hosts      127.0.0.1, ports ')
    expect(stdout).toContain('All 64 partitions have the owner that was planned')
    expect(code).toBe(0)
  })

  it('what is missing is named', async () => {
    machine = await otherMachine(
      new Map([...posixPrograms()].filter(([name]) => !/^(?:find|dd)$/.test(name))),
    )

    const {code, stderr} = await ringup('lab', 'up')
    expect(stderr).toContain('practice hosts need programs that are not in PATH: dd, find')
    expect(code).toBe(3)
    expect(existsSync(file('lab/inventory.yaml'))).toBe(false)
  })
})

/** A way to a host of that machine's programs, with its files below the test's own folder. */
const door = (): Door => ({
  host: 'r9',
  node: 'riak@r9',
  riak: ['env', 'riak'],
  eval: true,
  dataDir: file('data'),
  ask: async argv => {
    mkdirSync(file('host/var/tmp'), {recursive: true})
    const [program, ...words] = [...machine.by, ...argv]
    const {stdout, stderr, status} = spawnSync(
      program!,
      words.map(word => (word.startsWith('/var/') ? file(`host${word}`) : word)),
      {encoding: 'utf8', env: machine.env, timeout: 20_000},
    )
    return {stdout, stderr, code: status ?? undefined}
  },
})

const record = (run: string): LockRecord => ({
  ...{run, holder: 'ops', host: 'laptop', pid: 42, reason: 'a test', startedAt: 0, cluster: 'c'},
})

/** The lock's life on one host: what each verb says of whom. */
async function lockLife(): Promise<(readonly [outcome: string, ...states: string[]])[]> {
  const say = async (verb: LockVerb, run: string) => {
    const {outcome, claims} = await askLock(door(), verb, {token: run, record: record(run)})
    return [outcome, ...claims.map(({state, token}) => `${token} ${state}`)] as const
  }
  const first = [await say('acquire', 'one'), await say('acquire', 'two'), await say('keep', 'one')]
  const [claim] = readdirSync(file('host/var/tmp')).map(name => file(`host/var/tmp/${name}`))
  utimesSync(claim!, 1, 1)
  return [...first, await say('acquire', 'two'), await say('keep', 'one'), await say('clear', 'three')]
}

const life = [
  ['acquired', 'one own'],
  ['held', 'one fresh'],
  ['kept'],
  ['acquired', 'one expired', 'two own'],
  ['lost', 'two fresh'],
  ['released', 'two fresh'],
]

describe.skipIf(noOtherMachine)(
  `the lock, with the programs that POSIX has ${because(noOtherMachine)}`,
  () => {
    it('is taken, held against others, kept, taken over and cleared', async () => {
      machine = await otherMachine(posixPrograms())
      expect(await lockLife()).toEqual(life)
    })
  },
)

describe.skipIf(noOtherMachine ?? noBusybox)(
  `with the programs of busybox ${because(noOtherMachine, noBusybox)}`,
  () => {
    beforeEach(async () => {
      machine = await otherMachine(busyboxPrograms())
    })

    it('hosts carry out a run', async () => {
      await up()

      expect(await add('r04')).toMatchObject({code: 0})
      expect(await ringup('status')).toMatchObject({code: 0, stdout: expect.stringContaining('4 members')})
    })

    it('the lock is taken, held against others, kept, taken over and cleared', async () => {
      expect(await lockLife()).toEqual(life)
    })

    it('a data volume and the log of Riak are read', async () => {
      const index = partitionIndex(3, 16)
      const data = file(`data/bitcask/${index}`)
      mkdirSync(data, {recursive: true})
      writeFileSync(join(data, '1.bitcask.data'), Buffer.alloc(300_000, 1))
      mkdirSync(file('log'))
      const transfer = `ownership transfer of riak_kv_vnode from 'riak@r9' ${index} to 'riak@r8' ${index}`
      writeFileSync(
        file('log/console.log'),
        `x ${transfer} completed: sent 2.00 GB bytes in 9 of 9 objects in 40 seconds (50.00 MB/second)\nx ${transfer} failed because of closed\n`,
      )

      const {partitions, transfers, size, used} = await askStorage(door(), {partitions: 16, owns: true})
      expect(partitions.map(({partition}) => partition)).toEqual([3])
      expect(partitions[0]!.bytes).toBeGreaterThanOrEqual(300_000)
      expect(transfers).toEqual([{from: 'riak@r9', to: 'riak@r8', bytesPerSecond: 50 * 2 ** 20}])
      expect(used).toBeLessThan(size)
      expect(await askTrouble(door(), 16)).toMatchObject([{kind: 'connection', partition: 3}])
    })
  },
)
