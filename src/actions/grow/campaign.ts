/** A whole campaign, simulated day by day. Only reads. */

import {nowAndThen} from '../../now-and-then.ts'
import {stagesLocations} from '../../plan/asked-changes.ts'
import {type Campaign, type CampaignRequest, campaignOf} from '../../plan/campaign.ts'
import {type Solution, solveCampaign} from '../../plan/solve-campaign.ts'
import type {Snapshot} from '../../ring/snapshot.ts'
import type {Context} from '../context.ts'
import {measured} from '../measure.ts'
import {planOptions, readSnapshotFile} from '../plan-request.ts'
import {candidateOf, candidatesOf, type GrowthWishes, growthOf} from './growth.ts'

export type GrowPlanRequest = GrowthWishes & {
  /** ms since 1970; default: when the snapshot was taken */
  readonly start?: number | undefined
  /** bytes a second of one transfer; default: as earlier runs measured it */
  readonly rate?: number | undefined
  /** what batches save over one node after the other */
  readonly compareSerial: boolean
  /** a file instead of the cluster */
  readonly fromSnapshot?: string | undefined
}

export type GrowPlanReport = Campaign & {
  /** other paces: `--solve` */
  readonly solution?: Solution
}

export type Forecast = {readonly campaign: Campaign; readonly request: CampaignRequest}

export async function growPlan(context: Context, wishes: GrowPlanRequest): Promise<Forecast> {
  const {fleet} = context
  const {until, perDay, ingestPerDay, window} = growthOf(fleet.inventory, wishes)
  const snapshot = await growthSnapshot(context, wishes.fromSnapshot)
  const request: CampaignRequest = {
    cluster: fleet.inventory.cluster,
    snapshot,
    candidates: candidatesOf(fleet.inventory, snapshot).map(candidateOf),
    until,
    perDay,
    start: wishes.start ?? snapshot.takenAt,
    window,
    locations: stagesLocations(snapshot, wishes.locations),
    options: {...planOptions(fleet, wishes.rate, snapshot), ingestPerDay},
    compareSerial: wishes.compareSerial,
  }
  return {campaign: campaignOf(request), request}
}

/** Other paces: the fewest nodes a day, the cheapest batch, the latest start. */
export function otherPaces({say}: Pick<Context, 'say'>, {request}: Forecast): Solution {
  const tell = nowAndThen(say)
  return solveCampaign(request, what => tell(() => `simulating: ${what}`))
}

async function growthSnapshot({fleet, say}: Context, file: string | undefined): Promise<Snapshot> {
  if (file !== undefined) return readSnapshotFile(file)
  // a host that is to join some day need not be there today, and is not asked what it knows of the cluster
  const {snapshot} = await fleet.ask()
  return measured(fleet, snapshot, fleet.inventory.hosts, say)
}
