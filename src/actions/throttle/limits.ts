/** Limits shown, set and brought back. What is changed is on disk before it is changed. */
import {hostname} from 'node:os'
import type {RingupCommand} from '../../cli/command.ts'
import {confirm, needConfirmation} from '../../cli/confirm.ts'
import {stdoutLook} from '../../cli/terminal.ts'
import {OpsError} from '../../errors.ts'
import {changeLimits} from '../../execute/change-limits.ts'
import {
  changeText,
  killedBy,
  type LimitChange,
  limitChanges,
  limitsOf,
  silentMembers,
} from '../../execute/limits.ts'
import type {Session} from '../../fleet/fleet.ts'
import type {Host} from '../../inventory/inventory.ts'
import {limitsText} from '../../report/cluster/limits-text.ts'
import type {NodeName} from '../../ring/ring.ts'
import {presentMembers, type Snapshot} from '../../ring/snapshot.ts'
import {isAlive, whoseLimits} from '../../state/left-changed.ts'
import {stateDir} from '../../state/state-dir.ts'
import {
  clearThrottle,
  logThrottle,
  type NodeLimits,
  readThrottle,
  saveThrottle,
  type ThrottleRecord,
} from '../../state/throttle.ts'
import {counted, formatBytes} from '../../units.ts'

export type LimitsReport = {
  readonly schema: 'ringup/limits/1'
  readonly cluster: string
  readonly limits: readonly NodeLimits[]
  /** as they were before ringup changed them; null: nothing is changed */
  readonly originals: readonly NodeLimits[] | null
  readonly changed: readonly string[]
  /** members that told no limits: they are down or not reached */
  readonly silent: readonly NodeName[]
}

export async function showLimits(command: RingupCommand, session: Session): Promise<LimitsReport> {
  const {snapshot} = await session.ask()
  return reported(command, session, snapshot, [])
}

function reported(
  command: RingupCommand,
  session: Session,
  snapshot: Snapshot,
  changed: readonly string[],
): LimitsReport {
  const record = readThrottle(stateDir(), whoseLimits(session, snapshot))
  const report: LimitsReport = {
    schema: 'ringup/limits/1',
    cluster: session.inventory.cluster,
    limits: limitsOf(snapshot),
    originals: record?.originals ?? null,
    changed,
    silent: silentMembers(snapshot),
  }
  command.print(limitsText(report, stdoutLook()))
  return report
}

export type SetRequest = {
  /** hosts; none: every member */
  readonly hosts: readonly string[]
  readonly node?: number | undefined
  readonly cluster?: number | undefined
  readonly inbound?: boolean | undefined
  readonly outbound?: boolean | undefined
  readonly killTransfers: boolean
  readonly yes: boolean
}

export async function setLimits(
  command: RingupCommand,
  session: Session,
  request: SetRequest,
): Promise<LimitsReport> {
  const {hosts, node, cluster, inbound, outbound, killTransfers, yes} = request
  if ([node, cluster, inbound, outbound].every(value => value === undefined))
    throw new OpsError('usage', 'what is to be set is not said', {
      hint: 'say it: --node-limit 4, --cluster-limit 16, --no-inbound',
    })
  needConfirmation(yes, 'throttle set')
  const {snapshot} = await session.ask()
  // also where a limit is as asked already: who holds it will change it again
  keptBefore(session, snapshot)
  const named = session.hostsNamed(hosts)
  refuseUnknown(named, snapshot)
  const chosen = named.length === 0 ? undefined : new Set(named.map(({node: name}) => name))
  const now = limitsOf(snapshot)
  const wanted = now
    .filter(({node: name}) => chosen === undefined || chosen.has(name))
    .map(({node: name}) => ({
      node: name,
      ...(node === undefined ? {} : {transferLimit: node}),
      ...(cluster === undefined ? {} : {clusterLimit: cluster}),
      ...(inbound === undefined ? {} : {inbound}),
      ...(outbound === undefined ? {} : {outbound}),
    }))
  const changes = limitChanges(now, wanted)
  if (changes.length === 0) {
    command.say('limits already match')
    return setOnAll(reported(command, session, snapshot, []), chosen !== undefined)
  }
  refuseKilling(changes, snapshot, killTransfers)
  for (const change of changes) command.say(changeText(change))
  if (!yes) await confirm(`Change ${counted(changes.length, 'limit')} on ${session.inventory.cluster}?`)
  keepOriginals(session, 'throttle set', snapshot)
  const after = await changeLimits(session, snapshot, changes)
  return setOnAll(reported(command, session, after, changes.map(changeText)), chosen !== undefined)
}

/** Throws an `OpsError` for named hosts whose limits cannot be set: exit 3 for one that is no member, exit 6 for a silent one. */
function refuseUnknown(named: readonly Host[], snapshot: Snapshot): void {
  const members = new Set(presentMembers(snapshot.ring).map(({node}) => node))
  const stranger = named.find(({node}) => !members.has(node))
  if (stranger)
    throw new OpsError(
      'refused',
      `${stranger.name} is not a member (${stranger.node}): there are no limits of it to set`,
      {hint: 'see the members: ringup throttle show'},
    )
  const silent = new Set(silentMembers(snapshot))
  const away = named.filter(({node}) => silent.has(node))
  if (away.length > 0)
    throw new OpsError(
      'unreachable',
      `${away.map(({name, node}) => `${name} (${node})`).join(', ')} did not tell its limits, so nothing was set on any host`,
      {
        hint: `see whether Riak runs there: ringup exec ${away[0]!.name} -- ${away[0]!.riak.command.join(' ')} ping`,
      },
    )
}

