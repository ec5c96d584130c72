/** What a watch has read, kept in a file; and read back, as the journal of a run is, to be shown again. */
import {closeSync, existsSync, openSync, writeSync} from 'node:fs'
import {parseJson} from '../bounded-json.ts'
import {isOpsError, OpsError} from '../errors.ts'
import type {JournalEvent} from '../journal/events.ts'
import type {Plan} from '../plan/plan.ts'
import {jsonText} from '../printable.ts'
import {mostBytes, readLines} from '../read-text.ts'
import type {Memory} from '../records/memory.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {checkedSnapshot} from '../snapshot/load.ts'
import {snapshotOfPlan} from '../watch/snapshot-of-plan.ts'
import {eventsOf} from './read-journal.ts'
import {type FoundRun, findRun, loadRun, runsNamed} from './runs.ts'

export type Recording = {readonly snapshot: (snapshot: Snapshot) => void; readonly close: () => void}

/** A line of a recording: the cluster first, then the readings. */
export type RecordingLine =
  | {readonly v: 1; readonly type: 'recording'; readonly cluster: string}
  | {readonly v: 1; readonly type: 'reading'; readonly snapshot: Snapshot}

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
  const write = (value: RecordingLine): void => {
    try {
      const line = Buffer.from(`${jsonText(value)}\n`)
      for (let at = 0; at < line.length; ) at += writeSync(handle, line, at)
    } catch (error) {
      throw new OpsError('usage', `${file} cannot be written: ${(error as NodeJS.ErrnoException).code}`, {
        hint: 'free some space there, or name another file: --record FILE',
        cause: error,
      })
    }
  }
  write({v: 1, type: 'recording', cluster})
  return {snapshot: snapshot => write({v: 1, type: 'reading', snapshot}), close: () => closeSync(handle)}
}

export type Moment = {readonly at: number} & (
  | {readonly kind: 'snapshot'; readonly snapshot: Snapshot}
  | {readonly kind: 'event'; readonly event: JournalEvent}
)

export type Replay = {
  readonly file: string
  readonly title: string
  readonly cluster: string
  readonly moments: Iterable<Moment>
  readonly plan?: Plan
  readonly committedAt?: number | undefined
}

/** @param name a file, or a run. Throws an `OpsError` (exit 64) for what is neither a recording nor a journal. */
export function readReplay(name: string, memory: Memory): Replay {
  if (runsNamed(name, memory).length > 0 || !existsSync(name)) return replayOf(findRun(name, memory))
  const file = name
  const lines = readLines(file, {what: 'the recording', most: mostBytes.document})
  const {value: first = ''} = lines.next() as {value?: string}
  const {type, cluster} = headOf(first)
  if (type === 'recording' && typeof cluster === 'string')
    return {file, title: 'replay', cluster, moments: readings(lines, file)}
  lines.return(undefined)
  if (type === 'run-started') return replayOf(loadRun(file))
  throw notReplayed(file)
}

function replayOf({run, file, lines, state: {plan, committedAt}}: FoundRun): Replay {
  if (!plan) throw notReplayed(file)
  const moments = momentsOf(eventsOf(lines, file), plan)
  return {file, title: `replay ${run}`, cluster: plan.cluster, moments, plan, committedAt}
}

const notReplayed = (file: string): OpsError =>
  new OpsError('usage', `${file} is neither a recording nor the journal of a run`, {
    hint: 'make one: ringup watch --record FILE; journals are named by: ringup runs list',
  })

/** What the first line says of the file, however it was spelt. */
function headOf(line: string): {readonly type?: unknown; readonly cluster?: unknown} {
  try {
    const head = Object(parseJson(line)) as {v?: unknown; type?: unknown; cluster?: unknown}
    return head.v === 1 ? head : {}
  } catch {
    return {}
  }
}

/** One after the other: a recording of days is larger than memory. The last may be cut off, as a killed process leaves it. */
function* readings(lines: Generator<string>, file: string): Generator<Moment> {
  let number = 1
  let torn: OpsError | undefined
  for (const line of lines) {
    if (torn) throw torn
    number += 1
    const where = `${file}:${number}`
    try {
      const {type, snapshot} = parsed(line, where) as {type?: unknown; snapshot?: unknown}
      if (type !== 'reading') continue
      const reading = checkedSnapshot(snapshot, where)
      yield {at: reading.takenAt, kind: 'snapshot', snapshot: reading}
    } catch (error) {
      if (!isOpsError(error)) throw error
      torn = error
    }
  }
}

function parsed(line: string, where: string): object {
  try {
    return Object(parseJson(line)) as object
  } catch (error) {
    throw new OpsError('usage', `${where} is no line of a recording`, {where, cause: error})
  }
}

/** A journal holds no readings: how the ring looked is made of the plan and of how far it had come. */
function* momentsOf(events: readonly JournalEvent[], plan: Plan): Generator<Moment> {
  for (const event of events) {
    const {at, type} = event
    yield {at, kind: 'event', event}
    if (type === 'run-started') yield {at, kind: 'snapshot', snapshot: snapshotOfPlan(plan, 0, at)}
    else if (type === 'progress')
      yield {at, kind: 'snapshot', snapshot: snapshotOfPlan(plan, event.moved, at, event)}
  }
}
