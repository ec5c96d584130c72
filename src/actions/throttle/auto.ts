/**
 * Limits as clients can bear them: looks, decides, changes, and brings everything back in the end, however it ends. A
 * limit goes up on all members; it comes down without ending a transfer: the cluster's limit keeps new ones from beginning.
 */

import {isOpsError, OpsError} from '../../errors.ts'
import {changeLimits} from '../../execute/change-limits.ts'
import {
  type ControllerSettings,
  type ControllerState,
  decide,
  firstState,
  type ValveMove,
  valveMoves,
} from '../../execute/controller.ts'
import {killedBy, limitChanges, limitsOf, silentMembers} from '../../execute/limits.ts'
import type {Fleet} from '../../fleet/fleet.ts'
import {vitalSigns} from '../../fleet/vital-signs.ts'
import type {Door} from '../../riak/door.ts'
import type {VitalSigns} from '../../riak/host/vital-signs.ts'
import type {NodeName} from '../../ring/ring.ts'
import {activeTransfers, memberNodes, presentMembers, type Snapshot} from '../../ring/snapshot.ts'
import {whoseLimits} from '../../state/left-changed.ts'
import {stateDir} from '../../state/state-dir.ts'
import {logThrottle, type ThrottleRecord} from '../../state/throttle.ts'
import {unrest} from '../../watch/settled.ts'
import type {Context} from '../context.ts'
import {keepOriginals} from './originals.ts'
import {putBack} from './restore.ts'

export type AutoRequest = ControllerSettings & {
  /** ms between decisions; Riak's statistics are of the last minute */
  readonly interval: number
  readonly valve: boolean
  /** go on though nothing is left to move */
  readonly forever: boolean
}

export type AutoReport = {
  readonly schema: 'ringup/throttle-auto/1'
  readonly cluster: string
  readonly decisions: number
  readonly highest: number
  readonly restored: boolean
}

export async function throttleAuto(context: Context, request: AutoRequest): Promise<AutoReport> {
  const {fleet, say, ask, stoppable} = context
  ask.needed('throttle auto')
  const {inventory, clock} = fleet
  const {cluster} = inventory
  const interrupt = stoppable(() => say('interrupted: bringing the limits back'))
  let [{snapshot}] = await Promise.all([fleet.ask(), fleet.remember()])
  for (const node of silentMembers(snapshot)) say(`${node} did not tell its limits: they are left alone`)
  const {record, keeper} = await keepOriginals(fleet, 'throttle auto', snapshot, say)
  const first = Math.max(1, ...limitsOf(snapshot).map(({transferLimit}) => transferLimit))
  let state: ControllerState = firstState(first, request)
  let [decisions, highest] = [0, state.limit]
  const mine = new Set<string>()
  try {
    while (!interrupt.signal.aborted && (request.forever || !atRest(snapshot))) {
      const signs = await vitalSigns(membersOf(fleet, snapshot), inventory.concurrency)
      const from = state.limit
      const decided = decide(state, worst(signs, snapshot), request)
      state = decided.state
      decisions += 1
      highest = Math.max(highest, state.limit)
      logThrottle(stateDir(), whoseLimits(fleet, snapshot), {
        at: clock.now(),
        type: 'decided',
        limit: state.limit,
        from,
        why: decided.why,
      })
      say(`limit ${from === state.limit ? state.limit : `${from} -> ${state.limit}`}: ${decided.why}`)
      snapshot = await tried(context, snapshot, () => applied(fleet, snapshot, state.limit, request))
      if (request.valve)
        snapshot = await tried(context, snapshot, () => valve(context, snapshot, {signs, mine, record}))
      // who looks from another machine sees that it is alive
      void keeper.flush({touch: true})
      await clock.sleep(request.interval, interrupt.signal)
      snapshot = await tried(context, snapshot, async () => (await fleet.ask()).snapshot)
    }
  } finally {
    interrupt.release()
    // whatever stopped it: what was changed is brought back, or the record stays and every command says so
    await putBack(fleet, await withoutKilling(context, record), {record, kept: undefined})
  }
  const failure = interrupt.failure()
  say('the limits are as they were')
  if (failure) throw failure
  return {schema: 'ringup/throttle-auto/1', cluster, decisions, highest, restored: true}
}

/** A host that is away for a while is no reason to give up: what could not be done is decided anew the next time. */
async function tried(
  {fleet: {clock}, say}: Context,
  before: Snapshot,
  act: () => Promise<Snapshot>,
): Promise<Snapshot> {
  try {
    return await act()
  } catch (error) {
    if (!isOpsError(error) || (error.kind !== 'unreachable' && error.kind !== 'partlyDone')) throw error
    say(`not done: ${error.message}`)
    await clock.sleep(1000)
    return before
  }
}

