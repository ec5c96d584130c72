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
  const lines = readText(file, {what: 'the journal', most: mostBytes.journal}).split('\n')
  const last = lines.pop()
  const events = lines.flatMap((line, at): JournalEvent[] => {
    const value = parsed(line)
    const event = eventSchema.safeParse(value)
    if (event.success) return [event.data]
    if (isLaterEvent(value)) return []
    const v = typeof value === 'object' && value !== null && 'v' in value ? value.v : undefined
    const later = typeof v === 'number' && v > 1
    throw new OpsError(
      'usage',
      later
        ? `${file}:${at + 1} was written by a later ringup`
        : `${file}:${at + 1} is not an event of a journal`,
      {
        where: `${file}:${at + 1}`,
        hint: later
          ? 'look at it with the ringup that wrote it'
          : 'the journal is damaged: what the cluster says counts, ask it: ringup status',
      },
    )
  })
  return {events, torn: last !== ''}
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
