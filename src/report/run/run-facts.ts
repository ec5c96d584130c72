/** What a run has cost, beside what its plan said. Pure. */
import type {Range} from '../../forecast/forecast.ts'
import {median} from '../../forecast/rates.ts'
import type {RunState} from '../../journal/reduce.ts'
import {transferCount} from '../../plan/plan.ts'

export type RunFacts = {
  readonly partitions: {readonly planned: number; readonly moved: number}
  /** bytes sent as planned, and as they lie on their new owners; null: not known */
  readonly bytes: {readonly planned: number | null; readonly actual: number | null}
  /** ms from the commit */
  readonly time: {readonly planned: Range | null; readonly actual: number | null}
  /** how the forecast did: within its range, sooner, later; null: not known */
  readonly forecast: 'within' | 'sooner' | 'later' | null
  readonly pairs: readonly PairFacts[]
  readonly faults: RunState['faults']
}

export type PairFacts = {
  readonly from: string
  readonly to: string
  /** transfers that were watched */
  readonly seen: number
  /** bytes a second, the median */
  readonly rate: number
}

export function runFacts({plan, progress, rates, arrived, settledIn, faults}: RunState): RunFacts {
  const planned = plan?.forecast.time ?? null
  const actual = settledIn ?? null
  const pairs = new Map<string, {from: string; to: string; all: number[]}>()
  for (const {from, to, bytesPerSecond} of rates) {
    const pair = pairs.get(`${from} ${to}`) ?? {from, to, all: []}
    pair.all.push(bytesPerSecond)
    pairs.set(`${from} ${to}`, pair)
  }
  return {
    partitions: {planned: plan ? transferCount(plan) : 0, moved: progress?.moved ?? 0},
    bytes: {planned: plan?.forecast.bytes ?? null, actual: arrived?.bytes ?? null},
    time: {planned, actual},
    forecast:
      planned === null || actual === null
        ? null
        : actual < planned.p10
          ? 'sooner'
          : actual > planned.p90
            ? 'later'
            : 'within',
    pairs: [...pairs.values()]
      .map(({from, to, all}) => ({
        from,
        to,
        seen: all.length,
        rate: median(all),
      }))
      .sort((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1)),
    faults,
  }
}
