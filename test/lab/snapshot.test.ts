/** ringup's own question, asked of a practice ring at one moment in both ways, against what the model holds. */
import {describe, expect, it} from 'vitest'
import {kill} from '../../src/lab/model/lifecycle.ts'
import {lastReport} from '../../src/lab/model/progress.ts'
import type {Transfer, World} from '../../src/lab/model/world.ts'
import {decodeSnapshot, snapshotExpression} from '../../src/riak/snapshot-eval.ts'
import {readTerm} from '../../src/riak/term.ts'
import type {Snapshot} from '../../src/ring/snapshot.ts'
import {quoteArgv} from '../../src/ssh/quote.ts'
import {admin, at, grow, named, pass, practiceCluster, ringOn, until} from '../support/practice-cluster.ts'
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

  it('leaves out who does not answer, and knows no seed without the claimant', () => {
    const world = practiceCluster()
    kill(world, at(world, 1))
    const {nodes, seed, ring} = asked(world, way, 2)
    expect(nodes.map(({node}) => node)).toEqual([2, 3, 4, 5].map(named))
    expect(seed).toBe('unknown')
    expect(ring.members).toHaveLength(5)
  })
})
