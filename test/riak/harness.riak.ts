/** The harness itself, and what one `riak eval` tells of real nodes in every state that the harness can make. */
import {randomBytes} from 'node:crypto'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {readCommands} from '../../src/riak/query.ts'
import {askSnapshot} from '../../src/riak/ring/ask-snapshot.ts'
import {decodeSnapshot, snapshotExpression} from '../../src/riak/ring/snapshot-eval.ts'
import {readTerm} from '../../src/riak/terms/term.ts'
import {activeTransfers, type Snapshot, unreachableMembers} from '../../src/ring/snapshot.ts'
import {type RealCluster, startRealCluster} from './cluster.ts'
import {eventually} from './command.ts'
import {describeRiak} from './describe-riak.ts'
import {type Doors, openDoors} from './doors.ts'

describeRiak('the harness', () => {
  let cluster: RealCluster
  let doors: Doors

  beforeAll(async () => {
    cluster = await startRealCluster({nodes: 3, spare: 2, ring: 16})
    doors = openDoors(cluster.inventory)
  })
  afterAll(async () => {
    doors?.close()
    await cluster?.down()
  })

  const node = (i: number): string => cluster.host(i).node
  const admin = async (i: number, ...words: string[]): Promise<string> =>
    (await cluster.inside(i, ['riak', 'admin', ...words])).stdout
  const fast = (i: number): Promise<Snapshot> => askSnapshot(doors.door(i), Date.now)
  const byNodetool = async (i: number): Promise<Snapshot> => {
    const {riak, ask} = doors.door(i)
    const {stdout} = await ask(readCommands.eval(riak, snapshotExpression))
    return decodeSnapshot(readTerm(stdout), Date.now())
  }
  /** Both roads to one state; when it changed in between, they are tried again. */
  const bothRoads = (i: number): Promise<Snapshot> =>
    eventually('both roads to say the same', {timeout: 60_000, interval: 200}, async () => {
      const [one, two] = [await fast(i), await byNodetool(i)]
      expect(lasting(two)).toEqual(lasting(one))
      return one
    })

  test('a host lets the operator in by its own name, key and sudo', async () => {
    const {stdout} = await cluster.ssh(2, ['sh', '-c', 'id -un; hostname; sudo riak ping'])

    expect(stdout).toBe('riakops\nr2\npong\n')
    expect((await cluster.ssh(4, ['sudo', 'riak', 'ping'])).code).toBe(1)
  })

  test('three nodes become one cluster and keep every object', async () => {
    await cluster.load(200, 1000)
    await cluster.join(3)

    expect(await cluster.verifyAll()).toEqual({checked: 200, bad: []})
  })

  test('a killed node starts again', async () => {
    await cluster.kill(3)

    expect(cluster.running(3)).toBe(false)
    expect(await cluster.verifyAll({anyReplica: true})).toEqual({checked: 200, bad: []})

    await cluster.start(3)
    await cluster.settled(3)

    expect((await cluster.verifyAll()).bad).toEqual([])
  })

  test('a cut wire and a frozen host give no answer until they are healed', async () => {
    const answers = async (): Promise<boolean> => {
      try {
        await fetch(`http://${cluster.host(2).address}:8098/ping`, {signal: AbortSignal.timeout(1500)})
        return true
      } catch {
        return false
      }
    }
    await cluster.cut(2)

    expect(await answers()).toBe(false)

    await cluster.heal(2)
    await eventually(
      'r2 to answer',
      {timeout: 30_000, interval: 200},
      async () => (await answers()) || undefined,
    )
    cluster.freeze(2)

    expect(await answers()).toBe(false)

    cluster.thaw(2)

    expect(await answers()).toBe(true)
  })

  test('a slow wire is slow in both directions, and fast again', async () => {
    const seconds = async (act: () => Promise<unknown>): Promise<number> => {
      const started = performance.now()
      await act()
      return (performance.now() - started) / 1000
    }
    const read = () => cluster.ssh(2, ['head', '-c', '1000000', '/dev/urandom'])
    const write = () =>
      fetch(`http://${cluster.host(2).address}:8098/buckets/other/keys/large`, {
        method: 'PUT',
        headers: {'content-type': 'application/octet-stream'},
        body: randomBytes(1_000_000),
      })
    await cluster.slow(2, 4)

    expect(await seconds(read)).toBeGreaterThan(1.5)
    expect(await seconds(write)).toBeGreaterThan(1.5)

    await cluster.slow(2, 0)

    expect(await seconds(read)).toBeLessThan(1.5)
    expect(await seconds(write)).toBeLessThan(1.5)
  })

  test('a blocked port is closed for one host in one direction', async () => {
    const reaches = async (from: number, to: number): Promise<boolean> => {
      const probe = `timeout 2 bash -c '</dev/tcp/${cluster.host(to).address}/8087'`
      return (await cluster.inside(from, ['sh', '-c', probe])).code === 0
    }
    const unblock = await cluster.block(1, 2, 8087)

    expect([await reaches(1, 2), await reaches(2, 1), await reaches(3, 2)]).toEqual([false, true, true])

    await unblock()

    expect(await reaches(1, 2)).toBe(true)
  })

  test('a snapshot of a cluster at rest', async () => {
    await cluster.settled(3)
    const snapshot = await bothRoads(2)

    expect(snapshot.askedNode).toBe(node(2))
    expect(snapshot.ring.partitions).toBe(16)
    expect(snapshot.ring.members).toEqual([1, 2, 3].map(i => ({node: node(i), status: 'valid'})))
    expect(snapshot.ring.claimant).toBe(node(1))
    expect(snapshot.staged).toEqual([])
    expect(snapshot.claim).toMatchObject({claim: 'v2', targetN: 4})
    expect(snapshot.nodes.map(({version, otp}) => [version, otp])).toEqual(
      Array(3).fill([cluster.version, '25']),
    )
    expect(unreachableMembers(snapshot)).toEqual([])
  })

  test('a snapshot of a node that is alone', async () => {
    await cluster.start(4)
    const snapshot = await bothRoads(4)

    expect(snapshot.ring.members).toEqual([{node: node(4), status: 'valid'}])
    expect(new Set(snapshot.ring.owners)).toEqual(new Set([node(4)]))
  })

  test('what is staged: a join, a leave and a location', async () => {
    await admin(4, 'cluster', 'join', node(1))
    await admin(2, 'cluster', 'leave', node(3))
    await admin(2, 'cluster', 'location', 'rack_a', `--node=${node(2)}`)
    const snapshot = await bothRoads(3)

    expect(snapshot.staged).toEqual([
      {action: 'setLocation', node: node(2), location: 'rack_a'},
      {action: 'leave', node: node(3)},
      {action: 'join', node: node(4)},
    ])

    await admin(1, 'cluster', 'clear')
    await eventually('r4 to stop', {timeout: 30_000, interval: 200}, () => !cluster.running(4) || undefined)
    await cluster.settled(3)

    expect((await bothRoads(1)).staged).toEqual([])
  })

  test('transfers under way', async () => {
    await cluster.load(300, 100_000)
    await cluster.start(4)
    for (const i of [1, 2, 3, 4]) await cluster.slow(i, 10)
    await eventually(
      'r4 to join',
      {timeout: 60_000, interval: 1000},
      async () => (await admin(4, 'cluster', 'join', node(1))).startsWith('Success') || undefined,
    )
    await admin(1, 'cluster', 'plan')
    await admin(1, 'cluster', 'commit')
    const snapshot = await eventually('transfers', {timeout: 60_000, interval: 200}, async () => {
      const seen = await bothRoads(1)
      return activeTransfers(seen).some(({stats}) => stats !== undefined) ? seen : undefined
    })

    expect(snapshot.ring.pending.length).toBeGreaterThan(0)
    for (const {kind, module, from, to, partition} of activeTransfers(snapshot)) {
      expect(['ownership', 'hinted']).toContain(kind)
      expect(['riak_kv_vnode', 'riak_pipe_vnode']).toContain(module)
      if (kind === 'ownership')
        expect(snapshot.ring.pending).toContainEqual(expect.objectContaining({partition, from, to}))
    }

    for (const i of [1, 2, 3, 4]) await cluster.slow(i, 0)
    await cluster.settled(4)

    expect(await cluster.verifyAll()).toEqual({checked: 500, bad: []})
  })

  test('members that do not answer are listed', async () => {
    await cluster.kill(4)

    expect(unreachableMembers(await bothRoads(1))).toEqual([node(4)])

    await cluster.cut(3)

    expect(unreachableMembers(await fast(1))).toEqual([node(3), node(4)])
  })

  test('another cluster beside it, with disks of a size', async () => {
    const other = await startRealCluster({nodes: 0, spare: 1, diskMegabytes: 64})

    const {stdout} = await other.inside(1, ['df', '--output=size', '-BM', '/var/lib/riak'])
    expect(Number.parseInt(stdout.split('\n')[1]!, 10)).toBeGreaterThan(40)
    expect(Number.parseInt(stdout.split('\n')[1]!, 10)).toBeLessThanOrEqual(64)

    await other.down()
  })
})

/** A snapshot without its moment and without how far transfers are. */
const lasting = ({takenAt: _, nodes, ...rest}: Snapshot): unknown => ({
  ...rest,
  nodes: nodes
    .map(({transfers, ...facts}) => ({
      ...facts,
      transfers: transfers === 'unknown' ? transfers : transfers.map(({stats, ...transfer}) => transfer),
    }))
    .sort((a, b) => (a.node < b.node ? -1 : 1)),
})
