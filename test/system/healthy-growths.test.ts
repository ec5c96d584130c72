/** No false alarm: in a healthy growth, whenever it is looked at and however it is laid out, nothing is wrong. */
import {describe, expect, it} from 'vitest'
import type {World} from '../../src/lab/model/world.ts'
import type {Door} from '../../src/riak/door.ts'
import {askCluster} from '../../src/riak/ring/ask-cluster.ts'
import type {Snapshot} from '../../src/ring/snapshot.ts'
import {quoteArgv} from '../../src/ssh/quote.ts'
import {type Diagnosis, diagnose} from '../../src/watch/diagnosis.ts'
import {movementOf} from '../../src/watch/movement.ts'
import {grow, pass, practiceCluster, ringOn} from '../support/practice-cluster.ts'
import {play} from '../support/replay-lab.ts'

const seeds = 200

/** As `ringup diagnose` looks by itself: ms to look at most, and between readings. */
const [look, interval] = [25_000, 2000]

const doorsOf = (world: World): Door[] =>
  ringOn(world).members.map(({node}) => {
    const host = node.slice('riak@'.length)
    return {
      host,
      node,
      riak: ['sudo', 'riak'],
      eval: true,
      dataDir: '/var/lib/riak',
      ask: async argv => {
        const {stdout, stderr, exit} = play(world, host, quoteArgv(argv))
        if (exit === 'timeout') throw new Error(`${host} did not answer`)
        return {stdout, stderr, code: exit}
      },
    }
  })

/** The readings that `ringup diagnose` takes, in the cluster's own time. */
async function diagnosed(world: World): Promise<Diagnosis> {
  const clock = {now: () => world.now, sleep: async (ms: number) => pass(world, ms)}
  const readings: Snapshot[] = []
  const started = world.now
  for (;;) {
    readings.push((await askCluster(doorsOf(world), clock)).snapshot)
    const {pending, progressed, restarted} = movementOf(readings)
    const isCalm = pending === 0 || (progressed && restarted.length === 0)
    if (readings.length >= 3 && (isCalm || world.now - started >= look)) break
    pass(world, interval)
  }
  return diagnose('c', {readings, hosts: [], troubles: [], queues: [], hinted: undefined})
}

/** What it says that it should not; what is `fine` is no alarm, nor is that few transfers are allowed at once. */
const alarms = ({verdict, causes}: Diagnosis, allowed: readonly Diagnosis['verdict'][]): string[] => [
  ...(allowed.includes(verdict) ? [] : [verdict]),
  ...causes.filter(({weight, id}) => weight !== 'fine' && id !== 'cluster-limit').map(({id}) => id),
]

describe('diagnose', () => {
  it(`raises no alarm in ${seeds} healthy growths`, async () => {
    const found: string[] = []
    let moving = 0
    for (let seed = 1; seed <= seeds; seed += 1) {
      const members = 3 + (seed % 3)
      const world = practiceCluster({seed, members, alone: 1, ring: 16, bytes: (6e9 * members) / 16})
      const note = (text: string[]): void => void found.push(...text.map(alarm => `seed ${seed}: ${alarm}`))
      note(alarms(await diagnosed(world), ['at-rest']))
      grow(world, members + 1)
      for (let looks = 0; looks < 3; looks += 1) {
        const diagnosis = await diagnosed(world)
        note(alarms(diagnosis, ['moving', 'at-rest']))
        if (diagnosis.verdict === 'moving') moving += 1
        pass(world, (seed * 7919) % 60_000)
      }
    }

    expect(found).toEqual([])
    expect(moving).toBeGreaterThan(seeds)
  })

  it('raises one in the same growth where no node may send', async () => {
    const world = practiceCluster({seed: 1, members: 3, alone: 1, ring: 32, bytes: 6e8})
    grow(world, 4)
    for (const node of world.nodes.values()) node.transferLimit = 0

    expect(alarms(await diagnosed(world), ['moving', 'at-rest'])).toContain('limit-zero')
  })
})
