/** Limits of transfers on every member, beside what they were. Only reads. */
import {limitsOf, silentMembers} from '../../execute/limits.ts'
import type {Fleet} from '../../fleet/fleet.ts'
import type {NodeName} from '../../ring/ring.ts'
import type {Snapshot} from '../../ring/snapshot.ts'
import {whoseLimits} from '../../state/left-changed.ts'
import {stateDir} from '../../state/state-dir.ts'
import {type NodeLimits, readThrottle} from '../../state/throttle.ts'

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
  limitsReport(fleet, (await fleet.ask()).snapshot, [])

export const limitsReport = (fleet: Fleet, snapshot: Snapshot, changed: readonly string[]): LimitsReport => ({
  schema: 'ringup/limits/1',
  cluster: fleet.inventory.cluster,
  limits: limitsOf(snapshot),
  originals: readThrottle(stateDir(), whoseLimits(fleet, snapshot))?.originals ?? null,
  changed,
  silent: silentMembers(snapshot),
})
