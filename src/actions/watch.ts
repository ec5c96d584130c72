/** Readings until told to stop, on a screen or one by one. */

import type {Fleet} from '../fleet/fleet.ts'
import {vitalSigns} from '../fleet/vital-signs.ts'
import type {Door} from '../riak/door.ts'
import {openRecording} from '../state/recording.ts'
import {tellDamaged} from '../state/runs.ts'
import {oursOf, runBaseline} from '../state/runs-of-ring.ts'
import {counted} from '../units.ts'
import {samples} from '../watch/sample.ts'
import {unrest} from '../watch/settled.ts'
import type {View} from '../watch/stage.ts'
import {notSettled, recentReadings} from '../watch/stall.ts'
import {type Status, statusOf} from '../watch/status.ts'
import type {Context} from './context.ts'

export type WatchRequest = {
  /** one reading; no screen is drawn for it */
  readonly once: boolean
  readonly untilSettled: boolean
  /** ms */
  readonly timeout?: number | undefined
  /** ms */
  readonly interval: number
  /** a file that everything that is read is written to, to be shown again */
  readonly record?: string | undefined
  /** limits may be changed from the screen */
  readonly allowActions: boolean
}

/** ms between two readings of statistics: they cost the nodes something, and are of the last minute */
const vitalsInterval = 90_000
/** ms between two looks at what hosts remember */
const memoryInterval = 30_000
/** ms after which a reading is news though nothing has changed */
const quiet = 60_000

/** Good readings in a row that make a cluster settled. */
const goodReadings = 3

export async function watchCluster(
  context: Context,
  {once, untilSettled, timeout, interval, record, allowActions}: WatchRequest,
): Promise<void> {
  const {fleet, say, show, stoppable, screen} = context
  const {clock, inventory} = fleet
  const recording = record === undefined ? undefined : openRecording(record, inventory.cluster)
  const interrupt = stoppable(() => {})
  const view = once
    ? undefined
    : await screen({
        title: 'watch',
        cluster: inventory.cluster,
        onQuit: interrupt.ask,
        keys: allowActions ? 'q: quit  l: limit' : 'q: quit',
        baseline: snapshot => runBaseline(snapshot, fleet.memory),
        onLimit: allowActions ? limit => setLimit(fleet, limit) : undefined,
      })
  const doors = fleet.doors.filter(
    ({node}) => !inventory.hosts.some(host => host.node === node && host.spare),
  )
  const started = clock.now()
  let members = doors
  await fleet.remember({few: true})
  const memory = pollMemory(fleet, interrupt.signal)
  const vitals = view ? pollVitals(fleet, () => members, view, interrupt.signal) : undefined
  let good = 0
  let last: Status | undefined
  let told = {at: 0, text: ''}
  const looks = recentReadings()
  try {
    for await (const sample of samples({doors, clock, interval, signal: interrupt.signal})) {
      const {snapshot, error} = sample
      looks.see(sample)
      if (snapshot) {
        const status = statusOf(inventory.cluster, snapshot, oursOf(snapshot, fleet.memory))
        tellDamaged(view ? view.say : say)
        last = status
        good = unrest(snapshot).length === 0 ? good + 1 : 0
        members = fleet.doors.filter(({node}) => snapshot.nodes.some(facts => facts.node === node))
        recording?.snapshot(snapshot)
        if (view) view.snapshot(snapshot)
        else {
          const news = changedLine(status) !== told.text || clock.now() - told.at >= quiet
          await show({kind: 'reading', status, news})
          if (news) told = {at: clock.now(), text: changedLine(status)}
        }
      } else if (once) throw error
      else if (view) view.failed(error)
      else say(`nobody answered: ${error.message}`)
      if (once || (untilSettled && good >= goodReadings)) break
      if (timeout !== undefined && clock.now() - started > timeout) throw notSettled(looks.all(), timeout)
    }
  } finally {
    interrupt.release()
    vitals?.()
    memory()
    view?.close()
    recording?.close()
  }
  // what the screen showed last stays in the scrollback
  if (view && last) await show({kind: 'reading', status: last, news: true})
  const failure = interrupt.failure()
  if (failure && (untilSettled || failure.kind === 'terminated')) throw failure
}

/** As `throttle set` does it: what was is kept, and no transfer is ended. */
async function setLimit(fleet: Fleet, limit: number): Promise<string> {
  const [{changeLimits}, {keepOriginals, refuseKilling}, {limitChanges, limitsOf, silentMembers}] =
    await Promise.all([
      import('../execute/change-limits.ts'),
      import('./throttle/originals.ts'),
      import('../execute/limits.ts'),
    ])
  const {snapshot} = await fleet.ask()
  const now = limitsOf(snapshot)
  const changes = limitChanges(
    now,
    now.map(({node}) => ({node, transferLimit: limit})),
  )
  refuseKilling(changes, snapshot, false)
  await fleet.remember()
  await keepOriginals(fleet, 'watch', snapshot, () => {})
  const after = changes.length === 0 ? snapshot : await changeLimits(fleet, snapshot, changes)
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

/** Runs of others begin and end while it is watched; ends with the signal, or when it is told to. */
function pollMemory(fleet: Fleet, signal: AbortSignal): () => void {
  const ended = new AbortController()
  const poll = async (): Promise<void> => {
    const either = AbortSignal.any([signal, ended.signal])
    for (;;) {
      await fleet.clock.sleep(memoryInterval, either)
      if (either.aborted) return
      await fleet.remember({few: true})
    }
  }
  void poll().catch(() => {})
  return () => ended.abort()
}

/** Asks each member for its latency and its disk now and then; ends with the signal, or when it is told to. */
function pollVitals(
  fleet: Fleet,
  members: () => readonly Door[],
  view: View,
  signal: AbortSignal,
): () => void {
  let going = true
  const poll = async (): Promise<void> => {
    while (going && !signal.aborted) {
      const signs = await vitalSigns(members(), fleet.inventory.concurrency, signal)
      if (going) view.vitals(signs)
      await fleet.clock.sleep(vitalsInterval, signal)
    }
  }
  void poll().catch(() => {})
  return () => {
    going = false
  }
}
