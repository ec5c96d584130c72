/** ringup's own question, asked of a practice ring at one moment in both ways, against what the model holds. */
import {describe, expect, it} from 'vitest'
import {kill} from '../../src/lab/model/lifecycle.ts'
import {lastReport} from '../../src/lab/model/progress.ts'
import type {Transfer, World} from '../../src/lab/model/world.ts'
import {askSnapshot} from '../../src/riak/ring/ask-snapshot.ts'
import {decodeSnapshot, snapshotExpression} from '../../src/riak/ring/snapshot-eval.ts'
import {readTerm} from '../../src/riak/terms/term.ts'
import type {Snapshot} from '../../src/ring/snapshot.ts'
import {quoteArgv} from '../../src/ssh/quote.ts'
import {
  admin,
  at,
  grow,
  named,
  pass,
  practiceCluster,
  riak,
  ringOn,
  until,
} from '../support/practice-cluster.ts'
import {play} from '../support/replay-lab.ts'

const ways = {
  erl_call: ['sudo', 'env', 'USE_NODETOOL=false', 'riak', 'eval', snapshotExpression],
  nodetool: ['sudo', 'riak', 'eval', snapshotExpression],
}

function asked(world: World, way: keyof typeof ways, number = 1): Snapshot {
  const {exit, stdout} = play(world, `10.0.0.${number}`, quoteArgv(ways[way]))
  expect(exit).toBe(0)
  return decodeSnapshot(readTerm(stdout), world.now)
}

const transfersOf = (world: World): Transfer[] => [
  ...new Set([...world.nodes.values()].flatMap(({handoffs}) => handoffs)),
]

describe.each(Object.keys(ways) as (keyof typeof ways)[])('a snapshot by %s', way => {
  it('tells the transfers under way as the model has them', () => {
    const world = practiceCluster({ring: 32, bytes: 600e6})
    grow(world, 6)
    until(world, () => transfersOf(world).length > 1)
    pass(world, 5000)

    const snapshot = asked(world, way, 2)

    const known = snapshot.nodes.flatMap(({transfers}) => (transfers === 'unknown' ? [] : transfers))
    expect(known).toHaveLength(transfersOf(world).length)
    for (const transfer of transfersOf(world)) {
      const report = lastReport(transfer, world.now, 2000)!
      const told = known.find(({partition}) => partition === transfer.partition)!
      expect(told).toMatchObject({
        kind: 'ownership',
        module: 'riak_kv_vnode',
        from: transfer.from,
        to: transfer.to,
        stats: {
          objects: report.objects,
          objectsPerSecond: report.objectsPerSecond,
          bytesPerSecond: report.bytesPerSecond,
          total: {count: transfer.data.objects, unit: 'objects'},
        },
      })
      expect(told.stats?.done).toBeCloseTo(report.done, 5)
      expect(Math.abs(told.startedAt - transfer.startedAt)).toBeLessThan(1)
    }
    expect(snapshot.ring.pending).toEqual(ringOn(world, 2).pending)
    expect(snapshot.ring.owners).toEqual(ringOn(world).owners)
  })

  it('tells what is staged, by the claimant and in the ring', () => {
    const world = practiceCluster({alone: 1})
    admin(world, 6, `cluster join ${named(1)}`)
    pass(world, 5000)
    admin(world, 2, `cluster leave ${named(3)}`)
    admin(world, 2, `cluster location cellar --node=${named(4)}`)

    const {staged, seed} = asked(world, way, 5)

    expect(staged).toHaveLength(3)
    expect(staged).toEqual(
      expect.arrayContaining([
        {action: 'join', node: named(6)},
        {action: 'leave', node: named(3)},
        {action: 'setLocation', node: named(4), location: 'cellar'},
      ]),
    )
    expect(seed).toEqual(at(world, 1).memory.seed.map(String))
  })

  it("tells the ring's own name: one for all members, taken over by whoever joins, new for whoever is sent away", () => {
    const world = practiceCluster({alone: 2})
    const nameOn = (number: number) => asked(world, way, number).clusterName
    const [name, alone] = [nameOn(1), nameOn(6)]
    expect(name).toBe(`${named(1)}/${Date.UTC(2026, 0, 1) / 1000}.000000`)
    expect(alone).toMatch(`${named(6)}/`)
    expect([2, 3, 4, 5].map(nameOn)).toEqual([name, name, name, name])

    pass(world, 5000)
    admin(world, 6, `cluster join ${named(1)}`)
    until(world, () => ringOn(world, 6).members.length > 1)
    expect([nameOn(1), nameOn(6)]).toEqual([name, name])

    admin(world, 1, 'cluster clear')
    until(world, () => at(world, 6).state === 'stopped')
    expect(at(world, 6).cluster.name.at).toBeGreaterThan(Date.UTC(2026, 0, 1) + 5000)
    riak(world, 6, 'start')
    until(world, () => at(world, 6).state === 'running')
    expect(nameOn(6)).toMatch(`${named(6)}/`)
    expect(nameOn(6)).not.toBe(alone)
  })

  it('leaves out who does not answer, and knows no seed without the claimant', () => {
    const world = practiceCluster()
    kill(world, at(world, 1))
    const {nodes, seed, ring} = asked(world, way, 2)
    expect(nodes.map(({node}) => node)).toEqual([2, 3, 4, 5].map(named))
    expect(seed).toBe('unknown')
    expect(ring.members).toHaveLength(5)
  })
})

