/**
 * The exact difference between the ring that is and the one that is wanted: a value that can be saved, reviewed,
 * approved by its digest and carried out. A pure function of snapshot, changes and options: same input, same bytes.
 */
import {type Forecast, forecastOf} from '../forecast/forecast.ts'
import {assumedRates, type Rates} from '../forecast/rates.ts'
import {sizesOf} from '../forecast/storage.ts'
import {jsonText} from '../printable.ts'
import type {Change, ClaimSettings, PlannedChanges, Transition} from '../ring/changes.ts'
import type {ClusterIdentity} from '../ring/identity.ts'
import {planChanges} from '../ring/plan-changes.ts'
import type {Member, NodeName, Ring} from '../ring/ring.ts'
import {type Known, presentMembers, type Snapshot} from '../ring/snapshot.ts'
import {type Analysis, analyse} from './analysis.ts'
import {digestOf} from './canonical.ts'
import type {Risk} from './risk.ts'
import {accepts, risksOf} from './risks.ts'

export type Fidelity = 'exact' | 'simulated' | 'estimate'

export type Plan = {
  readonly schema: 'ringup/plan/1'
  /** of everything below: what an operator approves */
  readonly digest: string
  readonly cluster: string
  /** `exact`: riak_core will do just this; `simulated`: a random choice is in it; `estimate`: the claim is not known */
  readonly fidelity: Fidelity
  readonly ring: {readonly partitions: number}
  readonly base: Base
  readonly claim: ClaimSettings
  readonly claimFunction: string
  readonly changes: readonly Change[]
  readonly transitions: readonly PlannedTransition[]
  readonly analysis: Analysis
  readonly forecast: Forecast
  /** share of a disk, 0 to 1, that the risks were judged by */
  readonly diskPeak: number
  readonly risks: readonly Risk[]
  /** ids of the risks above that the operator accepts; each is one of them */
  readonly accepted: readonly string[]
}

/** The ring that the plan starts from; a run refuses when the cluster's is another. */
export type Base = Pick<Ring, 'claimant' | 'members' | 'owners' | 'locations' | 'locationChanged'> & {
  /** of all the others here, which change; that a plan is of another cluster is another refusal */
  readonly digest: string
  /** as in `Snapshot`; missing in plans that were made before it was asked for */
  readonly clusterName?: Known<string>
}

export type PlannedTransition = {
  /** members in the ring that is installed */
  readonly members: readonly Member[]
  /** owners in ring order, once its transfers are done */
  readonly owners: readonly NodeName[]
  readonly transfers: readonly Transfer[]
  /** given away at once, without a transfer */
  readonly reassigned: readonly Omit<Transfer, 'bytes'>[]
}

export type Transfer = {
  /** position, 0..n-1 */
  readonly partition: number
  readonly from: NodeName
  readonly to: NodeName
  /** null: the size is not known */
  readonly bytes: number | null
}

export type PlanRequest = {
  readonly cluster: string
  readonly snapshot: Snapshot
  readonly changes: readonly Change[]
  readonly accepted?: readonly string[]
  readonly options?: PlanOptions
}

export type PlanOptions = {
  /** share of a disk, 0 to 1, that must not be exceeded; default 0.8 */
  readonly diskPeak?: number
  /** default: assumed */
  readonly rates?: Rates
  /** bytes of new data a day, before replication */
  readonly ingestPerDay?: number | undefined
  /** handoffs that are simulated */
  readonly simulations?: number
}

