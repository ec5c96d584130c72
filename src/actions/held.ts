/** Somebody who is alive and holds the lock: what speaks against a change may be their work. */
import {isOpsError, OpsError} from '../errors.ts'
import {holderText} from '../execute/lock.ts'
import {isHolderGone, lockDoors} from '../execute/run-lock.ts'
import type {Fleet} from '../fleet/fleet.ts'
import type {Plan} from '../plan/plan.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {type Held, lockHolder} from './locks.ts'

/** Throws an `OpsError` (exit 5) while somebody who is alive holds the lock that would be needed: before a question is asked. */
export async function refuseHeld(fleet: Fleet, plan: Plan, {ring: {claimant}}: Snapshot): Promise<void> {
  const doors = lockDoors({doors: fleet.doors, plan, claimant})
  const held = await lockHolder({doors})
  if (held && !(await isHolderGone(fleet, held.record))) throw beingChanged(fleet, held)
}

/** What speaks against a plan may be the work of a run that goes on just now: then that is what to say (exit 5). */
export async function orLocked<T>(fleet: Fleet, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    const held = isOpsError(error) && error.kind === 'refused' ? await lockHolder(fleet) : undefined
    throw held ? beingChanged(fleet, held) : error
  }
}

const beingChanged = ({inventory}: Fleet, {record}: Held): OpsError =>
  new OpsError('locked', `${inventory.cluster} is being changed by ${holderText(record)}`, {
    hint: 'see when it was heard of last: ringup lock show; a holder that is gone loses it two minutes after that',
    facts: {lock: record},
  })
