/** The practice ring as ringup sees it: over SSH, with its own known_hosts, its own questions and its own reading. */
import {existsSync, statSync} from 'node:fs'
import {connect} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openFleet} from '../../src/fleet/fleet.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import type {Door} from '../../src/riak/door.ts'
import {writeCommands} from '../../src/riak/mutation.ts'
import {askDataFile, askPing, askServices} from '../../src/riak/query.ts'
import {askSnapshot} from '../../src/riak/ring/ask-snapshot.ts'
import type {Snapshot} from '../../src/ring/snapshot.ts'
import {openPool} from '../../src/ssh/pool.ts'
import {type LabDoors, labDoors} from '../support/lab-doors.ts'

let lab: Lab
let doors: LabDoors

beforeAll(async () => {
  lab = await startLab({nodes: 5, spare: 2, ring: 64, speed: 100, seed: 5})
  doors = labDoors(lab)
})
afterAll(async () => {
  doors.close()
  await lab.stop()
})

/** Without `env`, as where sudo is allowed for riak alone: then ringup asks by nodetool. */
const withoutEnv = (door: Door): Door => ({
  ...door,
  ask: async (argv, options) =>
    argv.includes('env')
      ? {stdout: '', stderr: 'sudo: a password is required\n', code: 1}
      : door.ask(argv, options),
})

function expectModel(snapshot: Snapshot): void {
  const node = lab.node('r01')
  const {ring} = node.view
  expect(snapshot.ring).toMatchObject({
    partitions: ring.partitions,
    owners: ring.owners,
    members: ring.members,
    claimant: ring.claimant,
    pending: ring.pending,
    locations: ring.locations,
  })
  expect(snapshot.claim).toEqual(lab.world().settings.claim)
  expect(snapshot.seed).toEqual(lab.node('r01').memory.seed.map(String))
  expect(snapshot.staged).toEqual([])
  expect(snapshot.nodes.map(facts => facts.node)).toEqual(ring.members.map(member => member.node))
  for (const facts of snapshot.nodes)
    expect(facts).toMatchObject({
      version: '3.2.3',
      otp: '25',
      transferLimit: 2,
      inbound: true,
      outbound: true,
    })
}

