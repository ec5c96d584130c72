/** An event of a run as one plain line, or nothing for those that say nothing new. */
import type {JournalEvent, Progress} from '../journal/events.ts'
import type {RunState} from '../journal/reduce.ts'
import {counted, formatRate} from '../units.ts'

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
    case 'progress':
      return `    ${progressText(event)}`
    default:
      return undefined
  }
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
