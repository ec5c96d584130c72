/** The forecast of a batch against what the practice ring then does, with the rates that the batch before measured. */
import {describe, expect, it} from 'vitest'
import {type MeasuredTransfer, measuredRates, type Rates} from '../../../src/forecast/rates.ts'
import {usedBytes} from '../../../src/lab/model/disk.ts'
import {lastReport} from '../../../src/lab/model/progress.ts'
import type {World} from '../../../src/lab/model/world.ts'
import {makePlan, type Plan} from '../../../src/plan/plan.ts'
import {seededRandom} from '../../../src/random.ts'
import {labSnapshot} from '../../support/lab-snapshot.ts'
import {grow, named, pass, practiceCluster, ringOn} from '../../support/practice-cluster.ts'

type Watched = {
  readonly ms: number
  readonly transfers: readonly MeasuredTransfer[]
  /** the fullest each disk was */
  readonly peaks: ReadonlyMap<string, number>
}

function watchGrowth(world: World, newcomers: readonly number[]): Watched {
  grow(world, ...newcomers)
  const start = world.now
  const seen = new Map<string, MeasuredTransfer>()
  const peaks = new Map<string, number>()
  while (ringOn(world).pending.length > 0) {
    for (const node of world.nodes.values()) {
      peaks.set(node.name, Math.max(peaks.get(node.name) ?? 0, usedBytes(node, world.now)))
      for (const transfer of node.handoffs) {
        const report = lastReport(transfer, world.now, 2000)
        const {from, to, partition} = transfer
        if (report && report.bytesPerSecond > 0)
          seen.set(`${partition} ${from} ${to}`, {
            source: '1',
            from,
            to,
            bytesPerSecond: report.bytesPerSecond,
          })
      }
    }
    pass(world, 500)
    if (world.now - start > 100 * 3600e3) throw new Error('it does not end')
  }
  return {ms: world.now - start, transfers: [...seen.values()], peaks}
}

const planOf = (world: World, newcomers: readonly number[], rates?: Rates): Plan =>
  makePlan({
    cluster: 'practice',
    snapshot: labSnapshot(world),
    changes: newcomers.map(number => ({action: 'join', node: named(number)})),
    ...(rates ? {options: {rates}} : {}),
  })

describe('a forecast against the practice ring', () => {
  const cases = Array.from({length: 20}, (_, at) => at + 1)

  it.each(cases)('seed %d: time within 15 %, disks within 2 %, bytes as they are', seed => {
    const random = seededRandom(seed)
    const members = 4 + random.below(5)
    const [first, second] = [1 + random.below(2), 1 + random.below(3)]
    const numbers = (from: number, count: number): number[] =>
      Array.from({length: count}, (_, at) => from + at + 1)
    const world = practiceCluster({
      seed,
      members,
      alone: first + second,
      ring: [32, 64, 128][random.below(3)]!,
      bytes: [1e9, 3e9, 8e9][random.below(3)]!,
      rate: [20e6, 60e6][random.below(2)]!,
      disk: {size: 4e12, other: 1e9},
    })
    const {transfers} = watchGrowth(world, numbers(members, first))
    const rates = measuredRates(transfers)!
    expect(rates.basis).toBe('measured')

    const joining = numbers(members + first, second)
    const plan = planOf(world, joining, rates)
    const {forecast, transitions} = plan
    const before = new Map([...world.nodes.values()].map(node => [node.name, usedBytes(node, world.now)]))
    const watched = watchGrowth(world, joining)

    expect(forecast.basis).toBe('measured')
    expect(forecast.time!.p50 / watched.ms).toBeGreaterThan(0.85)
    expect(forecast.time!.p50 / watched.ms).toBeLessThan(1.15)
    expect(forecast.bytes).toBe(
      transitions.flatMap(({transfers: all}) => all).reduce((sum, {bytes}) => sum + bytes!, 0),
    )
    for (const {node, disk, in: received, out} of forecast.nodes) {
      const now = usedBytes(world.nodes.get(node)!, world.now)
      expect(now - before.get(node)!).toBe(received! - out!)
      expect(disk!.after).toBe(now)
      expect(disk!.worst).toBeGreaterThanOrEqual(watched.peaks.get(node)!)
      expect(Math.abs(disk!.simulated - watched.peaks.get(node)!)).toBeLessThan(0.02 * disk!.size)
    }
  })
})
