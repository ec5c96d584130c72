/**
 * What a plan will cost: bytes, the fullest each disk gets, and how long it takes, as a range over many simulated
 * handoffs. A pure function: the same plan, storage and rates give the same figures.
 */
import {type Random, seededRandom} from '../random.ts'
import {copies} from '../ring/preflists.ts'
import type {Move, NodeName} from '../ring/ring.ts'
import {defaultClusterLimit, defaultTransferLimit, type Snapshot} from '../ring/snapshot.ts'
import {day} from '../units.ts'
import {quantile, type Rates, rateDraw} from './rates.ts'
import {
  type HandedOff,
  type HandoffNode,
  type SizedMove,
  simulateHandoff,
  type Waiting,
} from './simulate-handoff.ts'
import {type Basis, type Sizes, sizesOf} from './storage.ts'

export type Forecast = {
  readonly basis: Basis
  /** of a partition, the mean of those measured */
  readonly partitionBytes: number | null
  /** all that is sent; null: no size is known */
  readonly bytes: number | null
  readonly rates: Rates
  /** bytes of new data a day, before replication, that are thought to come in meanwhile */
  readonly ingestPerDay: number | null
  /** ms from the commit until all has moved; null: not known, or it cannot end */
  readonly time: Range | null
  /** transfers that could never begin, as things stand */
  readonly stuck: number
  /** what transfers wait for most; null: nothing is known, or nothing waits */
  readonly binding: 'cluster-limit' | 'node-limit' | 'rate' | null
  /** what raising it would save */
  readonly higher: Higher | null
  readonly nodes: readonly NodeForecast[]
}

/** One in ten is sooner than p10, one in ten later than p90. */
export type Range = {readonly p10: number; readonly p50: number; readonly p90: number}

export type Higher = {
  readonly limit: 'cluster' | 'node'
  readonly from: number
  readonly to: number
  /** ms of the usual time */
  readonly saves: number
}

export type NodeForecast = {
  readonly node: NodeName
  /** bytes received and sent, over all transitions; null: not known */
  readonly in: number | null
  readonly out: number | null
  /** its disk; null: it could not be read */
  readonly disk: DiskForecast | null
  /** bytes of partitions it holds for others until they are handed back */
  readonly hinted: number
  /** ms until its own last transfer, usually; null: not known */
  readonly settled: number | null
}

/** bytes */
export type DiskForecast = {
  readonly size: number
  readonly before: number
  /** when all that comes in a transition comes before anything goes */
  readonly worst: number
  /** in nine of ten simulations no more than this */
  readonly simulated: number
  /** ms after the commit at which it usually is at its fullest */
  readonly peakAt: number
  readonly after: number
}

export type ForecastOptions = {
  readonly rates: Rates
  readonly ingestPerDay?: number | undefined
  /** handoffs that are simulated; default 25 */
  readonly simulations?: number
  /** nodes that receive nothing as long as they have something to send */
  readonly valve?: ReadonlySet<NodeName>
  /** other limits than the cluster has now */
  readonly limits?: {readonly node?: number; readonly cluster?: number}
}

type Moves = readonly {readonly transfers: readonly Move[]}[]

export function forecastOf(snapshot: Snapshot, transitions: Moves, options: ForecastOptions): Forecast {
  const {rates, ingestPerDay = null, simulations = 25} = options
  const moves = transitions.map(({transfers}) => transfers).filter(transfers => transfers.length > 0)
  const moved = [...new Set(moves.flat().map(({partition}) => partition))]
  const sizes = sizesOf(snapshot.ring, snapshot.storage, moved)
  const sized = moves.map(transfers => transfers.map(move => sizedMove(move, sizes)))
  const known = sizes.basis !== 'unknown'
  const runs = known && moved.length > 0 ? simulate(snapshot, sized, sizes, options, simulations) : []
  const ended = runs.filter(({stuck}) => stuck === 0)
  const time = moved.length === 0 ? nothing : rangeOf(ended.map(({ms}) => ms))
  const binding = bindingOf(runs, time)
  return {
    basis: sizes.basis,
    partitionBytes: sizes.mean?.bytes ?? null,
    bytes: known ? total(sized.flat()) : null,
    rates,
    ingestPerDay,
    time,
    stuck: Math.max(0, ...runs.map(({stuck}) => stuck)),
    binding,
    higher:
      time === null || time.p50 === 0 ? null : higherLimit(snapshot, sized, sizes, options, {binding, time}),
    nodes: nodesOf(snapshot, sized, sizes, runs, {known, time, ingestPerDay}),
  }
}

