/** How fast a transfer goes: as earlier runs measured it, as the operator states it, or as it is assumed. Pure. */
import type {Random} from '../random.ts'
import type {Move, NodeName} from '../ring/ring.ts'

export type Rates = {
  /** by earlier runs of ringup; by Riak's own logs; by the operator; by nobody */
  readonly basis: 'measured' | 'logged' | 'stated' | 'assumed'
  /** bytes a second of one transfer, at the transfer limits of the cluster: slow (p10), usual, fast (p90) */
  readonly low: number
  readonly typical: number
  readonly high: number
  /** transfers that were measured */
  readonly transfers?: number
  /** runs that measured, or logs that told */
  readonly sources?: number
  /** medians of pairs that were measured themselves */
  readonly pairs?: readonly PairRate[]
}

export type PairRate = {readonly from: NodeName; readonly to: NodeName; readonly bytesPerSecond: number}

/**
 * Where nothing was measured. 8.6 MB/s is on record for a cluster under heavy load, a gigabit link that is otherwise
 * idle gives up to 100; what lies between depends on disks, objects' sizes and load. It is an assumption, and said so.
 */
export const assumedRates: Rates = {basis: 'assumed', low: 8e6, typical: 20e6, high: 50e6}

/** What the operator states, give or take a quarter. */
export const statedRates = (bytesPerSecond: number): Rates => ({
  basis: 'stated',
  low: bytesPerSecond / 1.25,
  typical: bytesPerSecond,
  high: bytesPerSecond * 1.25,
})

/** A transfer that was watched. */
export type MeasuredTransfer = PairRate & {
  /** the run, or the node whose log it is */
  readonly source: string
}

/** The fewest transfers that rates are taken from. */
const enough = 3

/** From transfers of earlier runs or of logs; undefined: too few. */
export function measuredRates(
  transfers: readonly MeasuredTransfer[],
  basis: 'measured' | 'logged' = 'measured',
): Rates | undefined {
  if (transfers.length < enough) return undefined
  const sorted = transfers.map(({bytesPerSecond}) => bytesPerSecond).sort((a, b) => a - b)
  const byPair = new Map<string, MeasuredTransfer[]>()
  for (const transfer of transfers) {
    const key = `${transfer.from} ${transfer.to}`
    const pair = byPair.get(key)
    if (pair) pair.push(transfer)
    else byPair.set(key, [transfer])
  }
  const pairs = [...byPair.values()]
    .filter(all => all.length >= enough)
    .map(all => ({
      from: all[0]!.from,
      to: all[0]!.to,
      bytesPerSecond: Math.round(median(all.map(({bytesPerSecond}) => bytesPerSecond))),
    }))
  return {
    basis,
    low: Math.round(quantile(sorted, 0.1)),
    typical: Math.round(quantile(sorted, 0.5)),
    high: Math.round(quantile(sorted, 0.9)),
    transfers: transfers.length,
    sources: new Set(transfers.map(({source}) => source)).size,
    ...(pairs.length > 0 ? {pairs} : {}),
  }
}

/** Of values in ascending order, none of them missing: by the nearest rank. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!

export const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  )

/** z of p90 of the normal distribution */
const z90 = 1.2816

/**
 * Draws rates for one simulation: the logarithm of a rate is spread normally. Half of the spread is common to all
 * transfers of a simulation (load, disks), half is a transfer's own; where it was measured, nearly all is its own.
 */
export function rateDraw(rates: Rates, random: Random): (move: Move) => number {
  const {basis, low, typical, high, pairs = []} = rates
  const sigma = Math.log(Math.max(high, typical) / Math.max(1, Math.min(low, typical))) / (2 * z90)
  const [common, own] = basis === 'measured' || basis === 'logged' ? [sigma / 4, sigma] : [sigma, sigma / 4]
  const all = Math.exp(common * normal(random))
  const known = new Map(pairs.map(({from, to, bytesPerSecond}) => [`${from} ${to}`, bytesPerSecond]))
  return ({from, to}) =>
    Math.max(1, (known.get(`${from} ${to}`) ?? typical) * all * Math.exp(own * normal(random)))
}

/** Box and Muller's */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
