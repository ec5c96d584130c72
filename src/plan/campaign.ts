/**
 * Growth over days: a batch a day until there are as many nodes as wanted, while data comes in. Each day's plan is
 * the one that would be made then, on the ring and the disks that the days before leave behind. A pure function.
 */
import type {Forecast, Range} from '../forecast/forecast.ts'
import {assumedRates} from '../forecast/rates.ts'
import {minimumMoves} from '../ring/balance.ts'
import type {Change} from '../ring/changes.ts'
import type {ClusterIdentity} from '../ring/identity.ts'
import {copies} from '../ring/preflists.ts'
import type {NodeName} from '../ring/ring.ts'
import {type Known, type NodeStorage, presentMembers, type Snapshot} from '../ring/snapshot.ts'
import {counted, day, formatBytes, formatDuration, formatRate, formatShare} from '../units.ts'
import {digestOf} from './canonical.ts'
import type {PlanOptions} from './plan.ts'
import {planStep} from './plan-step.ts'
import {dateText, nextOpening, type Window} from './window.ts'

export type Candidate = {readonly node: NodeName; readonly location?: string | undefined}

export type CampaignRequest = {
  readonly cluster: string
  readonly snapshot: Snapshot
  /** hosts that may join, in the order they are to; where there are too few, more like them are thought of */
  readonly candidates: readonly Candidate[]
  /** nodes in the end */
  readonly until: number
  readonly perDay: number
  /** ms since 1970: the first batch is not before */
  readonly start: number
  readonly window?: Window | undefined
  /** stage locations of the new nodes */
  readonly locations: boolean
  readonly options: PlanOptions
  /** tell what one node after the other would move */
  readonly compareSerial?: boolean
}

/** A batch that was carried out, and how long it took to settle. */
export type Taken = {readonly day: number; readonly ms: number}

export type Campaign = {
  readonly schema: 'ringup/campaign/1'
  readonly digest: string
  readonly cluster: string
  /** as in `Snapshot`; missing in campaigns that were made before it was asked for */
  readonly clusterName?: Known<string>
  readonly from: number
  readonly until: number
  readonly perDay: number
  /** bytes a day, before replication; null: none is counted with */
  readonly ingestPerDay: number | null
  readonly diskPeak: number
  readonly partitions: number
  readonly basis: Forecast['basis']
  readonly rates: Forecast['rates']
  /** nodes that the inventory does not have yet: what is said of them is a guess */
  readonly imagined: number
  readonly days: readonly CampaignDay[]
  readonly verdict: Verdict
  /** sums over all batches */
  readonly moves: number
  readonly bytes: number | null
  readonly serial?: {readonly moves: number; readonly bytes: number | null}
}

export type CampaignDay = {
  /** from 1 */
  readonly day: number
  /** `2026-12-01`, local time */
  readonly date: string
  /** ms since 1970, when the batch begins */
  readonly begins: number
  readonly batch: readonly NodeName[]
  /** members afterwards */
  readonly nodes: number
  readonly moves: number
  /** the fewest that share the ring evenly */
  readonly minimum: number
  readonly transitions: number
  /** bytes sent */
  readonly bytes: number | null
  /** bytes of all copies in the cluster when it begins */
  readonly data: number | null
  /** ms of handoff */
  readonly time: Range | null
  /** ms of the day that are left when nine of ten such handoffs have ended; below 0: the next batch has to wait */
  readonly spare: number | null
  /** the disk that is fullest at the worst, 0 to 1 */
  readonly fullest: {readonly node: NodeName; readonly worst: number; readonly after: number} | null
  /** what is wrong with it; missing: nothing */
  readonly fault?: string
}

export type Verdict =
  | {readonly keepsUp: true; readonly text: string}
  | {readonly keepsUp: false; readonly day: number; readonly text: string}

/** simulated handoffs a day of the campaign */
const simulations = 7

/** Which cluster it is for; of its nodes those that it brings are known. */
export const campaignIdentity = ({clusterName = 'unknown', days}: Campaign): ClusterIdentity => ({
  name: clusterName,
  members: days.flatMap(({batch}) => batch),
})

