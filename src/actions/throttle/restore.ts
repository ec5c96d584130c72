/** Limits brought back to what they were. */
import {OpsError} from '../../errors.ts'
import {changeLimits} from '../../execute/change-limits.ts'
import {changeText, limitChanges, limitsOf} from '../../execute/limits.ts'
import type {Fleet} from '../../fleet/fleet.ts'
import {memberNodes, type Snapshot} from '../../ring/snapshot.ts'
import {type ChangedLimits, whoseLimits} from '../../state/left-changed.ts'
import {stateDir} from '../../state/state-dir.ts'
import {clearThrottle, logThrottle} from '../../state/throttle.ts'
import {counted} from '../../units.ts'
import type {Context} from '../context.ts'
import {keepRestored, keptBefore, refuseKilling} from './originals.ts'
import {type LimitsReport, limitsReport} from './show.ts'

/** Brings every limit back to what it was before ringup changed it. */
export async function restoreLimits(
  {fleet, say, ask}: Context,
  {killTransfers}: {readonly killTransfers: boolean},
): Promise<LimitsReport> {
  const {cluster} = fleet.inventory
  const [{snapshot}] = await Promise.all([fleet.ask(), fleet.remember()])
  const changed = keptBefore(fleet, snapshot)
  const now = limitsOf(snapshot)
  if (!changed) {
    // it was brought back from another machine
    clearThrottle(stateDir(), whoseLimits(fleet, snapshot))
    say('nothing to restore: no limits are changed, as far as the cluster and this machine know')
    return limitsReport(fleet, snapshot, [])
  }
  const {record, kept} = changed
  if (kept && !kept.isSure) say(`${kept.hosts.join()} alone tells what the limits were: look well`)
  const changes = limitChanges(now, record.originals)
  for (const change of changes) say(changeText(change))
  if (changes.length > 0) {
    refuseKilling(changes, snapshot, killTransfers)
    ask.needed('throttle restore')
    await ask.confirm(`Bring ${counted(changes.length, 'limit')} back on ${cluster}?`)
  }
  const after = await putBack(fleet, snapshot, changed)
  return limitsReport(fleet, after, changes.map(changeText))
}

/** As they were; the record goes only when every member that is still there tells so. */
export async function putBack(fleet: Fleet, snapshot: Snapshot, changed: ChangedLimits): Promise<Snapshot> {
  const {clock} = fleet
  const {record} = changed
  const changes = limitChanges(limitsOf(snapshot), record.originals)
  const after = changes.length > 0 ? await changeLimits(fleet, snapshot, changes) : snapshot
  const told = new Set(limitsOf(after).map(({node}) => node))
  const members = memberNodes(after.ring)
  const silent = record.originals.filter(({node}) => members.has(node) && !told.has(node))
  if (silent.length > 0)
    throw new OpsError(
      'partlyDone',
      `${silent.map(({node}) => node).join(', ')} did not tell its limits: they are not known to be as they were`,
      {
        hint: 'when it answers again: ringup throttle restore',
      },
    )
  const whose = whoseLimits(fleet, snapshot)
  logThrottle(stateDir(), whose, {at: clock.now(), type: 'restored', nodes: record.originals.length})
  await keepRestored(fleet, after, changed)
  clearThrottle(stateDir(), whose)
  return after
}