export function makePlan({cluster, snapshot, changes, accepted = [], options = {}}: PlanRequest): Plan {
  const {diskPeak = 0.8, rates = assumedRates, ...rest} = options
  const claim = claimOf(snapshot)
  const seed =
    snapshot.seed === 'unknown' ? undefined : ([BigInt(snapshot.seed[0]), BigInt(snapshot.seed[1])] as const)
  const {ring} = snapshot
  const planned = planChanges(ring, changes, claim, seed ? {seed} : {})
  const forecast = forecastOf(snapshot, planned.transitions, {rates, ...rest})
  const sizes = sizesOf(ring, snapshot.storage)
  const bytesOf = (partition: number): number | null => sizes.of(partition)?.bytes ?? null
  const risks = risksOf({snapshot, planned, asked: changes, claim, forecast, diskPeak})
  const plan: Omit<Plan, 'digest'> = {
    schema: 'ringup/plan/1',
    cluster,
    fidelity: fidelityOf(snapshot, planned),
    ring: {partitions: ring.partitions},
    base: {...baseOf(ring), clusterName: snapshot.clusterName},
    claim,
    claimFunction: snapshot.claimFunction,
    changes: planned.changes,
    transitions: planned.transitions.map(transition => plannedTransition(transition, bytesOf)),
    analysis: analyse(ring, planned, claim),
    forecast,
    diskPeak,
    risks,
    // what is accepted is what was seen: a risk that is found later is not accepted beforehand
    accepted: [...new Set(accepted)].filter(id => accepts({risks, accepted}, id)).sort(),
  }
  const {schema, ...content} = plan
  return {schema, digest: digestOf(plan), ...content}
}

/** As the cluster has it, or as it is assumed: then a plan is an estimate. */
export const claimOf = ({claim}: Snapshot): ClaimSettings => (claim === 'unknown' ? assumedClaim : claim)

/** What riak_core does when nothing is configured. */
const assumedClaim: ClaimSettings = {
  claim: 'v2',
  targetN: 4,
  targetLocationN: 3,
  fullRebalanceOnLeave: false,
}

function fidelityOf(snapshot: Snapshot, planned: PlannedChanges): Fidelity {
  if (snapshot.claim === 'unknown' || snapshot.ring.pending.length > 0) return 'estimate'
  return planned.random.length > 0 ? 'simulated' : 'exact'
}

export function baseOf(ring: Ring): Base {
  const base = {
    claimant: ring.claimant,
    members: presentMembers(ring),
    owners: ring.owners,
    locations: ring.locations,
    locationChanged: ring.locationChanged,
  }
  return {digest: digestOf(base), ...base}
}

const plannedTransition = (
  {members, nextOwners, transfers, reassigned}: Transition,
  bytesOf: (partition: number) => number | null,
): PlannedTransition => ({
  members: members.filter(({status}) => status !== 'invalid'),
  owners: nextOwners,
  transfers: transfers.map(({partition, from, to}) => ({
    partition,
    from,
    to,
    bytes: bytesOf(partition),
  })),
  reassigned: reassigned.map(({partition, from, to}) => ({partition, from, to})),
})

/** All that an operator asked for. riak_core lists no join for a node that gets a location in the same plan. */
export function askedChanges({changes, base}: Pick<Plan, 'changes' | 'base'>): Change[] {
  const known = new Set(
    [...base.members, ...changes.filter(({action}) => action === 'join')].map(({node}) => node),
  )
  const placed = changes.filter(({action, node}) => action === 'setLocation' && !known.has(node))
  return [...placed.map(({node}): Change => ({action: 'join', node})), ...changes]
}

/** Which cluster it is for: its members, and those that it brings. */
export const planIdentity = ({base, changes}: Pick<Plan, 'base' | 'changes'>): ClusterIdentity => ({
  name: base.clusterName ?? 'unknown',
  members: [
    ...new Set([
      ...base.members.map(({node}) => node),
      ...changes.flatMap(change => ('with' in change ? [change.node, change.with] : [change.node])),
    ]),
  ],
})

/** Owners when all is done. */
export const finalOwners = (plan: Plan): readonly NodeName[] =>
  plan.transitions.at(-1)?.owners ?? plan.base.owners

/** Partitions that will be handed off, over all transitions. */
export const transferCount = (plan: Plan): number =>
  plan.transitions.reduce((sum, {transfers}) => sum + transfers.length, 0)

/** The same bytes for the same plan. */
export const planText = (plan: Plan): string => `${jsonText(plan, 1)}\n`
