/** What a reviewer wants to know of a plan beside its moves: how many there had to be, how even, how safe. Pure. */

import {balanceOf, efficiencyOf} from '../ring/balance.ts'
import type {ClaimSettings, PlannedChanges} from '../ring/changes.ts'
import {preflistsSharingLocations, preflistsSharingNodes} from '../ring/preflists.ts'
import type {NodeName, Ring} from '../ring/ring.ts'
import {type RingFit, ringFit} from '../ring/ring-fit.ts'
import {presentMembers} from '../ring/snapshot.ts'

export type Analysis = {
  readonly moves: {
    readonly planned: number
    /** the fewest that share the ring evenly, copies' distances left aside */
    readonly minimum: number
    /** planned / minimum; null: nothing had to move */
    readonly efficiency: number | null
  }
  readonly balance: {readonly before: BalanceFigures; readonly after: BalanceFigures}
  /** preflists whose copies meet, each by the position of its first partition */
  readonly preflists: {
    /** with fewer than `target_n_val` nodes */
    readonly nodes: BeforeAfter & {readonly n: number}
    /** with fewer than `target_location_n_val` locations; null: no member has a location */
    readonly locations: (BeforeAfter & {readonly n: number}) | null
  }
  readonly pairs: readonly {readonly from: NodeName; readonly to: NodeName; readonly count: number}[]
  readonly nodes: readonly {
    readonly node: NodeName
    readonly before: number
    readonly after: number
    readonly out: number
    readonly in: number
  }[]
  /** whether the ring's size suits the number of nodes afterwards */
  readonly fit: RingFit
}

/** partitions a node */
type BalanceFigures = {
  readonly largest: number
  readonly smallest: number
  readonly mean: number
  readonly largestToMean: number
}

type BeforeAfter = {readonly before: readonly number[]; readonly after: readonly number[]}

export function analyse(ring: Ring, planned: PlannedChanges, claim: ClaimSettings): Analysis {
  const {final, transitions} = planned
  const sharing = claimingNodes(final)
  const transfers = transitions.flatMap(transition => transition.transfers)
  const {minimum, plannedToMinimum} = efficiencyOf(transfers.length, ring.owners, sharing)
  return {
    moves: {
      planned: transfers.length,
      minimum,
      efficiency: plannedToMinimum === undefined ? null : rounded(plannedToMinimum),
    },
    balance: {before: figures(ring.owners, claimingNodes(ring)), after: figures(final.owners, sharing)},
    preflists: preflistsOf(ring, final, claim),
    pairs: pairsOf(transfers),
    nodes: nodesOf(ring, final, transfers),
    fit: ringFit(ring.partitions, sharing.length, {targetN: claim.targetN}),
  }
}

/** Members that are to share the ring. */
const claimingNodes = (ring: Ring): NodeName[] =>
  ring.members
    .filter(({status}) => status === 'valid' || status === 'joining' || status === 'down')
    .map(({node}) => node)

function figures(owners: readonly NodeName[], nodes: readonly NodeName[]): BalanceFigures {
  const {largest, smallest, mean, largestToMean} = balanceOf(owners, nodes)
  return {largest, smallest, mean: rounded(mean), largestToMean: rounded(largestToMean)}
}

/** Three decimals: a plan's bytes must not hang on how a machine divides. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000

function preflistsOf(
  before: Ring,
  after: Ring,
  {targetN, targetLocationN}: ClaimSettings,
): Analysis['preflists'] {
  const starts = (narrow: readonly {readonly partitions: readonly number[]}[]): number[] =>
    narrow.map(({partitions}) => partitions[0]!)
  const located = Object.keys({...before.locations, ...after.locations}).length > 0
  const locations = (ring: Ring): number[] =>
    starts(preflistsSharingLocations(ring.owners, ring.locations, targetLocationN))
  return {
    nodes: {
      n: targetN,
      before: starts(preflistsSharingNodes(before.owners, targetN)),
      after: starts(preflistsSharingNodes(after.owners, targetN)),
    },
    locations: located ? {n: targetLocationN, before: locations(before), after: locations(after)} : null,
  }
}

function pairsOf(transfers: readonly {readonly from: NodeName; readonly to: NodeName}[]): Analysis['pairs'] {
  const counts = new Map<string, {from: NodeName; to: NodeName; count: number}>()
  for (const {from, to} of transfers) {
    const pair = counts.get(`${from} ${to}`) ?? {from, to, count: 0}
    pair.count += 1
    counts.set(`${from} ${to}`, pair)
  }
  return [...counts.values()].sort((a, b) => order(a.from, b.from) || order(a.to, b.to))
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function nodesOf(
  before: Ring,
  after: Ring,
  transfers: readonly {readonly from: NodeName; readonly to: NodeName}[],
): Analysis['nodes'] {
  const rows = new Map<NodeName, {node: NodeName; before: number; after: number; out: number; in: number}>()
  const row = (node: NodeName) => {
    const known = rows.get(node) ?? {node, before: 0, after: 0, out: 0, in: 0}
    rows.set(node, known)
    return known
  }
  for (const ring of [before, after]) for (const {node} of presentMembers(ring)) row(node)
  for (const owner of before.owners) row(owner).before += 1
  for (const owner of after.owners) row(owner).after += 1
  for (const {from, to} of transfers) {
    row(from).out += 1
    row(to).in += 1
  }
  return [...rows.values()].sort((a, b) => order(a.node, b.node))
}
