/** Limits sent one by one, and the ring read again: only what it shows is said to be so. */
import {isOpsError, OpsError} from '../errors.ts'
import type {Fleet} from '../fleet/fleet.ts'
import {dialectIn} from '../riak/dialect.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {whoseLimits} from '../state/left-changed.ts'
import {stateDir} from '../state/state-dir.ts'
import {logThrottle} from '../state/throttle.ts'
import {counted} from '../units.ts'
import {
  changeText,
  isUnderstood,
  type LimitChange,
  limitsOf,
  type SentChange,
  sendChange,
  sentText,
} from './limits.ts'

/**
 * Sends changes and reads the ring again, whatever was answered. Throws an `OpsError` when a limit is not as it was to
 * be: exit 7, or 10 where the answer is not understood. What could not be sent at all is thrown as it is, unless
 * something was sent before.
 */
export async function changeLimits(
  fleet: Fleet,
  snapshot: Snapshot,
  changes: readonly LimitChange[],
): Promise<Snapshot> {
  const whose = whoseLimits(fleet, snapshot)
  const member = fleet.doors.find(({node}) => node === snapshot.askedNode)!
  const log = (event: Parameters<typeof logThrottle>[2]): void => logThrottle(stateDir(), whose, event)
  const sent: SentChange[] = []
  let failed: OpsError | undefined
  for (const change of changes) {
    try {
      const one = await sendChange(change, {
        dialect: dialectIn(snapshot),
        member,
        doorOf: node => fleet.doors.find(door => door.node === node),
        sent: ({host}, argv) => log({at: fleet.clock.now(), type: 'sent', host, argv}),
        answered: ({host}, {stdout, code}) =>
          log({
            at: fleet.clock.now(),
            type: 'answered',
            host,
            stdout: stdout.slice(0, 500),
            code: code ?? null,
          }),
      })
      sent.push(one)
    } catch (error) {
      if (!isOpsError(error)) throw error
      failed ??= error
    }
  }
  if (failed && sent.length === 0) throw failed
  const after = await readAfter(fleet, sent)
  const known = new Map(limitsOf(after).map(limits => [limits.node, limits]))
  const wrong = changes.filter(({node, what, to}) => known.get(node)?.[what] !== to)
  if (wrong.length === 0) return after
  const evidence = sent.filter(({change}) => wrong.includes(change))
  const told = [
    ...evidence.map(sentText),
    ...wrong
      .filter(change => evidence.every(one => one.change !== change))
      .map(change => `${changeText(change)} (not sent)`),
  ]
  throw new OpsError(
    evidence.every(isUnderstood) ? 'partlyDone' : 'notUnderstood',
    `not changed, as the ring shows now: ${told.join('; ')}${failed ? `; ${failed.message}` : ''}`,
    {hint: 'what was changed is restored by: ringup throttle restore'},
  )
}

async function readAfter(fleet: Fleet, sent: readonly SentChange[]): Promise<Snapshot> {
  try {
    return (await fleet.ask()).snapshot
  } catch (error) {
    if (!isOpsError(error)) throw error
    throw new OpsError(
      'partlyDone',
      `sent ${counted(sent.length, 'change')} of limits; whether they took effect could not be read: ${error.message}`,
      {hint: 'look: ringup throttle show', cause: error},
    )
  }
}
