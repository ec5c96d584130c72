/** Journals read back, from this machine or another: nothing in them is taken on trust. */
import {OpsError} from '../errors.ts'
import type {JournalEvent} from '../journal/events.ts'
import {eventSchema, isLaterEvent} from '../journal/schema.ts'
import {mostBytes, readText} from '../read-text.ts'

export type ReadJournal = {
  readonly events: readonly JournalEvent[]
  /** the last line was cut off, as a killed run leaves it */
  readonly torn: boolean
}

/** Throws an `OpsError` (exit 64) for a line that is no event, but the last. */
export function readJournal(file: string): ReadJournal {
  const lines = journalLines(file)
  const last = lines.pop()
  return {events: eventsOf(lines, file), torn: last !== ''}
}

/** The last is what comes after the last end of a line. */
export const journalLines = (file: string): string[] =>
  readText(file, {what: 'the journal', most: mostBytes.journal}).split('\n')

/** @param from where they were read. Throws an `OpsError` (exit 64) for a line that is no event. */
export function eventsOf(lines: readonly string[], from: string): JournalEvent[] {
  return lines.flatMap((line, at): JournalEvent[] => {
    const value = parsedLine(line)
    const event = eventSchema.safeParse(value)
    if (event.success) return [event.data]
    if (isLaterEvent(value)) return []
    const v = typeof value === 'object' && value !== null && 'v' in value ? value.v : undefined
    const later = typeof v === 'number' && v > 1
    throw new OpsError(
      'usage',
      later
        ? `${from}:${at + 1} was written by a later ringup`
        : `${from}:${at + 1} is not an event of a journal`,
      {
        where: `${from}:${at + 1}`,
        hint: later
          ? 'look at it with the ringup that wrote it'
          : 'the journal is damaged: what the cluster says counts, ask it: ringup status',
      },
    )
  })
}

/** Undefined: it is no JSON. */
export function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