describe('a practice host', () => {
  it('tells ringup the ring of the model, asked by erl_call', async () => {
    const before = lab.commands.length
    expectModel(await askSnapshot(doors.door('r01'), Date.now))
    expect(lab.commands.slice(before).map(({argv}) => argv.slice(0, 5))).toEqual([
      ['sudo', 'env', 'USE_NODETOOL=false', 'riak', 'eval'],
    ])
  })

  it('tells it the same by nodetool', async () => {
    const before = lab.commands.length
    expectModel(await askSnapshot(withoutEnv(doors.door('r01')), Date.now))
    expect(lab.commands.slice(before).map(({argv}) => argv.slice(0, 3))).toEqual([['sudo', 'riak', 'eval']])
  })

  it('answers what else ringup asks', async () => {
    expect(await askPing(doors.door('r01'))).toEqual({outcome: 'running'})
    expect(await askServices(doors.door('r01'), {admin: 'word'})).toContain('riak_kv')
    expect(await askDataFile(doors.door('r01'))).toMatch(/^\/var\/lib\/riak\//)
    expect(await askDataFile(doors.door('r06'))).toBeUndefined()
    expect(await askServices(doors.door('r06'), {admin: 'word'})).toEqual([])
  })

  it('gives back every byte, stderr and status, on many channels at once', async () => {
    const answers = await Promise.all(
      Array.from({length: 20}, (_, at) =>
        doors.pool.exec(doors.target(`r0${1 + (at % 5)}`), ['echo', `it's number "${at}" *`]),
      ),
    )
    expect(answers.map(({stdout}) => stdout)).toEqual(answers.map((_, at) => `it's number "${at}" *\n`))
    expect(await doors.pool.exec(doors.target('r01'), ['no-such-program'])).toMatchObject({
      code: 127,
      stderr: 'bash: line 1: no-such-program: command not found\n',
    })
  })

  it('lets in one user with one key', async () => {
    const other = await startLab({nodes: 1, spare: 0, speed: 100})
    const strange = openPool()
    const wrong = (change: object) => strange.exec(doors.target('r01', change), ['true'])
    await expect(wrong({user: 'root'})).rejects.toMatchObject({facts: {class: 'authentication'}})
    await expect(wrong({identityFiles: [other.identityFile]})).rejects.toMatchObject({
      facts: {class: 'authentication'},
    })
    await expect(wrong({knownHostsFiles: [other.knownHostsFile]})).rejects.toMatchObject({
      facts: {class: 'host-key-unknown'},
    })
    strange.close()
    await other.stop()
  })

  it('is a way to the other hosts of its ring, and to nothing else', async () => {
    const jump = doors.target('r01')
    expect((await doors.pool.exec(doors.target('r02', {jump}), ['hostname'])).stdout).toBe('r02\n')
    const elsewhere = doors.target('r02', {jump, port: 22, connectTimeout: 2000})
    await expect(doors.pool.exec(elsewhere, ['hostname'])).rejects.toThrow()
  })

  it('leaves an inventory that ringup opens', async () => {
    const fleet = await openFleet(lab.inventoryFile)
    expect(fleet.doors.map(({host}) => host)).toEqual(lab.hosts.map(({name}) => name))
    expect(fleet.inventory.hosts.filter(({spare}) => spare).map(({name}) => name)).toEqual(['r06', 'r07'])
    expect((await fleet.ask()).snapshot.ring.partitions).toBe(64)
    fleet.close()
    expect(statSync(lab.identityFile).mode & 0o777).toBe(0o600)
  })

  it('grows: start, join, plan, commit, and everything has moved', async () => {
    const {riak, node} = doors.door('r01')
    const admin = [...riak, 'admin']
    const send = async (host: string, argv: string[]) => (await doors.door(host).ask(argv)).stdout
    await send('r06', [...riak, 'daemon'])
    expect(await askServices(doors.door('r06'), {admin: 'word'})).toContain('riak_kv')
    expect(await send('r06', writeCommands.join(admin, node))).toContain('Success: staged join request')
    await expect
      .poll(() => send('r01', writeCommands.plan(admin)))
      .toContain('will result in 1 cluster transition')
    expect(await send('r01', writeCommands.commit(admin))).toBe('Cluster changes committed\nok\n')
    const {ring} = await askSnapshot(doors.door('r01'), Date.now)
    expect(ring.pending.length).toBeGreaterThan(5)

    let snapshot = await askSnapshot(doors.door('r02'), Date.now)
    const moving = new Set<number>()
    while (snapshot.ring.pending.length > 0) {
      for (const {transfers} of snapshot.nodes)
        if (transfers !== 'unknown') for (const {partition} of transfers) moving.add(partition)
      await sleep(20)
      snapshot = await askSnapshot(doors.door('r02'), Date.now)
    }
    expect(moving.size).toBeGreaterThan(0)
    for (const {partition, to} of ring.pending) expect(snapshot.ring.owners[partition]).toBe(to)
    expect(lab.counters()).toMatchObject({joins: 1, commits: 1, starts: 1, clears: 0})
    const writes = lab.commands
      .filter(({kind}) => kind === 'write')
      .map(({host, argv}) => `${host} ${argv.at(-1)}`)
    expect(writes.filter((line, at) => line !== writes[at - 1])).toEqual([
      'r06 daemon',
      `r06 ${node}`,
      'r01 plan',
      'r01 commit',
    ])
  })
})

describe('a practice ring that is stopped', () => {
  it('listens no more and takes its folder with it', async () => {
    const short = await startLab({nodes: 1, spare: 0})
    const {address, port} = short.hosts[0]!
    const fleet = await openFleet(short.inventoryFile)
    await askSnapshot(fleet.doors[0]!, Date.now)
    await short.stop()
    fleet.close()
    expect(existsSync(short.dir)).toBe(false)
    const error = await new Promise(resolve => connect(port, address).once('error', resolve))
    expect(error).toMatchObject({code: 'ECONNREFUSED'})
  })
})
