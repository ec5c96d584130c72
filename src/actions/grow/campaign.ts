/** A whole campaign, simulated day by day. Only reads. */

import type {RingupCommand} from '../../cli/command.ts'
import {stdoutLook} from '../../cli/terminal.ts'
import {OpsError} from '../../errors.ts'
import type {Session} from '../../fleet/fleet.ts'
import {nowAndThen} from '../../now-and-then.ts'
import {type Campaign, type CampaignRequest, campaignOf} from '../../plan/campaign.ts'
import {type Solution, solveCampaign} from '../../plan/solve-campaign.ts'
import {jsonText} from '../../printable.ts'
import {campaignText, solutionText} from '../../report/campaign/campaign-text.ts'
import type {Snapshot} from '../../ring/snapshot.ts'
import {refuseOther, writeWhole} from '../../state/write-whole.ts'
import {measured} from '../measure.ts'
import {planOptions, readSnapshotFile} from '../plan-request.ts'
import {candidateOf, candidatesOf, type GrowthFlags, growthOf, stagesLocations} from './growth.ts'

export type GrowPlanFlags = GrowthFlags & {
  readonly start?: string | undefined
  readonly rate?: string | undefined
  readonly solve: boolean
  readonly 'compare-serial': boolean
  readonly 'from-snapshot'?: string | undefined
  readonly out?: string | undefined
}

export type GrowPlanReport = Campaign & {
  /** other paces: `--solve` */
  readonly solution?: Solution
}

export async function growPlan(
  command: RingupCommand,
  session: Session,
  flags: GrowPlanFlags,
): Promise<GrowPlanReport> {
  if (flags.out !== undefined) refuseOther(flags.out, 'campaign')
  const {until, perDay, ingestPerDay, window} = growthOf(session.inventory, flags)
  const snapshot = await growthSnapshot(command, session, flags['from-snapshot'])
  const request: CampaignRequest = {
    cluster: session.inventory.cluster,
    snapshot,
    candidates: candidatesOf(session.inventory, snapshot).map(candidateOf),
    until,
    perDay,
    start: startOf(flags.start, snapshot),
    window,
    locations: stagesLocations(snapshot, flags.locations),
    options: {...planOptions(session, flags.rate, snapshot), ingestPerDay},
    compareSerial: flags['compare-serial'],
  }
  const campaign = campaignOf(request)
  command.print(campaignText(campaign, stdoutLook()))
  if (flags.out !== undefined) writeWhole(flags.out, `${jsonText(campaign, 1)}\n`, 'campaign')
  if (!flags.solve) return campaign
  const tell = nowAndThen(text => command.say(text))
  const solution = solveCampaign(request, what => tell(() => `simulating: ${what}`))
  command.print(solutionText(solution, stdoutLook()))
  return {...campaign, solution}
}

async function growthSnapshot(
  command: RingupCommand,
  session: Session,
  file: string | undefined,
): Promise<Snapshot> {
  if (file !== undefined) return readSnapshotFile(file)
  const {hosts} = session.inventory
  // a host that is to join some day need not be there today, and is not asked what it knows of the cluster
  const {snapshot} = await session.ask()
  return measured(session, snapshot, hosts, text => command.say(text))
}

/** `2026-12-01`, midnight local time; default: when the snapshot was taken. */
function startOf(text: string | undefined, {takenAt}: Snapshot): number {
  if (text === undefined) return takenAt
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  const date = match ? new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3])) : undefined
  if (date && date.getMonth() === Number(match![2]) - 1) return date.getTime()
  throw new OpsError('usage', `--start ${text} is not a date`, {hint: 'as 2026-12-01'})
}
