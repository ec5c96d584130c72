/** Questions to time: the campaign from 11 nodes to 80, three a day, and plans on which v4 tries by force. */
import type {Change, ClaimSettings} from '../../src/ring/changes.ts'
import {planChanges} from '../../src/ring/plan-changes.ts'
import type {Ring} from '../../src/ring/ring.ts'
import {type ClaimQuestion, isDictOrder, readVectors} from '../support/claim-vectors.ts'

const node = (number: number): string => `riak@10.77.0.${number}`

const settings = (claim: ClaimSettings['claim']): ClaimSettings => ({
  claim,
  targetN: 4,
  targetLocationN: 3,
  fullRebalanceOnLeave: false,
})

const joins = (from: number, to: number): Change[] =>
  Array.from({length: to - from + 1}, (_, at) => ({action: 'join', node: node(from + at)}))

const alone = (partitions: number): Ring => ({
  partitions,
  owners: Array.from({length: partitions}, () => node(1)),
  members: [{node: node(1), status: 'valid'}],
  claimant: node(1),
  pending: [],
  locations: {},
  locationChanged: false,
})

export type Step = {
  readonly ring: Ring
  readonly changes: readonly Change[]
  readonly config: ClaimSettings
  /** members before and after */
  readonly from: number
  readonly to: number
}

/** A cluster that grew to `sizes[0]` nodes and on: a step for each pair of neighbouring sizes. */
export function growth(claim: ClaimSettings['claim'], partitions: number, sizes: readonly number[]): Step[] {
  const config = settings(claim)
  let ring = alone(partitions)
  let nodes = 1
  const steps: Step[] = []
  for (const size of sizes) {
    const changes = joins(nodes + 1, size)
    steps.push({ring, changes, config, from: nodes, to: size})
    ring = planChanges(ring, changes, config).final
    nodes = size
  }
  return steps
}

const campaignSizes = Array.from({length: 23}, (_, day) => 14 + 3 * day)

/** The 23 plans of three nodes a day. */
export const campaign = (claim: ClaimSettings['claim'], partitions: number): Step[] =>
  growth(claim, partitions, [5, 8, 11, ...campaignSizes]).slice(3)

/** One step as a question to riak_core's planner. */
export function questionOf({ring, changes, config}: Step, id: string): ClaimQuestion {
  const added = changes.flatMap(({action, node}) => (action === 'join' ? [node] : []))
  const nodes = [...new Set([...ring.members.map(({node}) => node), ...added])].sort((a, b) =>
    a < b ? -1 : 1,
  )
  return {
    id,
    config,
    base: {
      ringSize: ring.partitions,
      claimant: ring.claimant,
      nodes,
      members: ring.members.map(({node, status}) => [node, status]),
      locations: ring.locations,
      locationChanged: ring.locationChanged,
      owners: ring.owners.map(owner => nodes.indexOf(owner)),
    },
    changes,
  }
}

/** Vectors whose plan takes riak_core seconds, or nearly: v4 cannot place its nodes at once and tries by force. */
export async function forcedVectors(ids: readonly string[]): Promise<ClaimQuestion[]> {
  const found: ClaimQuestion[] = []
  for (const family of ['loc', 'locbig', 'uneven', 'change']) {
    const file = new URL(`../fixtures/claim-vectors/${family}.jsonl.gz`, import.meta.url).pathname
    for await (const {vector} of readVectors(file))
      if (!isDictOrder(vector) && ids.includes(vector.id)) found.push(vector)
  }
  return found
}
