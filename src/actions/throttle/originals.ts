/** What limits were before ringup changed them, and what a change of them would end. */
import {hostname} from 'node:os'
import {OpsError} from '../../errors.ts'
import {killedBy, type LimitChange, limitsOf} from '../../execute/limits.ts'
import type {Fleet} from '../../fleet/fleet.ts'
import type {Snapshot} from '../../ring/snapshot.ts'
import {isAlive, whoseLimits} from '../../state/left-changed.ts'
import {stateDir} from '../../state/state-dir.ts'
import {readThrottle, saveThrottle, type ThrottleRecord} from '../../state/throttle.ts'
import {counted, formatBytes} from '../../units.ts'

/** What limits were before ringup changed them. Throws an `OpsError` (exit 5) while another process is at it. */
export function keptBefore(fleet: Fleet, snapshot: Snapshot): ThrottleRecord | undefined {
  const whose = whoseLimits(fleet, snapshot)
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
export function keepOriginals(fleet: Fleet, name: string, snapshot: Snapshot): ThrottleRecord {
  const {inventory, clock} = fleet
  const before = keptBefore(fleet, snapshot)
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