/**
 * Limits come down as transfers end, so that none is ended by it: a node keeps as much as it has under way, and no more.
 * Ctrl-C meanwhile leaves the rest to `throttle restore`.
 */
async function withoutKilling({fleet, say}: Context, {originals}: ThrottleRecord): Promise<Snapshot> {
  for (;;) {
    const {snapshot} = await fleet.ask()
    const now = limitsOf(snapshot)
    const killed = killedBy(limitChanges(now, originals), snapshot)
    if (killed.length === 0) return snapshot
    const busy = busyNodes(snapshot)
    const meanwhile = originals.map(({node, transferLimit}) => ({
      node,
      transferLimit: Math.max(transferLimit, busy.get(node) ?? 0),
    }))
    say(
      `the limits come back as transfers end: ${killed.reduce((sum, {transfers}) => sum + transfers, 0)} more are under way than they allow`,
    )
    await changeLimits(fleet, snapshot, limitChanges(now, meanwhile))
    await fleet.clock.sleep(2000)
  }
}

/** Transfers that each node takes part in. */
function busyNodes(snapshot: Snapshot): Map<string, number> {
  return tally(activeTransfers(snapshot).flatMap(({from, to}) => [from, to]))
}

/** How often each is among them. */
function tally(nodes: readonly NodeName[]): Map<NodeName, number> {
  const counts = new Map<NodeName, number>()
  for (const node of nodes) counts.set(node, (counts.get(node) ?? 0) + 1)
  return counts
}

const atRest = (snapshot: Snapshot): boolean =>
  unrest(snapshot).length === 0 && activeTransfers(snapshot).length === 0

const membersOf = ({doors}: Fleet, {ring}: Snapshot): Door[] => {
  const members = memberNodes(ring)
  return doors.filter(({node}) => members.has(node))
}

/** The highest p99; undefined where half of the members or more tell nothing. */
function worst(signs: readonly VitalSigns[], {ring}: Snapshot): number | undefined {
  const told = signs.flatMap(({p99}) => (p99 === undefined ? [] : [p99]))
  return told.length * 2 > presentMembers(ring).length ? Math.max(...told) : undefined
}

/**
 * Up: both limits of every member. Down: the limit of a node is never set below what it has under way, which would
 * end transfers; the cluster's limit is, which ends none.
 */
async function applied(
  fleet: Fleet,
  snapshot: Snapshot,
  limit: number,
  {min}: ControllerSettings,
): Promise<Snapshot> {
  const now = limitsOf(snapshot)
  const busy = busyNodes(snapshot)
  const clusterLimit = Math.max(min, limit * Math.max(1, Math.ceil(now.length / 2)))
  const wanted = now.map(({node}) => ({
    node,
    transferLimit: Math.max(limit, busy.get(node) ?? 0),
    clusterLimit,
  }))
  const changes = limitChanges(now, wanted)
  return changes.length === 0 ? snapshot : changeLimits(fleet, snapshot, changes)
}

async function valve(
  {fleet, say}: Context,
  snapshot: Snapshot,
  {
    signs,
    mine,
    record,
  }: {readonly signs: readonly VitalSigns[]; readonly mine: Set<string>; readonly record: ThrottleRecord},
): Promise<Snapshot> {
  const {inventory, clock} = fleet
  const {pending} = snapshot.ring
  const left = pending.filter(({status}) => status === 'awaiting')
  const [toSend, toReceive] = [tally(left.map(({from}) => from)), tally(left.map(({to}) => to))]
  const disks = new Map(signs.map(({node, disk}) => [node, disk]))
  const nodes = limitsOf(snapshot).map(({node, inbound}) => ({
    node,
    inbound,
    disk: disks.get(node),
    toSend: toSend.get(node) ?? 0,
    toReceive: toReceive.get(node) ?? 0,
  }))
  let now = snapshot
  for (const move of valveMoves(nodes, inventory.limits.diskPeak, mine)) {
    if (!record.originals.some(({node}) => node === move.node)) continue
    logThrottle(stateDir(), whoseLimits(fleet, snapshot), {at: clock.now(), type: 'valve', ...move})
    say(valveText(move))
    now = await changeLimits(
      fleet,
      now,
      limitChanges(limitsOf(now), [{node: move.node, inbound: move.inbound}]),
    )
    if (move.inbound) mine.delete(move.node)
    else mine.add(move.node)
  }
  return now
}

const valveText = ({node, inbound, why}: ValveMove): string =>
  `valve: inbound handoff ${inbound ? 'on' : 'off'} on ${node}: ${why}`

/** Throws an `OpsError` (exit 64) for settings that cannot be. */
export function checkedSettings({bound, min, max}: ControllerSettings): void {
  if (min > max) throw new OpsError('usage', `--min ${min} is above --max ${max}`)
  if (!(bound > 0)) throw new OpsError('usage', 'the bound of p99 must be above 0')
}
