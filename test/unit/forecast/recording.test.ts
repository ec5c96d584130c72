/** The simulation against 24 transfers of a real cluster, recorded while its links were shaped to 60 Mbit/s. */
import {describe, expect, it} from 'vitest'
import {quantile} from '../../../src/forecast/rates.ts'
import {simulateHandoff} from '../../../src/forecast/simulate-handoff.ts'
import {seededRandom} from '../../../src/random.ts'
import {planChanges} from '../../../src/ring/plan-changes.ts'
import {readHandoffDetails} from '../../support/answers/handoff-details.ts'
import {ringOf5} from '../../support/recorded-rings.ts'
import {recordedName} from '../../support/replay-lab.ts'
import {recordedEpisode} from '../../support/transcripts.ts'

/** what the partitions had on disk, as du told in 18-misc: 32 to 37 MB, in the mean */
const partition = 35.3e6

const episode = recordedEpisode('05-grow-5to8')

/** ms from the commit's answer to the end of the first ring-status for which something holds, and of the one before */
function reachedBy(holds: (pending: number) => boolean): {readonly after: number; readonly before: number} {
  let clock = 0
  let committed = 0
  let last = 0
  for (const {command, ms, stdout} of episode) {
    clock += ms
    if (command.endsWith('cluster commit')) committed = clock
    if (!command.endsWith('ring-status') || committed === 0) continue
    const pending = stdout.match(/Index: /g)?.length ?? 0
    if (holds(pending)) return {after: last, before: clock - committed}
    last = clock - committed
  }
  throw new Error('never reached')
}

/** bytes a second of one transfer that had its node's link for itself */
function linkRate(): number {
  const rates = episode
    .filter(({command}) => command.endsWith('handoff details --all'))
    .flatMap(answer => {
      const details = readHandoffDetails(answer)
      return details.outcome === 'read' && details.value.length === 1 ? details.value : []
    })
    .flatMap(({bytesPerSecond}) => (bytesPerSecond === undefined ? [] : [bytesPerSecond]))
  return rates.reduce((sum, rate) => sum + rate, 0) / rates.length
}

describe('a simulated handoff against the recording of 5 to 8 nodes', () => {
  const {transitions} = planChanges(
    ringOf5,
    [16, 17, 18].map(number => ({action: 'join', node: recordedName(number)})),
    {claim: 'v2', targetN: 4, targetLocationN: 3, fullRebalanceOnLeave: false},
  )
  const moves = transitions.map(({transfers}) =>
    transfers.map(move => ({...move, bytes: partition, disk: partition})),
  )
  const names = new Set(moves.flat().flatMap(({from, to}) => [from, to]))
  const rate = linkRate()
  const runs = Array.from({length: 51}, (_, seed) =>
    simulateHandoff(
      {
        transitions: moves,
        nodes: new Map([...names].map(name => [name, {limit: 2, clusterLimit: 8, used: 0}])),
        rate: () => rate,
        nodeRate: rate,
      },
      seededRandom(seed + 1),
    ),
  )
  const median = (values: readonly number[]): number =>
    quantile(
      [...values].sort((a, b) => a - b),
      0.5,
    )

  it('has 22 of 24 transfers done within 15 % of when they were', () => {
    const recorded = reachedBy(pending => pending <= 2)
    const simulated = median(runs.map(({done}) => done[21]!))

    expect(runs[0]!.done).toHaveLength(24)
    expect(simulated).toBeGreaterThan(0.85 * recorded.after)
    expect(simulated).toBeLessThan(1.15 * recorded.before)
  })

  it('is too short for the last two, which Riak began only long after their places were free', () => {
    const recorded = reachedBy(pending => pending === 0)
    const simulated = median(runs.map(({ms}) => ms))

    // known and written down: two that were turned away at first waited for 30 s and more beside free places
    expect(recorded.after).toBeGreaterThan(simulated)
    expect(recorded.before).toBeLessThan(simulated * 1.6)
  })
})