export function campaignOf(request: CampaignRequest): Campaign {
  const {cluster, snapshot, until, perDay, window, options} = request
  const {rates = assumedRates, ingestPerDay, diskPeak = 0.8} = options
  const from = presentMembers(snapshot.ring).length
  const {candidates, imagined} = enough(request, until - from)
  const days: CampaignDay[] = []
  let at = withImagined(snapshot, candidates)
  let clock = nextOpening(window, request.start)
  let grownUntil = snapshot.takenAt
  const serial: {moves: number; bytes: number | null} = {moves: 0, bytes: 0}
  for (let taken = 0; taken < candidates.length; taken += perDay) {
    const batch = candidates.slice(taken, taken + perDay)
    at = grown(at, ((ingestPerDay ?? 0) * Math.max(0, clock - grownUntil)) / day)
    grownUntil = clock
    const changes = joinsOf(batch, request.locations)
    const step = planStep(at, changes, {simulations, ...options, rates, ingestPerDay})
    days.push(dayOf({number: days.length + 1, begins: clock, batch, before: at, step, diskPeak}))
    if (request.compareSerial) addSerial(serial, at, batch, request)
    at = step.after
    const settled = clock + (step.forecast.time?.p50 ?? 0)
    const due = clock + day
    clock = nextOpening(window, Math.max(settled, due))
  }
  const moves = days.reduce((sum, {moves: count}) => sum + count, 0)
  const campaign = {
    schema: 'ringup/campaign/1' as const,
    cluster,
    clusterName: snapshot.clusterName,
    from,
    until,
    perDay,
    ingestPerDay: ingestPerDay ?? null,
    diskPeak,
    partitions: snapshot.ring.partitions,
    basis: days.length === 0 ? ('unknown' as const) : basisOf(snapshot),
    rates,
    imagined,
    days,
    verdict: verdictOf(days, until),
    moves,
    bytes: sum(days.map(({bytes}) => bytes)),
    ...(request.compareSerial ? {serial} : {}),
  }
  const {schema, ...content} = campaign
  return {schema, digest: digestOf(campaign), ...content}
}

const basisOf = ({storage = []}: Snapshot): Forecast['basis'] =>
  storage.some(({partitions}) => partitions.length > 0) ? 'measured' : 'unknown'

const sum = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((all, value) => (all === null || value === null ? null : all + value), 0)

const joinsOf = (batch: readonly Candidate[], locations: boolean): Change[] => [
  ...batch.map(({node}): Change => ({action: 'join', node})),
  ...(locations ? batch : []).flatMap(({node, location}): Change[] =>
    location === undefined ? [] : [{action: 'setLocation', node, location}],
  ),
]

/** Hosts of the inventory, and then as many as are still missing, named so that they sort behind. */
function enough(
  {candidates, snapshot}: CampaignRequest,
  wanted: number,
): {readonly candidates: readonly Candidate[]; readonly imagined: number} {
  const known = candidates.slice(0, Math.max(0, wanted))
  const imagined = Math.max(0, wanted - known.length)
  const racks = [...new Set(Object.values(snapshot.ring.locations))].sort()
  const more = Array.from({length: imagined}, (_, at): Candidate => {
    const node = `riak@zz-new-${String(at + 1).padStart(3, '0')}`
    return racks.length === 0 ? {node} : {node, location: racks[at % racks.length]!}
  })
  return {candidates: [...known, ...more], imagined}
}

/** A host that is only thought of, or could not be measured, is taken to have an empty disk like the usual one. */
function withImagined(snapshot: Snapshot, candidates: readonly Candidate[]): Snapshot {
  const {storage} = snapshot
  if (!storage) return snapshot
  const known = new Set(storage.map(({node}) => node))
  const sizes = storage.map(({size}) => size).sort((a, b) => a - b)
  const size = sizes[Math.floor(sizes.length / 2)] ?? 0
  const more = candidates
    .filter(({node}) => !known.has(node))
    .map(({node}): NodeStorage => ({node, size, used: 0, partitions: []}))
  return {...snapshot, storage: [...storage, ...more]}
}

/** New data lies evenly on all partitions. @param ingest bytes, before replication */
function grown(snapshot: Snapshot, ingest: number): Snapshot {
  const {storage, ring} = snapshot
  if (!storage || ingest <= 0) return snapshot
  const each = Math.round((ingest * copies) / ring.partitions)
  return {
    ...snapshot,
    storage: storage.map(disk => {
      const partitions = disk.partitions.map(held =>
        ring.owners[held.partition] === disk.node ? {...held, bytes: held.bytes + each} : held,
      )
      const own = disk.partitions.filter(({partition}) => ring.owners[partition] === disk.node).length
      return {...disk, used: disk.used + own * each, partitions}
    }),
  }
}

