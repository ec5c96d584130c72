/** Journals on disk: one file a run, appended and flushed line by line, so that a run killed at any byte can be read. */
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import {join} from 'node:path'
import {jsonText} from '../printable.ts'
import type {EventBody, JournalEvent} from './events.ts'

export type Journal = {
  readonly run: string
  readonly file: string
  /** On disk when it returns. */
  readonly append: (body: EventBody) => JournalEvent
  readonly close: () => void
}

/** `20261123-181200-4f2a`: sorts by time */
export function newRunId(now: number, random: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return `${stamp}-${Math.floor(random * 0x10000)
    .toString(16)
    .padStart(4, '0')}`
}

export const runsFolder = (stateDir: string): string => join(stateDir, 'runs')

/** Creates the journal of a new run. Throws when its file exists already. */
export function createJournal(stateDir: string, run: string, now: () => number): Journal {
  const folder = runsFolder(stateDir)
  mkdirSync(folder, {recursive: true, mode: 0o700})
  const file = journalFile(stateDir, run)
  const handle = openSync(file, 'ax', 0o600)
  syncFolder(folder)
  return appending(run, file, handle, now)
}

/** Opens the journal of a run that is to go on; a line that was cut off at its end is cut off whole. */
export function reopenJournal(
  stateDir: string,
  run: string,
  now: () => number,
): Journal & {readonly torn: number} {
  const file = journalFile(stateDir, run)
  const bytes = readFileSync(file)
  const whole = bytes.lastIndexOf(0x0a) + 1
  const handle = openSync(file, 'a')
  if (whole < bytes.length) {
    ftruncateSync(handle, whole)
    fsyncSync(handle)
  }
  return {...appending(run, file, handle, now), torn: bytes.length - whole}
}

export const journalFile = (stateDir: string, run: string): string =>
  join(runsFolder(stateDir), `${run}.jsonl`)

const appending = (run: string, file: string, handle: number, now: () => number): Journal => ({
  run,
  file,
  append: body => {
    const event: JournalEvent = {v: 1, at: now(), ...body}
    const line = Buffer.from(`${jsonText(event)}\n`)
    // a disk that fills takes part of a line without an error
    for (let at = 0; at < line.length; ) at += writeSync(handle, line, at)
    fsyncSync(handle)
    return event
  },
  close: () => closeSync(handle),
})

/** A new file's name is safe only once its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Run ids, newest first. */
export function listRuns(stateDir: string): string[] {
  try {
    return readdirSync(runsFolder(stateDir))
      .filter(name => name.endsWith('.jsonl'))
      .map(name => name.slice(0, -'.jsonl'.length))
      .sort()
      .reverse()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
