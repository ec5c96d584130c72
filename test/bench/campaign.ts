/**
 * `npm run bench -- campaign`: 11 to 80 nodes, three a day, a terabyte a day, 1024 partitions, simulated whole as
 * `grow plan` does it, in seconds of CPU; beside it, as a ratio, the 23 plans alone.
 */
import {type CampaignRequest, campaignOf} from '../../src/plan/campaign.ts'
import {snapshotAfter} from '../../src/plan/snapshot-after.ts'
import type {ClaimSettings} from '../../src/ring/changes.ts'
import {planChanges} from '../../src/ring/plan-changes.ts'
import type {Ring} from '../../src/ring/ring.ts'
import type {NodeStorage} from '../../src/ring/snapshot.ts'
import {nodeFacts, snapshotOf} from '../support/snapshots.ts'

const partitions = 1024
const name = (number: number): string => `riak@10.20.0.${number + 10}`

export function benchCampaign(): void {
  for (const claim of ['v2', 'v4'] as const) {
    const request = requestFor({claim, targetN: 4, targetLocationN: 3, fullRebalanceOnLeave: false})
    const [planning, whole] = [spent(() => plansAlone(request)), spent(() => campaignOf(request))]
    console.log(
      JSON.stringify({
        bench: 'campaign',
        claim,
        partitions,
        days: campaignOf(request).days.length,
        cpuS: rounded(whole),
        plansAloneS: rounded(planning),
        ratio: rounded(whole / planning),
      }),
    )
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100

/** seconds of CPU */
function spent(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const {user, system} = process.cpuUsage(before)
  return (user + system) / 1e6
}

function requestFor(claim: ClaimSettings): CampaignRequest {
  const alone: Ring = {
    partitions,
    owners: Array.from({length: partitions}, () => name(1)),
    members: [{node: name(1), status: 'valid'}],
    claimant: name(1),
    pending: [],
    locations: {},
    locationChanged: false,
  }
  const joins = Array.from({length: 10}, (_, at) => ({action: 'join' as const, node: name(at + 2)}))
  const ring = planChanges(alone, joins, claim).final
  const storage = Array.from({length: 80}, (_, at): NodeStorage => {
    const node = name(at + 1)
    const held = ring.owners.flatMap((owner, partition) => (owner === node ? [{partition, bytes: 11e9}] : []))
    return {node, size: 4e12, used: held.length * 11e9 + 20e9, partitions: held}
  })
  return {
    cluster: 'bench',
    snapshot: snapshotOf(ring, {claim, storage, nodes: ring.members.map(({node}) => nodeFacts(node))}),
    candidates: Array.from({length: 69}, (_, at) => ({node: name(at + 12)})),
    until: 80,
    perDay: 3,
    start: 1_764_547_200_000,
    locations: false,
    options: {ingestPerDay: 1e12, rates: {basis: 'stated', low: 48e6, typical: 60e6, high: 75e6}},
  }
}

function plansAlone({snapshot, candidates, perDay}: CampaignRequest): void {
  let at = snapshot
  for (let taken = 0; taken < candidates.length; taken += perDay) {
    const joins = candidates.slice(taken, taken + perDay).map(({node}) => ({action: 'join' as const, node}))
    at = snapshotAfter(at, planChanges(at.ring, joins, at.claim as ClaimSettings))
  }
}
