/** Journals on disk: one file a run, appended and flushed line by line, so that a run killed at any byte can be read. */
import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import {join} from 'node:path'
import {OpsError} from '../errors.ts'
import type {EventBody, JournalEvent} from '../journal/events.ts'
import {jsonText} from '../printable.ts'
import {orUnwritable, stateFolder, stateModes, syncFolder} from './state-folder.ts'

export type Journal = {
  readonly run: string
  readonly file: string
  /** what it had when it was opened, without ends of lines */
  readonly lines: readonly string[]
  /** On disk when it returns. Throws an `OpsError` (exit 5) once another process has written to it. */
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

const runsFolder = (stateDir: string): string => join(stateDir, 'runs')

const runId = /^\d{8}-\d{6}-[0-9a-f]{4}$/

export const isRunId = (name: string): boolean => runId.test(name)

/** Creates the journal of a new run. Throws an `OpsError` (exit 3) where it cannot be written. */
export function createJournal(stateDir: string, run: string, now: () => number): Journal {
  const {file, handle} = newFile(stateDir, run)
  return appending({run, file, handle, lines: []}, now)
}

/** Throws an `OpsError` (exit 3) when it exists already. */
function newFile(stateDir: string, run: string): {file: string; handle: number} {
  const folder = stateFolder(stateDir, 'runs')
  return orUnwritable(stateDir, () => {
    const file = journalFile(stateDir, run)
    const {file: mode} = stateModes(stateDir)
    const handle = openSync(file, 'ax', mode)
    fchmodSync(handle, mode)
    syncFolder(folder)
    return {file, handle}
  })
}

/**
 * Takes the journal of a run, as a colleague has handed it over, into the state directory. One that is there stays, and
 * the other must be how it began. Throws an `OpsError` (exit 4) where they differ.
 */
export function adoptJournal(stateDir: string, run: string, from: string): void {
  const whole = (file: string): Buffer => {
    const bytes = readFileSync(file)
    return bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1)
  }
  const given = whole(from)
  const file = journalFile(stateDir, run)
  if (existsSync(file)) {
    const known = whole(file)
    if (known.length >= given.length && known.subarray(0, given.length).equals(given)) return
    throw new OpsError('stale', `${from} is not how the journal of run ${run} here goes: ${file}`, {
      hint: `see which is right: ringup runs show ${run}`,
    })
  }
  const {handle} = newFile(stateDir, run)
  try {
    orUnwritable(stateDir, () => writeAll(handle, given))
  } finally {
    closeSync(handle)
  }
}

/**
 * Brings a journal here to what the cluster remembers of its run: what is missing is appended, and one that has gone
 * another way is put aside. Only who holds the run's lock may. Throws an `OpsError` (exit 3) where it cannot be written.
 * @param known how many of its lines are here
 */
export function bringJournal(stateDir: string, run: string, lines: readonly string[], known: number): void {
  const file = journalFile(stateDir, run)
  const text = (from: number): Buffer =>
    Buffer.from(
      lines
        .slice(from)
        .map(line => `${line}\n`)
        .join(''),
    )
  orUnwritable(stateDir, () => {
    if (known > 0) {
      const handle = openSync(file, 'r+')
      try {
        const bytes = readFileSync(handle)
        const whole = bytes.lastIndexOf(0x0a) + 1
        ftruncateSync(handle, whole)
        writeAll(handle, text(known), whole)
      } finally {
        closeSync(handle)
      }
      return
    }
    if (existsSync(file)) renameSync(file, asideName(file))
    const {handle} = newFile(stateDir, run)
    try {
      writeAll(handle, text(0))
    } finally {
      closeSync(handle)
    }
  })
}

function asideName(file: string): string {
  for (let number = 1; ; number += 1) {
    const name = file.replace(/\.jsonl$/, `.aside-${number}.jsonl`)
    if (!existsSync(name)) return name
  }
}

/** @param from place in the file; default: where it is */
function writeAll(handle: number, bytes: Buffer, from: number | null = null): void {
  // a disk that fills takes part of it without an error
  for (let at = 0; at < bytes.length; )
    at += writeSync(handle, bytes, at, bytes.length - at, from === null ? null : from + at)
  fsyncSync(handle)
}

/**
 * Opens the journal of a run that is to go on; a line that was cut off at its end is cut off whole. Only who holds the
 * run's lock may. Throws an `OpsError` (exit 3) where it cannot be written.
 */
export function reopenJournal(
  stateDir: string,
  run: string,
  now: () => number,
): Journal & {readonly torn: number} {
  const file = journalFile(stateDir, run)
  return orUnwritable(stateDir, () => {
    const bytes = readFileSync(file)
    const whole = bytes.lastIndexOf(0x0a) + 1
    const handle = openSync(file, 'a')
    if (whole < bytes.length) {
      ftruncateSync(handle, whole)
      fsyncSync(handle)
    }
    const lines = bytes.subarray(0, whole).toString().split('\n').slice(0, -1)
    return {...appending({run, file, handle, lines}, now), torn: bytes.length - whole}
  })
}

export const journalFile = (stateDir: string, run: string): string =>
  join(runsFolder(stateDir), `${run}.jsonl`)

type Opened = Pick<Journal, 'run' | 'file' | 'lines'> & {readonly handle: number}

function appending({run, file, lines, handle}: Opened, now: () => number): Journal {
  let {size} = fstatSync(handle)
  return {
    run,
    file,
    lines,
    append: body => {
      // whose lock has expired meanwhile, as while its machine slept, may have been followed by another
      if (fstatSync(handle).size !== size)
        throw new OpsError('locked', `another process has gone on with run ${run} meanwhile`, {
          hint: `see what it did: ringup runs show ${run}`,
        })
      const event: JournalEvent = {v: 1, at: now(), ...body}
      const line = Buffer.from(`${jsonText(event)}\n`)
      try {
        writeAll(handle, line)
        size += line.length
      } catch (error) {
        // a full disk has taken a part of it
        size = fstatSync(handle).size
        throw error
      }
      return event
    },
    close: () => closeSync(handle),
  }
}

/** Run ids, newest first. Throws an `OpsError` (exit 3) where they cannot be read. */
export function listRuns(stateDir: string): string[] {
  try {
    return readdirSync(runsFolder(stateDir))
      .filter(name => name.endsWith('.jsonl'))
      .map(name => name.slice(0, -'.jsonl'.length))
      .filter(isRunId)
      .sort()
      .reverse()
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    throw new OpsError('refused', `${runsFolder(stateDir)} cannot be read: ${code}`, {
      hint: 'name another state directory: RINGUP_STATE_DIR=/path/to/it',
      cause: error,
    })
  }
}
