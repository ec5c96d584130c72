/**
 * What `riak admin cluster plan` prints on real nodes against our plan of the same staged changes, and for each
 * cluster one batch committed: the owners in the end are ours. Changes are staged one on top of the other, since
 * clearing stops the joining nodes.
 */
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {planDifferences} from '../../src/execute/compare-plan.ts'
import {finalOwners, makePlan} from '../../src/plan/plan.ts'
import {readClusterPlan} from '../../src/riak/answers/cluster-plan.ts'
import {askSnapshot} from '../../src/riak/ring/ask-snapshot.ts'
import type {Snapshot} from '../../src/ring/snapshot.ts'
import {type RealCluster, startRealCluster} from './cluster.ts'
import {eventually} from './command.ts'
import {describeRiak} from './describe-riak.ts'
import {type Doors, openDoors} from './doors.ts'
import type {Claim} from './riak-config.ts'

type Staging = readonly [what: string, host: number, ...words: string[]]
type Scenario = {
  readonly claim: Claim
  readonly ring: number
  readonly members: number
  readonly joining: number
  readonly more: (node: (i: number) => string) => Staging[]
}

const scenarios: readonly Scenario[] = [
  {claim: 'v2', ring: 16, members: 3, joining: 4, more: () => []},
  {
    claim: 'v2',
    ring: 32,
    members: 4,
    joining: 2,
    more: node => [
      ['a location', 1, 'location', 'rack-a', `--node=${node(1)}`],
      ['a second location', 1, 'location', 'rack-b', `--node=${node(2)}`],
      ['a leave', 1, 'leave', node(3)],
    ],
  },
  {
    claim: 'v2',
    ring: 64,
    members: 4,
    joining: 2,
    more: node => [
      ['a replace', 1, 'replace', node(2), node(5)],
      ['a leave beside it', 1, 'leave', node(4)],
    ],
  },
  {
    claim: 'v4',
    ring: 16,
    members: 3,
    joining: 3,
    more: node =>
      [1, 2, 3, 4, 5, 6].map(
        (i): Staging => [`location of host ${i}`, 1, 'location', `rack-${i % 3}`, `--node=${node(i)}`],
      ),
  },
  {
    claim: 'v4',
    ring: 64,
    members: 4,
    joining: 3,
    more: node => [
      ['a leave', 1, 'leave', node(2)],
      ['a replace', 1, 'replace', node(3), node(6)],
    ],
  },
]

describeRiak('the claim of real Riak', () => {
  describe.each(scenarios)(
    '$claim, ring $ring, $members members',
    ({claim, ring, members, joining, more}) => {
      let cluster: RealCluster
      let doors: Doors
      const node = (i: number): string => cluster.host(i).node
      const staged = async (host: number, ...words: string[]): Promise<void> => {
        await eventually(`to stage ${words.join(' ')}`, {timeout: 60_000, interval: 1000}, async () => {
          const {stdout} = await cluster.inside(host, ['riak', 'admin', 'cluster', ...words])
          expect(stdout).toMatch(/^Success: /)
          return true
        })
      }
      /** Once all members have seen it, ours and Riak's. */
      const compared = async (
        changes: number,
      ): Promise<{snapshot: Snapshot; differences: string[]; transfers: number}> =>
        eventually('a ring that all agree on', {timeout: 60_000, interval: 500}, async () => {
          const snapshot = await askSnapshot(doors.door(1), Date.now)
          expect(snapshot.staged).toHaveLength(changes)
          expect(new Set(snapshot.nodes.map(({ringHash}) => ringHash)).size).toBe(1)
          if (snapshot.staged === 'unknown') throw new Error('staged changes cannot be read')
          const plan = makePlan({cluster: 'real', snapshot, changes: snapshot.staged})
          const {value} = readClusterPlan(await cluster.inside(1, ['riak', 'admin', 'cluster', 'plan']))
          if (value?.outcome !== 'plan') throw new Error(`no plan: ${value?.outcome}`)
          expect(plan.fidelity).toBe('exact')
          return {snapshot, differences: planDifferences(plan, value), transfers: plan.analysis.moves.planned}
        })

      beforeAll(async () => {
        cluster = await startRealCluster({nodes: members + joining, ring, claim})
        doors = openDoors(cluster.inventory)
        await cluster.join(members)
      })
      afterAll(async () => {
        doors?.close()
        await cluster?.down()
      })

      test.each(Array.from({length: joining}, (_, at) => at + 1))('%d joining', async count => {
        await staged(members + count, 'join', node(1))

        expect((await compared(count)).differences).toEqual([])
      })

      test('and then more, one on top of the other', async () => {
        const nodes = new Set(Array.from({length: joining}, (_, at) => node(members + at + 1)))
        for (const [what, host, ...words] of more(node)) {
          await staged(host, ...words)
          nodes.add(words[0] === 'location' ? words[2]!.replace('--node=', '') : words[1]!)

          const {differences, transfers} = await compared(nodes.size)

          expect(differences, what).toEqual([])
          console.error(`${claim} ring ${ring}: ${what}: ${transfers} transfers, as Riak plans`)
        }
      })

      test('committed: every partition has the owner that was planned', async () => {
        const before = await askSnapshot(doors.door(1), Date.now)
        if (before.staged === 'unknown') throw new Error('staged changes cannot be read')
        const plan = makePlan({cluster: 'real', snapshot: before, changes: before.staged})
        await cluster.inside(1, ['riak', 'admin', 'cluster', 'plan'])

        expect((await cluster.inside(1, ['riak', 'admin', 'cluster', 'commit'])).stdout).toContain(
          'Cluster changes committed',
        )

        const owners = await eventually(
          'ownership to settle',
          {timeout: 240_000, interval: 1000},
          async () => {
            const {ring: now} = await askSnapshot(doors.door(1), Date.now)
            expect(now.pending).toEqual([])
            expect(now.members.every(({status}) => status === 'valid' || status === 'exiting')).toBe(true)
            return now.owners
          },
        )
        expect(owners).toEqual(finalOwners(plan))
      })
    },
  )
})