const nothing: Range = {p10: 0, p50: 0, p90: 0}

const sizedMove = (move: Move, sizes: Sizes): SizedMove => {
  const {bytes, disk} = sizes.of(move.partition) ?? {bytes: 0, disk: 0}
  const {partition, from, to} = move
  return {partition, from, to, bytes, disk}
}

const total = (moves: readonly SizedMove[]): number => moves.reduce((sum, {bytes}) => sum + bytes, 0)

function simulate(
  snapshot: Snapshot,
  transitions: readonly (readonly SizedMove[])[],
  sizes: Sizes,
  {rates, ingestPerDay, valve, limits}: ForecastOptions,
  simulations: number,
): HandedOff[] {
  const nodes = handoffNodes(snapshot, transitions, sizes, limits, valve)
  const ingest = (ingestPerDay ?? 0) * (copies / Math.max(1, nodes.size) / day)
  return Array.from({length: simulations}, (_, seed) => {
    const random: Random = seededRandom(seed + 1)
    return simulateHandoff({transitions, nodes, rate: rateDraw(rates, random), ingest: () => ingest}, random)
  })
}

function handoffNodes(
  {ring, nodes}: Snapshot,
  transitions: readonly (readonly SizedMove[])[],
  {disks}: Sizes,
  limits: ForecastOptions['limits'] = {},
  valve: ReadonlySet<NodeName> = new Set(),
): Map<NodeName, HandoffNode> {
  const names = new Set([
    ...ring.owners,
    ...transitions.flatMap(moves => moves.flatMap(({from, to}) => [from, to])),
  ])
  const facts = new Map(nodes.map(node => [node.node, node]))
  return new Map(
    [...names].map(name => {
      const {transferLimit = 'unknown', clusterLimit = defaultClusterLimit} = facts.get(name) ?? {}
      const limit = transferLimit === 'unknown' ? defaultTransferLimit : transferLimit
      return [
        name,
        {
          limit: limits.node ?? limit,
          clusterLimit: limits.cluster ?? clusterLimit,
          used: disks.get(name)?.used ?? 0,
          valve: valve.has(name),
        },
      ]
    }),
  )
}

function rangeOf(values: readonly number[]): Range | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => Math.round(quantile(sorted, share))
  return {p10: at(0.1), p50: at(0.5), p90: at(0.9)}
}

/** What waiting transfers waited for, mostly; transfers that hardly wait are as slow as they are. */
function bindingOf(runs: readonly HandedOff[], time: Range | null): Forecast['binding'] {
  if (runs.length === 0 || time === null || time.p50 === 0) return null
  const sum = (by: Waiting): number => runs.reduce((all, {waited}) => all + waited[by], 0) / runs.length
  const [cluster, node] = [sum('cluster'), sum('node')]
  if (Math.max(cluster, node) < time.p50 / 4) return 'rate'
  return cluster > node ? 'cluster-limit' : 'node-limit'
}

/** simulations that tell what another limit would give */
const few = 7