/** Throws an `OpsError` (exit 7) where all members were meant and some could not be told. */
function setOnAll(report: LimitsReport, named: boolean): LimitsReport {
  const {silent, limits} = report
  if (silent.length === 0 || named) return report
  throw new OpsError(
    'partlyDone',
    `limits are as asked on ${limits.length} of ${counted(limits.length + silent.length, 'member')}; ${silent.join(', ')} did not tell its limits, and nothing was set there`,
    {
      hint: 'when it answers again, the same command once more; it may have forgotten its limits: ringup throttle show',
      facts: {silent, report},
    },
  )
}

/** Throws an `OpsError` (exit 3) for transfers that would begin again from zero, unless that is wanted. */
export function refuseKilling(changes: readonly LimitChange[], snapshot: Snapshot, wanted: boolean): void {
  const killed = killedBy(changes, snapshot)
  if (killed.length === 0 || wanted) return
  const transfers = killed.reduce((sum, one) => sum + one.transfers, 0)
  const bytes = killed.reduce((sum, one) => sum + one.bytes, 0)
  throw new OpsError(
    'refused',
    `this would end ${counted(transfers, 'transfer')} under way (${killed.map(({node}) => node).join(', ')}), which begin again from zero: up to ${formatBytes(bytes)} would be sent again`,
    {
      hint: 'wait for a moment with fewer transfers, lower the cluster limit instead (--cluster-limit, which ends none), or say that it is meant: --kill-transfers',
      facts: {killed},
    },
  )
}

/** What limits were before ringup changed them. Throws an `OpsError` (exit 5) while another process is at it. */
function keptBefore(session: Session, snapshot: Snapshot): ThrottleRecord | undefined {
  const whose = whoseLimits(session, snapshot)
  const record = readThrottle(stateDir(), whose)
  if (record && isAlive(record))
    throw new OpsError(
      'locked',
      `limits of ${whose.label} are in the hands of ${record.command} (process ${record.pid})`,
      {hint: 'end it first: it brings the limits back by itself'},
    )
  return record
}

/** On disk before anything is changed; what is kept already stays. Throws an `OpsError` (exit 5) while another is at it. */
export function keepOriginals(session: Session, name: string, snapshot: Snapshot): ThrottleRecord {
  const {inventory, clock} = session
  const before = keptBefore(session, snapshot)
  const kept = new Map(
    [...limitsOf(snapshot), ...(before?.originals ?? [])].map(limits => [limits.node, limits]),
  )
  const record: ThrottleRecord = {
    v: 1,
    cluster: inventory.cluster,
    ring: snapshot.clusterName === 'unknown' ? (before?.ring ?? 'unknown') : snapshot.clusterName,
    command: name,
    host: hostname(),
    pid: process.pid,
    since: before?.since ?? clock.now(),
    originals: [...kept.values()],
  }
  saveThrottle(stateDir(), record)
  return record
}

/** Brings every limit back to what it was before ringup changed it. */
export async function restoreLimits(
  command: RingupCommand,
  session: Session,
  {yes, killTransfers}: {readonly yes: boolean; readonly killTransfers: boolean},
): Promise<LimitsReport> {
  const {cluster} = session.inventory
  const {snapshot} = await session.ask()
  const record = keptBefore(session, snapshot)
  const now = limitsOf(snapshot)
  if (!record) {
    command.say('nothing to restore: no limits were changed from this machine')
    return reported(command, session, snapshot, [])
  }
  const changes = limitChanges(now, record.originals)
  for (const change of changes) command.say(changeText(change))
  if (changes.length > 0) {
    refuseKilling(changes, snapshot, killTransfers)
    needConfirmation(yes, 'throttle restore')
    if (!yes) await confirm(`Bring ${counted(changes.length, 'limit')} back on ${cluster}?`)
  }
  const after = await putBack(session, snapshot, record)
  return reported(command, session, after, changes.map(changeText))
}

/** As they were; the record goes only when every member that is still there tells so. */
export async function putBack(
  session: Session,
  snapshot: Snapshot,
  record: ThrottleRecord,
): Promise<Snapshot> {
  const {clock} = session
  const changes = limitChanges(limitsOf(snapshot), record.originals)
  const after = changes.length > 0 ? await changeLimits(session, snapshot, changes) : snapshot
  const told = new Set(limitsOf(after).map(({node}) => node))
  const members = new Set<NodeName>(
    after.ring.members.filter(({status}) => status !== 'invalid').map(({node}) => node),
  )
  const silent = record.originals.filter(({node}) => members.has(node) && !told.has(node))
  if (silent.length > 0)
    throw new OpsError(
      'partlyDone',
      `${silent.map(({node}) => node).join(', ')} did not tell its limits: they are not known to be as they were`,
      {
        hint: 'when it answers again: ringup throttle restore',
      },
    )
  const whose = whoseLimits(session, snapshot)
  logThrottle(stateDir(), whose, {at: clock.now(), type: 'restored', nodes: record.originals.length})
  clearThrottle(stateDir(), whose)
  return after
}
