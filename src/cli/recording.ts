/** What a watch has read, kept in a file, and shown again: the same screen, for training and for looking back. */
import {closeSync, existsSync, openSync, readFileSync, writeSync} from 'node:fs'
import {OpsError} from '../errors.ts'
import type {JournalEvent} from '../journal/events.ts'
import {reduceRun} from '../journal/reduce.ts'
import type {Plan} from '../plan/plan.ts'
import {jsonText} from '../printable.ts'
import {statusLine} from '../report/status-line.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {snapshotOfPlan} from '../watch/snapshot-of-plan.ts'
import {statusOf} from '../watch/status.ts'
import {onInterrupt} from './interrupt.ts'
import {writeJson, writeOut} from './output.ts'
import {findRun} from './run-journal.ts'
import {canDraw} from './terminal.ts'
import {openView} from './view.ts'

export type Recording = {readonly snapshot: (snapshot: Snapshot) => void; readonly close: () => void}

/** One JSON line a reading. Throws an `OpsError` (exit 64) for a file that cannot be made, or is there already. */
export function openRecording(file: string, cluster: string): Recording {
  let handle: number
  try {
    handle = openSync(file, 'wx', 0o600)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    throw new OpsError(
      'usage',
      code === 'EEXIST' ? `${file} is there already` : `${file} cannot be written: ${code}`,
      {
        hint: 'name another file: --record FILE',
        cause: error,
      },
    )
  }
  const write = (value: object): void => void writeSync(handle, `${jsonText(value)}\n`)
  write({v: 1, type: 'recording', cluster})
  return {snapshot: snapshot => write({v: 1, type: 'reading', snapshot}), close: () => closeSync(handle)}
}

type Shown = {readonly at: number} & (
  | {readonly kind: 'snapshot'; readonly snapshot: Snapshot}
  | {readonly kind: 'event'; readonly event: JournalEvent}
)

type Replayed = {
  readonly title: string
  readonly cluster: string
  readonly moments: readonly Shown[]
  readonly plan?: Plan
}

/** Throws an `OpsError` (exit 64) for a file that is neither a recording nor a journal. */
function readReplay(file: string): Replayed {
  let lines: string[]
  try {
    lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter(line => line !== '')
  } catch (error) {
    throw new OpsError('usage', `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    })
  }
  const values = lines
    .map((line, at) => parsed(line, at === lines.length - 1, `${file}:${at + 1}`))
    .filter(value => value !== undefined)
  const [first] = values
  if (first?.type === 'recording') {
    const moments = values.flatMap((value): Shown[] => {
      const snapshot = value.snapshot as Snapshot | undefined
      return value.type === 'reading' && snapshot ? [{at: snapshot.takenAt, kind: 'snapshot', snapshot}] : []
    })
    return {title: 'replay', cluster: String(first.cluster), moments}
  }
  if (first?.type === 'run-started') {
    const events = values as unknown as JournalEvent[]
    const {plan} = reduceRun(events)
    if (plan)
      return {
        title: `replay ${reduceRun(events).run}`,
        cluster: plan.cluster,
        moments: momentsOf(events, plan),
        plan,
      }
  }
  throw new OpsError('usage', `${file} is neither a recording nor the journal of a run`, {
    hint: 'make one: ringup watch --record FILE; journals are named by: ringup runs list',
  })
}

/** The last line may be cut off, as a killed process leaves it. */
function parsed(line: string, last: boolean, where: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch (error) {
    if (last) return undefined
    throw new OpsError('usage', `${where} is no line of a recording`, {where, cause: error})
  }
}

/** A journal holds no readings: how the ring looked is made of the plan and of how far it had come. */
function momentsOf(events: readonly JournalEvent[], plan: Plan): Shown[] {
  return events.flatMap((event): Shown[] => {
    const shown: Shown = {at: event.at, kind: 'event', event}
    if (event.type === 'run-started')
      return [shown, {at: event.at, kind: 'snapshot', snapshot: snapshotOfPlan(plan, 0, event.at)}]
    if (event.type !== 'progress') return [shown]
    const {moved, active, bytesPerSecond} = event
    const snapshot = snapshotOfPlan(plan, moved, event.at, {active, bytesPerSecond})
    return [shown, {at: event.at, kind: 'snapshot', snapshot}]
  })
}

/** @param speed times as fast as it was */
export async function replay(
  name: string,
  {speed, json}: {readonly speed: number; readonly json: boolean},
): Promise<void> {
  const file = existsSync(name) ? name : findRun(name).file
  const {title, cluster, moments, plan} = readReplay(file)
  const interrupt = onInterrupt(() => {})
  const [first] = moments
  if (!first) throw new OpsError('usage', `${file} holds no reading`)
  const started = Date.now()
  // the time of what is shown, not of now
  const now = (): number => first.at + (Date.now() - started) * speed
  const committed = moments.find(
    moment => moment.kind === 'event' && moment.event.type === 'step-done' && moment.event.step === 'commit',
  )
  const baseline = plan && committed ? {baseline: plan, committedAt: committed.at} : undefined
  const view =
    canDraw() && !json
      ? await openView({
          title,
          cluster,
          json,
          onQuit: interrupt.ask,
          keys: 'q: quit',
          baseline: () => baseline,
          now,
        })
      : undefined
  try {
    for (const moment of moments) {
      const wait = (moment.at - now()) / speed
      if (wait > 0) await pause(wait, interrupt.signal)
      if (interrupt.signal.aborted) break
      if (moment.kind === 'event') view?.event(moment.event)
      else if (view) view.snapshot(moment.snapshot)
      else {
        const status = statusOf(cluster, moment.snapshot, {baseline})
        if (json) writeJson(status)
        else writeOut(`${statusLine(status)}\n`)
      }
    }
    // the end stays until it has been seen
    while (view && !interrupt.signal.aborted) await pause(250, interrupt.signal)
  } finally {
    interrupt.release()
    view?.close()
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) {
      resolve()
      return
    }
    const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1))
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
