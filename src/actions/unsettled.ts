/** Whether the last batch has arrived; and if not, whether it moves or somebody has to see to it. Only reads. */
import {OpsError} from '../errors.ts'
import type {Fleet} from '../fleet/fleet.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {unrest} from '../watch/settled.ts'
import {stalled, stallIn} from '../watch/stall.ts'

/** ms that it is looked at before nothing moves: a healthy ring pauses for up to 20 s */
const look = 40_000

/**
 * Throws an `OpsError` while ownership is moving: exit 8 where something has moved since the last look, exit 9 with the
 * cause where nothing has. Healthy rings are told within a few seconds.
 */
export async function refuseUnsettled(
  fleet: Fleet,
  snapshot: Snapshot,
  say: (text: string) => void,
): Promise<void> {
  if (isSettled(snapshot)) return
  const {diagnosed} = await import('./diagnose.ts')
  const {diagnosis, evidence} = await diagnosed(fleet, {look, interval: 2000}, say)
  const last = evidence.readings.at(-1)!
  const what = 'the last batch has not settled'
  if (isSettled(last)) return
  const stall = stallIn(diagnosis)
  if (stall) throw stalled(what, stall)
  throw new OpsError('waitTimedOut', `${what}: ${unrest(last).join('; ')}`, {
    hint: 'call it again later, or look: ringup watch --until settled',
  })
}

const isSettled = ({ring: {pending, members}}: Snapshot): boolean =>
  pending.length === 0 && !members.some(({status}) => status === 'leaving' || status === 'exiting')
