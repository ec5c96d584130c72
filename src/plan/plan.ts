/**
 * The exact difference between the ring that is and the one that is wanted: a value that can be saved, reviewed,
 * approved by its digest and carried out. A pure function of snapshot, changes and options: same input, same bytes.
 */
import type {Change, ClaimSettings, PlannedChanges, Transition} from '../ring/changes.ts'
import {planChanges} from '../ring/plan-changes.ts'
import type {Member, NodeName, Ring} from '../ring/ring.ts'
import {presentMembers, type Snapshot} from '../ring/snapshot.ts'
import {type Analysis, analyse} from './analysis.ts'
import {digestOf} from './canonical.ts'
import {type Risk, risksOf} from './risks.ts'

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
  readonly risks: readonly Risk[]
  /** ids of risks that the operator accepts */
  readonly accepted: readonly string[]
}

/** The ring that the plan starts from; a run refuses when the cluster's is another. */
export type Base = Pick<Ring, 'claimant' | 'members' | 'owners' | 'locations' | 'locationChanged'> & {
  readonly digest: string
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
}

export function makePlan({cluster, snapshot, changes, accepted = []}: PlanRequest): Plan {
  const claim = snapshot.claim === 'unknown' ? assumedClaim : snapshot.claim
  const seed =
    snapshot.seed === 'unknown' ? undefined : ([BigInt(snapshot.seed[0]), BigInt(snapshot.seed[1])] as const)
  const {ring} = snapshot
  const planned = planChanges(ring, changes, claim, seed ? {seed} : {})
  const plan: Omit<Plan, 'digest'> = {
    schema: 'ringup/plan/1',
    cluster,
    fidelity: fidelityOf(snapshot, planned),
    ring: {partitions: ring.partitions},
    base: baseOf(ring),
    claim,
    claimFunction: snapshot.claimFunction,
    changes: planned.changes,
    transitions: planned.transitions.map(plannedTransition),
    analysis: analyse(ring, planned, claim),
    risks: risksOf(snapshot, planned, changes, claim),
    accepted: [...new Set(accepted)].sort(),
  }
  const {schema, ...rest} = plan
  return {schema, digest: digestOf(plan), ...rest}
}

/** What riak_core does when nothing is configured; for an estimate only. */
const assumedClaim: ClaimSettings = {claim: 'v2', targetN: 4, targetLocationN: 3, fullRebalanceOnLeave: false}

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

const plannedTransition = ({members, nextOwners, transfers, reassigned}: Transition): PlannedTransition => ({
  members: members.filter(({status}) => status !== 'invalid'),
  owners: nextOwners,
  transfers: transfers.map(({partition, from, to}) => ({partition, from, to, bytes: null})),
  reassigned: reassigned.map(({partition, from, to}) => ({partition, from, to})),
})

/** Owners when all is done. */
export const finalOwners = (plan: Plan): readonly NodeName[] =>
  plan.transitions.at(-1)?.owners ?? plan.base.owners

/** Partitions that will be handed off, over all transitions. */
export const transferCount = (plan: Plan): number =>
  plan.transitions.reduce((sum, {transfers}) => sum + transfers.length, 0)

/** The same bytes for the same plan. */
export const planText = (plan: Plan): string => `${JSON.stringify(plan, null, 1)}\n`
