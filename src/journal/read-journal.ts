/** Journals read back, from this machine or another: nothing in them is taken on trust. */
import {OpsError} from '../errors.ts'
import {mostBytes, readText} from '../read-text.ts'
import type {JournalEvent} from './events.ts'
import {eventSchema} from './schema.ts'

export type ReadJournal = {
  readonly events: readonly JournalEvent[]
  /** the last line was cut off, as a killed run leaves it */
  readonly torn: boolean
}

/** Throws an `OpsError` for a line that is no event, but the last. */
export function readJournal(file: string): ReadJournal {
  const lines = readText(file, {what: 'the journal', most: mostBytes.journal}).split('\n')
  const last = lines.pop()
  const events = lines.map((line, at) => {
    try {
      return parseEvent(line)
    } catch {
      throw new OpsError('usage', `${file}:${at + 1} is not an event of a journal`, {
        where: `${file}:${at + 1}`,
        hint: 'the journal is damaged: what the cluster says counts, ask it: ringup status',
      })
    }
  })
  return {events, torn: last !== ''}
}

/** Throws for anything else. */
const parseEvent = (line: string): JournalEvent => eventSchema.parse(JSON.parse(line)) as JournalEvent