function higherLimit(
  snapshot: Snapshot,
  transitions: readonly (readonly SizedMove[])[],
  sizes: Sizes,
  options: ForecastOptions,
  {binding, time}: {readonly binding: Forecast['binding']; readonly time: Range},
): Higher | null {
  if (binding !== 'cluster-limit' && binding !== 'node-limit') return null
  if ((options.simulations ?? few) < few) return null
  const nodes = [...handoffNodes(snapshot, transitions, sizes, options.limits).values()]
  const which = binding === 'cluster-limit' ? 'cluster' : 'node'
  const from = Math.min(...nodes.map(({limit, clusterLimit}) => (which === 'cluster' ? clusterLimit : limit)))
  const to = from * 2
  const limits = {...options.limits, [which]: to}
  const runs = simulate(snapshot, transitions, sizes, {...options, limits}, few)
  const faster = rangeOf(runs.filter(({stuck}) => stuck === 0).map(({ms}) => ms))
  return faster === null ? null : {limit: which, from, to, saves: Math.max(0, time.p50 - faster.p50)}
}

type Around = {
  readonly known: boolean
  readonly time: Range | null
  readonly ingestPerDay: number | null
}

function nodesOf(
  {ring}: Snapshot,
  transitions: readonly (readonly SizedMove[])[],
  sizes: Sizes,
  runs: readonly HandedOff[],
  {known, time, ingestPerDay}: Around,
): NodeForecast[] {
  const moves = transitions.flat()
  const names = new Set([
    ...ring.owners,
    ...ring.members.filter(({status}) => status !== 'invalid').map(({node}) => node),
    ...moves.flatMap(({from, to}) => [from, to]),
  ])
  const arriving = ((ingestPerDay ?? 0) * copies * ((time?.p90 ?? 0) / day)) / Math.max(1, names.size)
  const worst = worstUse(transitions, sizes)
  const inbound = sums(moves, ({to}) => to)
  const outbound = sums(moves, ({from}) => from)
  return [...names].sort().map(node => {
    const courses = runs.map(({nodes}) => nodes.get(node)!).filter(course => course !== undefined)
    const disk = sizes.disks.get(node)
    const use = worst.get(node) ?? {peak: 0, after: 0}
    const of = (value: (course: (typeof courses)[number]) => number, share: number): number =>
      Math.round(
        quantile(
          courses.map(value).sort((a, b) => a - b),
          share,
        ),
      )
    return {
      node,
      in: known ? (inbound.get(node) ?? 0) : null,
      out: known ? (outbound.get(node) ?? 0) : null,
      hinted: sizes.hinted.get(node) ?? 0,
      settled: courses.length === 0 ? null : of(({settled}) => settled, 0.5),
      disk:
        disk === undefined || !known
          ? null
          : {
              size: disk.size,
              before: disk.used,
              worst: Math.round(disk.used + use.peak + arriving),
              simulated: courses.length === 0 ? disk.used : of(({peak}) => peak, 0.9),
              peakAt: courses.length === 0 ? 0 : of(({peakAt}) => peakAt, 0.5),
              after: Math.round(disk.used + use.after + arriving),
            },
    }
  })
}

function sums(moves: readonly SizedMove[], of: (move: SizedMove) => NodeName): Map<NodeName, number> {
  const bytes = new Map<NodeName, number>()
  for (const move of moves) bytes.set(of(move), (bytes.get(of(move)) ?? 0) + move.bytes)
  return bytes
}

/** Bytes that a disk gets more than it has, at the worst and in the end: in a transition all comes before any goes. */
export function worstUse(
  transitions: readonly (readonly Move[])[],
  sizes: Pick<Sizes, 'of'>,
): Map<NodeName, {readonly peak: number; readonly after: number}> {
  const use = new Map<NodeName, {peak: number; after: number}>()
  const of = (node: NodeName) => {
    const known = use.get(node) ?? {peak: 0, after: 0}
    use.set(node, known)
    return known
  }
  for (const moves of transitions) {
    const size = ({partition}: Move): number => sizes.of(partition)?.disk ?? 0
    for (const move of moves) of(move.to).after += size(move)
    for (const node of use.values()) node.peak = Math.max(node.peak, node.after)
    for (const move of moves) of(move.from).after -= size(move)
  }
  return use
}
