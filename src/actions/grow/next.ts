/**
 * Today's batch, when the last one has settled, the window is open and nothing speaks against it. Made to be called
 * again and again, by cron or a CI job: it goes on with what an earlier call left unfinished, and never does more
 * than a day's nodes in a day.
 */
import {OpsError} from '../../errors.ts'
import type {RunReport} from '../../execute/carry-out.ts'
import {stagedNow} from '../../execute/changes-seen.ts'
import {overtaken} from '../../execute/overtaken.ts'
import type {Fleet} from '../../fleet/fleet.ts'
import type {Host} from '../../inventory/inventory.ts'
import {growthDay, isOpen, nextOpening} from '../../plan/window.ts'
import {presentMembers, type Snapshot} from '../../ring/snapshot.ts'
import {damagedText, type FoundRun, knownRuns, type RunIsOver} from '../../state/runs.ts'
import {counted, formatMoment} from '../../units.ts'
import {approveAndRun, type RunWishes} from '../apply.ts'
import type {Context} from '../context.ts'
import {type PlanWishes, requestPlan} from '../plan-request.ts'
import {endOvertaken, resumeRun} from '../resume.ts'
import {refuseUnsettled} from '../unsettled.ts'
import {candidatesOf, type Growth, type GrowthWishes, growthOf, joinedSince, openRuns} from './growth.ts'

type GrowNextWishes = RunWishes &
  PlanWishes &
  GrowthWishes & {
    /** the window and what was done today do not count */
    readonly anyTime: boolean
  }

export type GrowNextReport = {
  readonly schema: 'ringup/grow-next/1'
  readonly cluster: string
  /** a batch was carried out, or nothing was due */
  readonly did: 'batch' | 'nothing'
  readonly message: string
  readonly nodes: number
  readonly until: number
  /** an earlier run that was gone on with first */
  readonly resumed?: RunReport | RunIsOver
  readonly run?: RunReport
}

export async function growNext(context: Context, wishes: GrowNextWishes): Promise<GrowNextReport> {
  const {fleet, say} = context
  const {inventory} = fleet
  const growth = growthOf(inventory, wishes)
  const first = (await Promise.all([fleet.ask(), fleet.remember()]))[0].snapshot
  const resumed = await goOn(context, first, wishes)
  const snapshot = resumed ? (await Promise.all([fleet.ask(), fleet.remember()]))[0].snapshot : first
  await refuseUnsettled(fleet, snapshot, say)
  const nodes = presentMembers(snapshot.ring).length
  const {until} = growth
  const shared = {schema: 'ringup/grow-next/1' as const, cluster: inventory.cluster, until}
  const due = dueNow(fleet, snapshot, growth, wishes.anyTime)
  if (typeof due === 'string')
    return {...shared, did: 'nothing', message: due, nodes, ...(resumed ? {resumed} : {})}
  const names = due.map(({name}) => name)
  const {accept, rate, locations} = wishes
  const request = {accept, rate, locations, add: names}
  const {plan, snapshot: read, notes} = await requestPlan(fleet, request, say)
  for (const note of notes) say(note)
  const run = await approveAndRun(context, plan, {
    ...wishes,
    title: `grow ${nodes} to ${nodes + names.length} of ${until}: ${names.join(' ')}`,
    snapshot: read,
  })
  const message = `${names.join(', ')} joined`
  return {...shared, did: 'batch', message, nodes: nodes + names.length, ...(resumed ? {resumed} : {}), run}
}

/** Ends what earlier calls began: first of all, and before anything new. */
async function goOn(
  context: Context,
  snapshot: Snapshot,
  wishes: RunWishes,
): Promise<RunReport | RunIsOver | undefined> {
  const {fleet, say} = context
  for (const open of unfinished(fleet, snapshot, say)) {
    const {plan, committedAt, outcome} = open.state
    const since = overtaken(plan!, committedAt !== undefined, snapshot)
    if (since !== undefined) {
      await endOvertaken(context, open, {since, snapshot})
      continue
    }
    // what is committed moves by itself; to wait for it is what the exit code is for
    if (committedAt !== undefined) await refuseUnsettled(fleet, snapshot, say)
    say(`run ${open.run} was not finished (${outcome ?? 'it ended without a word'}): going on with it`)
    // once it is committed what is left is to verify, which takes no waiting
    const noWait = wishes.noWait && committedAt === undefined
    return resumeRun(context, open, {...wishes, noWait})
  }
  return undefined
}

/** Today's batch, or why there is none. Throws an `OpsError` (exit 3) where hosts are missing. */
function dueNow(
  fleet: Fleet,
  snapshot: Snapshot,
  {until, perDay, window}: Growth,
  anyTime: boolean,
): Host[] | string {
  const {inventory, clock} = fleet
  const nodes = presentMembers(snapshot.ring).length
  if (nodes >= until) return `done: ${counted(nodes, 'node')}, ${until} were wanted`
  const now = clock.now()
  if (!anyTime && !isOpen(window, now))
    return `nothing due: the window opens ${formatMoment(nextOpening(window, now))}`
  const today = anyTime ? 0 : joinedSince(fleet, snapshot, growthDay(window, now))
  if (today >= perDay) return `nothing due: ${counted(today, 'node')} joined today, ${perDay} a day`
  const batch = candidatesOf(inventory, snapshot).slice(0, Math.min(perDay - today, until - nodes))
  if (batch.length > 0) return batch
  throw new OpsError('refused', `no host of the inventory is left to join: ${nodes} of ${until} nodes`, {
    hint: `add hosts to ${inventory.file}, then: ringup inventory check`,
  })
}

/**
 * Runs on this cluster that have sent something and did not end, the newest first; journals that tell nothing are named.
 * Throws an `OpsError` (exit 3) for one of which something is staged and which a single host tells of: a person decides.
 */
function unfinished({memory}: Fleet, snapshot: Snapshot, say: (text: string) => void): FoundRun[] {
  const {runs, damaged} = knownRuns(memory)
  const told = damagedText(damaged)
  if (told !== undefined) say(told)
  return openRuns(runs, snapshot).filter(run => {
    const {state, isSure, hosts} = run
    if (isSure) return true
    const staged = stagedNow(state.plan!, snapshot)
    if (staged.length > 0)
      throw new OpsError(
        'refused',
        `${hosts.join()} alone tells of run ${run.run}, of which this is staged: ${staged.join(', ')}`,
        {hint: `look at it (ringup runs show ${run.run}), then: ringup runs resume ${run.run}`},
      )
    say(`${hosts.join()} alone tells of run ${run.run}, of which nothing is staged: it is passed over`)
    return false
  })
}
