/** Limits of transfers on every member, beside what they were. Only reads. */
import {limitsOf, silentMembers} from '../../execute/limits.ts'
import type {Fleet} from '../../fleet/fleet.ts'
import type {NodeName} from '../../ring/ring.ts'
import type {Snapshot} from '../../ring/snapshot.ts'
import {changedLimits, whoseLimits} from '../../state/left-changed.ts'
import type {NodeLimits} from '../../state/throttle.ts'

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

export const showLimits = async (fleet: Fleet): Promise<LimitsReport> =>
  limitsReport(fleet, (await Promise.all([fleet.ask(), fleet.remember()]))[0].snapshot, [])

export const limitsReport = (fleet: Fleet, snapshot: Snapshot, changed: readonly string[]): LimitsReport => ({
  schema: 'ringup/limits/1',
  cluster: fleet.inventory.cluster,
  limits: limitsOf(snapshot),
  originals: changedLimits(whoseLimits(fleet, snapshot), fleet.memory)?.record.originals ?? null,
  changed,
  silent: silentMembers(snapshot),
})