describe('a snapshot by text commands', () => {
  const byText = (world: World, number = 1): Promise<Snapshot> =>
    askSnapshot(
      {
        host: `r0${number}`,
        node: named(number),
        riak: ['sudo', 'riak'],
        eval: false,
        dataDir: '/var/lib/riak',
        ask: async argv => {
          const {exit, stdout, stderr} = play(world, `10.0.0.${number}`, quoteArgv(argv))
          return {stdout, stderr, code: exit === 'timeout' ? undefined : exit}
        },
      },
      () => world.now,
    )
  /** What text can tell. */
  const known = ({ring, nodes}: Snapshot) => ({
    ring: {...ring, locationChanged: undefined},
    nodes: nodes.map(({node, ringReady, transferLimit, inbound, outbound, transfers}) => ({
      node,
      ringReady: node === ring.claimant ? ringReady : undefined,
      transferLimit,
      inbound,
      outbound,
      transfers:
        transfers === 'unknown'
          ? transfers
          : transfers.map(({kind, module, partition, from, to, stats}) => ({
              kind,
              module,
              partition,
              from,
              to,
              objects: stats?.objects,
            })),
    })),
  })

  it.each<[string, () => World]>([
    ['at rest', () => practiceCluster({ring: 16})],
    [
      'with joins staged',
      () => {
        const world = practiceCluster({alone: 2})
        for (const number of [6, 7]) admin(world, number, `cluster join ${named(1)}`)
        pass(world, 10_000)
        return world
      },
    ],
    [
      'while ownership moves',
      () => {
        const world = practiceCluster({ring: 32, bytes: 6e9})
        grow(world, 6)
        until(world, () => transfersOf(world).length > 1)
        pass(world, 5000)
        return world
      },
    ],
    [
      'with locations',
      () => {
        const names = [1, 2, 3, 4, 5].map(named)
        return practiceCluster({
          locations: Object.fromEntries(names.map((name, at) => [name, `rack ${at % 2}`])),
        })
      },
    ],
    [
      'while a member leaves',
      () => {
        const world = practiceCluster({ring: 32, bytes: 6e9})
        admin(world, 1, `cluster leave ${named(4)}`)
        admin(world, 1, 'cluster plan')
        admin(world, 1, 'cluster commit')
        pass(world, 5000)
        return world
      },
    ],
    [
      'with limits changed',
      () => {
        const world = practiceCluster()
        admin(world, 1, `transfer-limit ${named(3)} 7`)
        admin(world, 1, `handoff disable inbound --node=${named(2)}`)
        return world
      },
    ],
    [
      'with a member down',
      () => {
        const world = practiceCluster()
        kill(world, at(world, 3))
        pass(world, 60_000)
        return world
      },
    ],
  ])('is the one by eval in all that text can tell: %s', async (_, begin) => {
    const text = await byText(begin())
    const evaluated = asked(begin(), 'erl_call')

    expect(known(text)).toEqual(known(evaluated))
    expect(text).toMatchObject({
      clusterName: 'unknown',
      claim: 'unknown',
      staged: 'unknown',
      seed: 'unknown',
    })
  })

  it('says what does not fit when the ring cannot be told', async () => {
    const world = practiceCluster()
    for (const number of [3, 4]) kill(world, at(world, number))
    pass(world, 60_000)

    await expect(byText(world)).rejects.toMatchObject({
      kind: 'notUnderstood',
      message: expect.stringContaining('cannot be told while riak@10.0.0.3, riak@10.0.0.4'),
    })
  })
})
