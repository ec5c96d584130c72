/** `watch`: samples until told to stop, shown as a screen, as plain lines or as JSON lines. */

import {onInterrupt} from '../cli/interrupt.ts'
import {writeError, writeJson, writeOut} from '../cli/output.ts'
import {canDraw} from '../cli/terminal.ts'
import {openView, type View} from '../cli/view.ts'
import type {Session} from '../fleet/fleet.ts'
import {vitalSigns} from '../fleet/vital-signs.ts'
import {statusLine} from '../report/cluster/status-line.ts'
import type {Door} from '../riak/door.ts'
import {tellDamaged} from '../state/runs.ts'
import {runBaseline} from '../state/runs-of-ring.ts'
import {counted} from '../units.ts'
import {samples} from '../watch/sample.ts'
import {unrest} from '../watch/settled.ts'
import {notSettled, recentReadings} from '../watch/stall.ts'
import {type Status, statusOf} from '../watch/status.ts'
import {openRecording} from './replay.ts'

export type WatchOptions = {
  readonly json: boolean
  readonly once: boolean
  readonly untilSettled: boolean
  /** ms */
  readonly timeout?: number | undefined
  /** ms */
  readonly interval: number
  /** a file that everything that is read is written to, for --replay */
  readonly record?: string | undefined
  /** limits may be changed from the screen */
  readonly allowActions?: boolean
}

/** ms between two readings of statistics: they cost the nodes something, and are of the last minute */
const vitalsInterval = 90_000
/** ms after which a line is printed though nothing has changed */
const quiet = 60_000

/** Good readings in a row that make a cluster settled. */
const goodReadings = 3

export async function watchCluster(
  session: Session,
  {json, once, untilSettled, timeout, interval, record, allowActions = false}: WatchOptions,
): Promise<void> {
  const {clock, inventory} = session
  const interrupt = onInterrupt(() => {})
  const drawn = canDraw() && !json && !once
  const view = drawn
    ? await openView({
        title: 'watch',
        cluster: inventory.cluster,
        json,
        onQuit: interrupt.ask,
        keys: allowActions ? 'q: quit  l: limit' : 'q: quit',
        baseline: runBaseline,
        onLimit: allowActions ? limit => setLimit(session, limit) : undefined,
      })
    : undefined
  const doors = session.doors.filter(
    ({node}) => !inventory.hosts.some(host => host.node === node && host.spare),
  )
  const started = clock.now()
  const recording = record === undefined ? undefined : openRecording(record, inventory.cluster)
  let members = doors
  const vitals = view ? pollVitals(session, () => members, view, interrupt.signal) : undefined
  let good = 0
  let last = ''
  let told = {at: 0, text: ''}
  const looks = recentReadings()
  try {
    for await (const sample of samples({doors, clock, interval, signal: interrupt.signal})) {
      const {snapshot, error} = sample
      looks.see(sample)
      if (snapshot) {
        const status = statusOf(inventory.cluster, snapshot, {baseline: runBaseline(snapshot)})
        tellDamaged(text => (view ? view.say(text) : writeError(`${text}\n`)))
        last = statusLine(status)
        good = unrest(snapshot).length === 0 ? good + 1 : 0
        members = session.doors.filter(({node}) => snapshot.nodes.some(facts => facts.node === node))
        recording?.snapshot(snapshot)
        if (view) view.snapshot(snapshot)
        else if (json) writeJson(status)
        // a line where something has changed, and one a minute
        else if (changedLine(status) !== told.text || clock.now() - told.at >= quiet) {
          writeOut(`${last}\n`)
          told = {at: clock.now(), text: changedLine(status)}
        }
      } else if (once) throw error
      else if (view) view.failed(error)
      else writeError(`nobody answered: ${error.message}\n`)
      if (once || (untilSettled && good >= goodReadings)) break
      if (timeout !== undefined && clock.now() - started > timeout) throw notSettled(looks.all(), timeout)
    }
  } finally {
    interrupt.release()
    vitals?.()
    view?.close()
    recording?.close()
  }
  // what the screen showed last stays in the scrollback
  if (view && last !== '') writeOut(`${last}\n`)
  const failure = interrupt.failure()
  if (failure && (untilSettled || failure.kind === 'terminated')) throw failure
}

/** As `throttle set` does it: what was is kept, and no transfer is ended. */
async function setLimit(session: Session, limit: number): Promise<string> {
  const [{changeLimits}, {keepOriginals, refuseKilling}, {limitChanges, limitsOf, silentMembers}] =
    await Promise.all([
      import('../execute/change-limits.ts'),
      import('./throttle/limits.ts'),
      import('../execute/limits.ts'),
    ])
  const {snapshot} = await session.ask()
  const now = limitsOf(snapshot)
  const changes = limitChanges(
    now,
    now.map(({node}) => ({node, transferLimit: limit})),
  )
  refuseKilling(changes, snapshot, false)
  keepOriginals(session, 'watch', snapshot)
  const after = changes.length === 0 ? snapshot : await changeLimits(session, snapshot, changes)
  const silent = silentMembers(after)
  const untold = silent.length === 0 ? '' : `, not on ${silent.join(', ')}, which did not answer`
  return `transfer limit ${limit} on ${counted(now.length, 'member')}${untold}; as before: ringup throttle restore`
}

/** What makes a line new: what moved, and what is wrong; not how fast, nor how long it will be. */
const changedLine = ({progress, problems, converging}: Status): string =>
  JSON.stringify([
    converging,
    progress?.moved,
    progress?.total,
    problems.map(({id, message}) => [id, message]),
  ])

/** Asks each member for its latency and its disk now and then; ends with the signal, or when it is told to. */
function pollVitals(
  session: Session,
  members: () => readonly Door[],
  view: View,
  signal: AbortSignal,
): () => void {
  let going = true
  const poll = async (): Promise<void> => {
    while (going && !signal.aborted) {
      const signs = await vitalSigns(members(), session.inventory.concurrency, signal)
      if (going) view.vitals(signs)
      await session.clock.sleep(vitalsInterval, signal)
    }
  }
  void poll().catch(() => {})
  return () => {
    going = false
  }
}
