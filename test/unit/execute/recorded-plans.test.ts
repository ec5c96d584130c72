import {describe, expect, it} from 'vitest'
import {planDifferences} from '../../../src/execute/compare-plan.ts'
import {makePlan, transferCount} from '../../../src/plan/plan.ts'
import {readClusterPlan} from '../../../src/riak/answers/cluster-plan.ts'
import {type ClaimVector, isDictOrder, readVectors, ringOfVector} from '../../support/claim-vectors.ts'
import {snapshotOf} from '../../support/snapshots.ts'
import {recordedEpisode} from '../../support/transcripts.ts'

/** The plans that a real cluster printed, asked again of ours from the ring before. */
const recorded: readonly (readonly [vector: string, episode: string, plan: number])[] = [
  ['v2-recorded-0001', '02-join-plan-commit', 0],
  ['v2-recorded-0002', '05-grow-5to8', 0],
  ['v2-recorded-0005', '14-location-join', 0],
  ['v2-recorded-0005', '14-location-join', 1],
  ['v2-recorded-0007', '15-replace', 0],
  ['v2-recorded-0004', '19-eval-active', 0],
]

const printedPlan = (episode: string, at: number) => {
  const plans = recordedEpisode(episode).filter(({command}) => command.endsWith('cluster plan'))
  const {value} = readClusterPlan(plans[at]!)
  if (value?.outcome !== 'plan') throw new Error(`no plan in ${episode}`)
  return value
}

describe('a plan', () => {
  it.each(recorded)('%s is the one that Riak printed in %s', async (id, episode, at) => {
    const vector = await vectorNamed(id)

    const plan = makePlan({cluster: 'c', snapshot: snapshotOf(ringOfVector(vector)), changes: vector.changes})

    expect(plan.fidelity).toBe('exact')
    expect(planDifferences(plan, printedPlan(episode, at))).toEqual([])
  })

  it('warns of a second transition that moves nearly everything', async () => {
    const vector = await vectorNamed('v2-recorded-0005')

    const plan = makePlan({cluster: 'c', snapshot: snapshotOf(ringOfVector(vector)), changes: vector.changes})

    expect(plan.transitions.map(({transfers}) => transfers.length)).toEqual([9, 56])
    expect(plan.risks).toContainEqual(
      expect.objectContaining({
        id: 'second-transition',
        level: 'block',
        value: 'the first transition moves 9 partitions, and later ones 56 of 64',
      }),
    )
    expect(plan.analysis.moves).toEqual({planned: 65, minimum: 9, efficiency: 7.222})
  })

  it('says that a leave is simulated where the seed is not known, with what is sure all the same', async () => {
    const vector = await vectorNamed('v2-recorded-0003')

    const plan = makePlan({
      cluster: 'c',
      snapshot: snapshotOf(ringOfVector(vector), {seed: 'unknown'}),
      changes: vector.changes,
    })

    expect(plan.fidelity).toBe('simulated')
    expect(plan.transitions).toHaveLength(2)
    expect(plan.transitions[0]!.transfers).toHaveLength(8)
    expect(plan.transitions[0]!.transfers.every(({from}) => from === 'riak@10.77.0.18')).toBe(true)
    expect(transferCount(plan)).toBeGreaterThanOrEqual(8)
  })

  it.each([
    [
      'another pair',
      (text: string) =>
        text.replace(
          "from 'riak@10.77.0.11' to 'riak@10.77.0.17'",
          "from 'riak@10.77.0.11' to 'riak@10.77.0.16'",
        ),
    ],
    [
      'another share',
      (text: string) =>
        text
          .replace('20.3%     12.5%    riak@10.77.0.11', '20.3%     14.1%    riak@10.77.0.11')
          .replace('20.3%     12.5%    riak@10.77.0.12', '20.3%     10.9%    riak@10.77.0.12'),
    ],
    [
      'another action',
      (text: string) => text.replace("join           'riak@10.77.0.18'", "leave          'riak@10.77.0.18'"),
    ],
    ['another member', (text: string) => text.replaceAll('riak@10.77.0.18', 'riak@10.77.0.19')],
  ])('is not the one that Riak prints when it has %s', async (_, change) => {
    const vector = await vectorNamed('v2-recorded-0002')
    const plan = makePlan({cluster: 'c', snapshot: snapshotOf(ringOfVector(vector)), changes: vector.changes})
    const [answer] = recordedEpisode('05-grow-5to8').filter(({command}) => command.endsWith('cluster plan'))

    const {value} = readClusterPlan({...answer!, stdout: change(answer!.stdout)})

    if (value?.outcome !== 'plan') throw new Error('no plan')
    expect(planDifferences(plan, value)).not.toEqual([])
  })
})

async function vectorNamed(id: string): Promise<ClaimVector> {
  const file = new URL('../../fixtures/claim-vectors/recorded.jsonl.gz', import.meta.url).pathname
  for await (const {vector} of readVectors(file)) if (vector.id === id && !isDictOrder(vector)) return vector
  throw new Error(`no vector ${id}`)
}
