/** `watch`: samples until told to stop, shown as a screen, as plain lines or as JSON lines. */
import {OpsError} from '../errors.ts'
import {statusLine} from '../report/status-line.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {formatDuration} from '../units.ts'
import {samples} from '../watch/sample.ts'
import {unrest} from '../watch/settled.ts'
import {statusOf} from '../watch/status.ts'
import {onInterrupt} from './interrupt.ts'
import {runBaseline} from './runs.ts'
import type {Session} from './session.ts'
import {canDraw} from './terminal.ts'
import {openView} from './view.ts'

export type WatchOptions = {
  readonly json: boolean
  readonly once: boolean
  readonly untilSettled: boolean
  /** ms */
  readonly timeout?: number | undefined
  /** ms */
  readonly interval: number
}

/** Good readings in a row that make a cluster settled. */
const goodReadings = 3

export async function watchCluster(
  session: Session,
  {json, once, untilSettled, timeout, interval}: WatchOptions,
): Promise<void> {
  const {clock, inventory} = session
  const interrupt = onInterrupt(() => {})
  const drawn = canDraw() && !json && !once
  const baseline = (snapshot: Snapshot) => runBaseline(inventory.cluster, snapshot)
  const view = drawn
    ? await openView({
        title: 'watch',
        cluster: inventory.cluster,
        json,
        onQuit: interrupt.ask,
        keys: 'q: quit',
        baseline,
      })
    : undefined
  const doors = session.doors.filter(
    ({node}) => !inventory.hosts.some(host => host.node === node && host.spare),
  )
  const started = clock.now()
  let good = 0
  let last = ''
  try {
    for await (const {snapshot, error} of samples({doors, clock, interval, signal: interrupt.signal})) {
      if (snapshot) {
        const status = statusOf(inventory.cluster, snapshot, {baseline: baseline(snapshot)})
        last = statusLine(status)
        good = unrest(snapshot).length === 0 ? good + 1 : 0
        if (view) view.snapshot(snapshot)
        else process.stdout.write(json ? `${JSON.stringify(status)}\n` : `${last}\n`)
      } else if (once) throw error
      else if (view) view.failed(error)
      else process.stderr.write(`nobody answered: ${error.message}\n`)
      if (once || (untilSettled && good >= goodReadings)) break
      if (timeout !== undefined && clock.now() - started > timeout)
        throw new OpsError('waitTimedOut', `not settled within ${formatDuration(timeout)}`, {
          hint: 'the cluster goes on by itself: ringup watch',
        })
    }
  } finally {
    interrupt.release()
    view?.close()
  }
  // what the screen showed last stays in the scrollback
  if (view && last !== '') process.stdout.write(`${last}\n`)
  const failure = interrupt.failure()
  if (failure && (untilSettled || failure.kind === 'terminated')) throw failure
}
