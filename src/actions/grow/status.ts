/** How far a campaign is, what is next, and how it differs from what was forecast. Only reads. */

import type {RingupCommand} from '../../cli/command.ts'
import {stdoutLook} from '../../cli/terminal.ts'
import {newcomersOf} from '../../execute/changes-seen.ts'
import type {Session} from '../../fleet/fleet.ts'
import type {Campaign} from '../../plan/campaign.ts'
import {dateText, growthDay, isOpen, nextOpening} from '../../plan/window.ts'
import {type GrowthBatch, type GrowthStatus, growthText} from '../../report/campaign/growth-text.ts'
import {type ClusterIdentity, identityOf} from '../../ring/identity.ts'
import {presentMembers} from '../../ring/snapshot.ts'
import {allRuns, isOn} from '../../state/runs.ts'
import {day} from '../../units.ts'
import {unrest} from '../../watch/settled.ts'
import {readCampaign} from '../report.ts'
import {candidatesOf, type GrowthFlags, growthOf} from './growth.ts'

export async function growStatus(
  command: RingupCommand,
  session: Session,
  flags: GrowthFlags & {readonly campaign?: string | undefined},
): Promise<GrowthStatus> {
  const {inventory, clock} = session
  const {until, perDay, window} = growthOf(inventory, flags)
  const campaign = flags.campaign === undefined ? undefined : readCampaign(flags.campaign)
  const {snapshot} = await session.ask()
  const nodes = presentMembers(snapshot.ring).length
  const left = candidatesOf(inventory, snapshot)
  const batches = batchesOf(identityOf(snapshot), campaign)
  const now = clock.now()
  const since = growthDay(window, now)
  const today = batches
    .filter(({committedAt}) => committedAt >= since)
    .reduce((sum, {nodes: joined}) => sum + joined.length, 0)
  const full = today >= perDay
  const due = nextOpening(window, full ? since + day : now)
  const status: GrowthStatus = {
    schema: 'ringup/grow-status/1',
    cluster: inventory.cluster,
    nodes,
    until,
    perDay,
    today,
    unrest: unrest(snapshot),
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
  command.print(growthText(status, stdoutLook()))
  return status
}

/** Batches that runs known here have committed, the oldest first, each beside its day of the campaign. */
function batchesOf(cluster: ClusterIdentity, campaign: Campaign | undefined): GrowthBatch[] {
  return allRuns()
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
