/** What limits were before ringup changed them, and what a change of them would end. */
import {hostname} from 'node:os'
import {OpsError} from '../../errors.ts'
import {killedBy, type LimitChange, limitsOf} from '../../execute/limits.ts'
import {operator} from '../../execute/run-lock.ts'
import {recordDoors} from '../../execute/run-record.ts'
import type {Fleet} from '../../fleet/fleet.ts'
import {type Keeper, keepChain, refuseFewCopies} from '../../records/keep.ts'
import {memberNodes, type Snapshot} from '../../ring/snapshot.ts'
import {type ChangedLimits, changedLimits, isAlive, whoseLimits} from '../../state/left-changed.ts'
import {type LimitsEvent, limitsLine} from '../../state/limits-chain.ts'
import {stateDir} from '../../state/state-dir.ts'
import {newRunId} from '../../state/store.ts'
import {saveThrottle, type ThrottleRecord} from '../../state/throttle.ts'
import {counted, formatBytes, formatDuration} from '../../units.ts'

/** What limits were before ringup changed them. Throws an `OpsError` (exit 5) while another process is at it. */
export function keptBefore({inventory, memory}: Fleet, snapshot: Snapshot): ChangedLimits | undefined {
  const whose = whoseLimits({inventory}, snapshot)
  const changed = changedLimits(whose, memory)
  if (changed && isAlive(changed)) {
    const {record, kept} = changed
    const where = kept
      ? `${kept.by.user} on ${kept.by.host} (process ${kept.by.pid}${kept.silent === undefined ? '' : `, last heard of ${formatDuration(kept.silent * 1000)} ago`})`
      : `process ${record.pid}`
    throw new OpsError(
      'locked',
      `limits of ${whose.label} are in the hands of ${record.command} of ${where}`,
      {hint: 'end it first: it brings the limits back by itself'},
    )
  }
  return changed
}

export type KeptOriginals = {
  readonly record: ThrottleRecord
  /** on hosts of the cluster as well */
  readonly keeper: Keeper
}

/**
 * On disk, and on two hosts, before anything is changed; what is kept already stays. Throws an `OpsError`: exit 5 while
 * another is at it, exit 3 where no two hosts can keep it.
 */
export async function keepOriginals(
  {inventory, clock, ...fleet}: Fleet,
  name: string,
  snapshot: Snapshot,
  say: (text: string) => void,
): Promise<KeptOriginals> {
  const before = keptBefore({inventory, clock, ...fleet}, snapshot)
  const originals = new Map(
    [...limitsOf(snapshot), ...(before?.record.originals ?? [])].map(limits => [limits.node, limits]),
  )
  const record: ThrottleRecord = {
    v: 1,
    id: before?.record.id ?? newRunId(clock.now(), Math.random()),
    cluster: inventory.cluster,
    ring: snapshot.clusterName === 'unknown' ? (before?.record.ring ?? 'unknown') : snapshot.clusterName,
    command: name,
    host: hostname(),
    pid: process.pid,
    since: before?.record.since ?? clock.now(),
    originals: [...originals.values()],
  }
  const keeper = limitsKeeper(fleet, snapshot, {
    id: record.id!,
    lines: before?.kept?.lines ?? [],
    say,
  })
  keeper.add(limitsLine({v: 1, at: clock.now(), by: operator(), type: 'limits-kept', record}))
  saveThrottle(stateDir(), record)
  await keeper.flush()
  refuseFewCopies(keeper, 'what limits were')
  return {record, keeper}
}

/** Tells the hosts that limits are as they were: one that cannot be told says so no more than it knows. */
export async function keepRestored(
  fleet: Fleet,
  snapshot: Snapshot,
  {record, kept}: ChangedLimits,
): Promise<void> {
  // of before hosts remembered
  if (record.id === undefined) return
  const known =
    kept?.lines ?? changedLimits(whoseLimits(fleet, snapshot), await fleet.remember())?.kept?.lines
  if (!known) return
  const keeper = limitsKeeper(fleet, snapshot, {id: record.id, lines: known, say: () => {}})
  const last: LimitsEvent = {v: 1, at: fleet.clock.now(), by: operator(), type: 'limits-restored'}
  keeper.add(limitsLine(last))
  await keeper.flush()
  // what is said next is read, not remembered
  await fleet.remember()
}

function limitsKeeper(
  {doors}: Pick<Fleet, 'doors'>,
  {ring}: Snapshot,
  {
    id,
    lines,
    say,
  }: {readonly id: string; readonly lines: readonly string[]; readonly say: (text: string) => void},
): Keeper {
  return keepChain({
    kind: 'limits',
    id,
    lines,
    doors: recordDoors(doors, memberNodes(ring), ring.claimant),
    onFailure: (host, why) => say(`${host} does not keep what limits were: ${why}`),
  })
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
