/**
 * Today's batch, when the last one has settled, the window is open and nothing speaks against it. Made to be called
 * again and again, by cron or a CI job: it goes on with what an earlier call left unfinished, and never does more
 * than a day's nodes in a day.
 */
import {OpsError} from '../errors.ts'
import {newcomersOf} from '../execute/changes-seen.ts'
import {dateText, growthDay, isOpen, nextOpening} from '../plan/window.ts'
import {presentMembers, type Snapshot} from '../ring/snapshot.ts'
import {counted} from '../units.ts'
import {unrest} from '../watch/settled.ts'
import {type ApplyFlags, approveAndRun, resumeRun} from './approve.ts'
import type {RunReport} from './carry-out.ts'
import type {RingupCommand} from './command.ts'
import {needConfirmation} from './confirm.ts'
import {candidatesOf, type GrowthFlags, growthOf} from './growth.ts'
import {type AcceptFlags, requestPlan} from './plan-request.ts'
import {allRuns, type FoundRun, isOver} from './run-journal.ts'
import type {SessionFlags} from './session.ts'

type GrowNextFlags = ApplyFlags &
  AcceptFlags &
  GrowthFlags &
  SessionFlags & {
    /** the window and what was done today do not count */
    readonly 'any-time': boolean
  }

export type GrowNextReport = {
  readonly schema: 'ringup/grow-next/1'
  readonly cluster: string
  /** a batch was carried out, or one was gone on with */
  readonly did: 'batch' | 'resumed' | 'nothing'
  readonly message: string
  readonly nodes: number
  readonly until: number
  readonly run?: RunReport | object
}

export async function growNext(command: RingupCommand, flags: GrowNextFlags): Promise<GrowNextReport> {
  needConfirmation(flags.yes, 'grow next')
  const session = await command.open(flags)
  const {inventory, clock} = session
  const {until, perDay, window} = growthOf(inventory, flags)
  const report = (
    did: GrowNextReport['did'],
    message: string,
    nodes: number,
    run?: RunReport | object,
  ): GrowNextReport => {
    if (did === 'nothing') command.print(`${message}\n`)
    const shared = {schema: 'ringup/grow-next/1' as const, cluster: inventory.cluster, did, message}
    return {...shared, nodes, until, ...(run ? {run} : {})}
  }
  const open = unfinished(inventory.cluster)
  if (open) {
    command.say(
      `run ${open.run} was not finished (${open.state.outcome ?? 'it ended without a word'}): going on with it`,
    )
    const run = await resumeRun(command, session, open, flags)
    const nodes = presentMembers((await session.ask()).snapshot.ring).length
    return report('resumed', `run ${open.run} is ${run.outcome}`, nodes, run)
  }
  const {snapshot} = await session.ask({except: session.inventory.hosts.filter(({spare}) => spare)})
  const nodes = presentMembers(snapshot.ring).length
  refuseUnsettled(snapshot)
  if (nodes >= until) return report('nothing', `done: ${counted(nodes, 'node')}, ${until} were wanted`, nodes)
  const now = clock.now()
  if (!flags['any-time'] && !isOpen(window, now))
    return report('nothing', `nothing due: the window opens ${momentText(nextOpening(window, now))}`, nodes)
  const today = flags['any-time'] ? 0 : joinedSince(inventory.cluster, growthDay(window, now))
  if (today >= perDay)
    return report('nothing', `nothing due: ${counted(today, 'node')} joined today, ${perDay} a day`, nodes)
  const batch = candidatesOf(inventory, snapshot).slice(0, Math.min(perDay - today, until - nodes))
  if (batch.length === 0)
    throw new OpsError('refused', `no host of the inventory is left to join: ${nodes} of ${until} nodes`, {
      hint: `add hosts to ${inventory.file}, then: ringup inventory check`,
    })
  const names = batch.map(({name}) => name)
  const request = {...flags, add: names}
  const {plan, snapshot: read, notes} = await requestPlan(session, request, text => command.say(text))
  for (const note of notes) command.say(note)
  const run = await approveAndRun(command, session, plan, {
    ...flags,
    command: 'grow next',
    title: `grow ${nodes} to ${nodes + names.length} of ${until}: ${names.join(' ')}`,
    snapshot: read,
  })
  return report('batch', `${names.join(', ')} joined`, nodes + names.length, run)
}

/** The newest run that has sent something and did not end. */
const unfinished = (cluster: string): FoundRun | undefined =>
  allRuns().find(({state}) => state.plan?.cluster === cluster && state.writes > 0 && !isOver(state))

/** Throws an `OpsError` (exit 8): what moves has to arrive first. */
function refuseUnsettled(snapshot: Snapshot): void {
  const {pending, members} = snapshot.ring
  const moving = members.some(({status}) => status === 'leaving' || status === 'exiting')
  if (pending.length === 0 && !moving) return
  throw new OpsError('waitTimedOut', `the last batch has not settled: ${unrest(snapshot).join('; ')}`, {
    hint: 'call it again later, or look: ringup watch --until settled',
  })
}

/** Nodes that runs known here have committed since then. @param since ms since 1970 */
const joinedSince = (cluster: string, since: number): number =>
  allRuns()
    .map(({state}) => state)
    .filter(({plan, committedAt}) => plan?.cluster === cluster && (committedAt ?? 0) >= since)
    .reduce((sum, {plan}) => sum + newcomersOf(plan!).length, 0)

const momentText = (at: number): string => {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${dateText(at)} at ${two(date.getHours())}:${two(date.getMinutes())}`
}