type Planned = {
  readonly number: number
  readonly begins: number
  readonly batch: readonly Candidate[]
  readonly before: Snapshot
  readonly step: ReturnType<typeof planStep>
  readonly diskPeak: number
}

function dayOf({number, begins, batch, before, step, diskPeak}: Planned): CampaignDay {
  const {forecast, planned, after} = step
  const members = presentMembers(after.ring)
  const {time} = forecast
  const stored = before.storage?.flatMap(({node, partitions}) =>
    partitions.flatMap(({partition, bytes}) => (before.ring.owners[partition] === node ? [bytes] : [])),
  )
  const fullest = fullestOf(forecast)
  const fault = faultOf(step, fullest, diskPeak)
  return {
    day: number,
    date: dateText(begins),
    begins,
    batch: batch.map(({node}) => node),
    nodes: members.length,
    moves: step.moves,
    minimum: minimumMoves(
      before.ring.owners,
      members.map(({node}) => node),
    ),
    transitions: planned.transitions.length,
    bytes: forecast.bytes,
    data: stored ? stored.reduce((all, bytes) => all + bytes, 0) : null,
    time,
    spare: time === null ? null : day - time.p90,
    fullest,
    ...(fault === undefined ? {} : {fault}),
  }
}

function fullestOf({nodes}: Forecast): CampaignDay['fullest'] {
  let fullest: CampaignDay['fullest'] = null
  for (const {node, disk} of nodes) {
    if (disk === null || disk.size === 0) continue
    const worst = thousandth(disk.worst / disk.size)
    if (fullest === null || worst > fullest.worst)
      fullest = {node, worst, after: thousandth(disk.after / disk.size)}
  }
  return fullest
}

const thousandth = (value: number): number => Math.round(value * 1000) / 1000

function faultOf(
  {forecast, planned, moves}: ReturnType<typeof planStep>,
  fullest: CampaignDay['fullest'],
  diskPeak: number,
): string | undefined {
  if (planned.crash !== undefined) return `riak_core could not make such a plan: ${planned.crash}`
  const [refused] = planned.refused
  if (refused) return `riak_core would refuse it: ${refused.reason.replaceAll('_', ' ')}`
  const filling = forecast.nodes.find(
    ({disk, in: received}) => disk !== null && received !== 0 && disk.worst > diskPeak * disk.size,
  )
  if (filling?.disk)
    return `${filling.node} would be ${formatShare(filling.disk.worst / filling.disk.size)} full at the worst, the limit is ${formatShare(diskPeak)}`
  if (fullest && fullest.worst > diskPeak && fullest.after > diskPeak)
    return `${fullest.node} stays ${formatShare(fullest.after)} full, the limit is ${formatShare(diskPeak)}`
  const {time, bytes, rates, higher} = forecast
  if (time !== null && time.p90 > day)
    return `${counted(moves, 'partition')}${bytes === null ? '' : ` (${formatBytes(bytes)})`} may take ${formatDuration(time.p90)} at ${formatRate(rates.typical)} a transfer${higher ? `, bound by the ${higher.limit} limit ${higher.from}` : ''}: the next batch has to wait`
  return undefined
}

function verdictOf(days: readonly CampaignDay[], until: number): Verdict {
  const bad = days.find(({fault}) => fault !== undefined)
  if (bad) return {keepsUp: false, day: bad.day, text: `falls behind on day ${bad.day} because ${bad.fault}`}
  const last = days.at(-1)
  if (!last) return {keepsUp: true, text: `nothing to do: there are ${until} nodes or more`}
  return {
    keepsUp: true,
    text: `keeps up: ${last.nodes} nodes on ${last.date}, day ${last.day}, with ${formatDuration(Math.min(...days.map(({spare}) => spare ?? day)))} to spare on the tightest day`,
  }
}

/** The same nodes, each in a batch of its own. */
function addSerial(
  serial: {moves: number; bytes: number | null},
  snapshot: Snapshot,
  batch: readonly Candidate[],
  {locations, options}: CampaignRequest,
): void {
  let at = snapshot
  for (const candidate of batch) {
    const step = planStep(at, joinsOf([candidate], locations), {...options, simulations: 0})
    serial.moves += step.moves
    serial.bytes =
      serial.bytes === null || step.forecast.bytes === null ? null : serial.bytes + step.forecast.bytes
    at = step.after
  }
}
