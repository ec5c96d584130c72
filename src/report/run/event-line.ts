/** An event of a run as one plain line, or nothing for those that say nothing new. */
import type {JournalEvent, Progress} from '../../journal/events.ts'
import type {RunState} from '../../journal/reduce.ts'
import {counted, formatDuration, formatRate} from '../../units.ts'

export function eventLine(event: JournalEvent, run: RunState): string | undefined {
  switch (event.type) {
    case 'run-started':
      return `run ${event.run}: ${counted(event.steps.length, 'step')}`
    case 'step-done':
      return `${position(run, event.step)} ${titleOf(run, event.step)}: ${event.saw}`
    case 'step-failed':
      return `${position(run, event.step)} ${titleOf(run, event.step)}: FAILED`
    case 'write-sent':
      return `    ${event.host}: ${event.argv.join(' ')}`
    case 'lock-taken':
      return `    ${event.host}: a lock that nobody holds any more was taken over from ${event.from}, last heard of ${formatDuration(event.ageSeconds * 1000)} ago`
    case 'lock-released':
      return event.left.length === 0
        ? undefined
        : `    the lock could not be given back on ${event.left.join(', ')}: it goes stale there by itself`
    case 'progress':
      return `    ${progressText(event)}`
    default:
      return undefined
  }
}

/** A sign of life while nothing else is to be said: what goes on, since when, and how far it is. */
export function heartbeatLine({steps, progress}: RunState, now: number): string {
  const current = steps.find(({status}) => status === 'running')
  const done = steps.filter(({status}) => status === 'done').length
  const since = current?.startedAt === undefined ? '' : `, since ${formatDuration(now - current.startedAt)}`
  const moved = progress ? `; ${progressText(progress)}` : ''
  return `    still at it: step ${done + 1} of ${steps.length}${current ? `, ${current.title}` : ''}${since}${moved}`
}

function progressText({moved, total, active, bytesPerSecond, waiting}: Progress): string {
  const transfers =
    active > 0
      ? `, ${counted(active, 'transfer')} under way${bytesPerSecond > 0 ? ` at ${formatRate(bytesPerSecond)}` : ''}`
      : ''
  return `moved ${moved} of ${total} partitions${transfers}${waiting === undefined || moved < total ? '' : `; waiting: ${waiting}`}`
}

const position = (run: RunState, step: string): string =>
  `[${run.steps.findIndex(({id}) => id === step) + 1}/${run.steps.length}]`
const titleOf = (run: RunState, step: string): string => run.steps.find(({id}) => id === step)?.title ?? step
