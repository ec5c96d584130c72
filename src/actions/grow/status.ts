/** How far a campaign is, what is next, and how it differs from what was forecast. Only reads. */
import {newcomersOf} from '../../execute/changes-seen.ts'
import type {Range} from '../../forecast/forecast.ts'
import type {Campaign} from '../../plan/campaign.ts'
import {dateText, growthDay, isOpen, nextOpening} from '../../plan/window.ts'
import {identityOf} from '../../ring/identity.ts'
import {presentMembers, type Snapshot} from '../../ring/snapshot.ts'
import {readCampaign} from '../../state/reported.ts'
import {allRuns, type FoundRun, isOn} from '../../state/runs.ts'
import {day} from '../../units.ts'
import {unrest} from '../../watch/settled.ts'
import type {Context} from '../context.ts'
import {candidatesOf, type GrowthWishes, growthOf, joinedSince, openRuns} from './growth.ts'

export type GrowthStatus = {
  readonly schema: 'ringup/grow-status/1'
  readonly cluster: string
  readonly nodes: number
  readonly until: number
  readonly perDay: number
  /** nodes that joined today */
  readonly today: number
  /** why the cluster is not at rest; none: it is */
  readonly unrest: readonly string[]
  /** a run that has sent something and did not end: it is gone on with first; null: there is none */
  readonly unfinished: string | null
  /** null: there are as many as wanted; `due`: `now`, or a time (ISO 8601) */
  readonly next: {readonly hosts: readonly string[]; readonly due: string} | null
  /** hosts that the inventory lacks */
  readonly missing: number
  readonly batches: readonly GrowthBatch[]
  /** against a campaign's forecast; null: none was named */
  readonly drift: {readonly forecastNodes: number; readonly nodes: number; readonly days: number} | null
}

export type GrowthBatch = {
  readonly run: string
  /** ms since 1970 */
  readonly committedAt: number
  readonly date: string
  readonly nodes: readonly string[]
  /** as planned */
  readonly bytes: number | null
  readonly planned: Range | null
  /** ms from the commit until it was at rest; null: not known */
  readonly took: number | null
  /** its day in the campaign */
  readonly day: number | null
}

export async function growStatus(
  {fleet}: Context,
  wishes: GrowthWishes & {readonly campaign?: string | undefined},
): Promise<GrowthStatus> {
  const {inventory, clock} = fleet
  const {until, perDay, window} = growthOf(inventory, wishes)
  const campaign = wishes.campaign === undefined ? undefined : readCampaign(wishes.campaign)
  const [{snapshot}] = await Promise.all([fleet.ask(), fleet.remember()])
  const nodes = presentMembers(snapshot.ring).length
  const left = candidatesOf(inventory, snapshot)
  const runs = allRuns(fleet.memory)
  const batches = batchesOf(runs, snapshot, campaign)
  const now = clock.now()
  const since = growthDay(window, now)
  const today = joinedSince(fleet, snapshot, since)
  const full = today >= perDay
  const due = nextOpening(window, full ? since + day : now)
  return {
    schema: 'ringup/grow-status/1',
    cluster: inventory.cluster,
    nodes,
    until,
    perDay,
    today,
    unrest: unrest(snapshot),
    unfinished: openRuns(runs, snapshot)[0]?.run ?? null,
    next:
      nodes >= until
        ? null
        : {
            hosts: left
              .slice(0, Math.min(full ? perDay : perDay - today, until - nodes))
              .map(({name}) => name),
            due: !full && isOpen(window, now) ? 'now' : new Date(due).toISOString(),
          },
    missing: Math.max(0, until - nodes - left.length),
    batches,
    drift: campaign ? driftOf(campaign, nodes, now) : null,
  }
}

/** Batches that runs have committed, the oldest first, each beside its day of the campaign. */
function batchesOf(
  runs: readonly FoundRun[],
  snapshot: Snapshot,
  campaign: Campaign | undefined,
): GrowthBatch[] {
  const cluster = identityOf(snapshot)
  return runs
    .filter(run => isOn(run, cluster))
    .flatMap(({run, state}): GrowthBatch[] => {
      const {plan, committedAt, settledIn} = state
      if (!plan || committedAt === undefined) return []
      const nodes = newcomersOf(plan)
      if (nodes.length === 0) return []
      const forecast = campaign?.days.find(({batch}) => batch.every(node => nodes.includes(node)))
      return [
        {
          run,
          committedAt,
          date: dateText(committedAt),
          nodes,
          bytes: plan.forecast.bytes,
          planned: plan.forecast.time,
          took: settledIn ?? null,
          day: forecast?.day ?? null,
        },
      ]
    })
    .sort((a, b) => a.committedAt - b.committedAt)
}

/** Nodes and days before or behind the campaign. */
function driftOf({days, from}: Campaign, nodes: number, now: number): GrowthStatus['drift'] {
  const begun = days.filter(({begins}) => begins <= now)
  const forecast = begun.at(-1)?.nodes ?? from
  // the day on which the campaign has as many nodes as there are
  const reached = days.filter(({nodes: then}) => then <= nodes).length
  return {forecastNodes: forecast, nodes: nodes - forecast, days: reached - begun.length}
}
