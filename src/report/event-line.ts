/** An event of a run as one plain line, or nothing for those that say nothing new. */
import type {JournalEvent} from '../journal/events.ts'
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
      return `    moved ${event.moved} of ${event.total} partitions, ${counted(event.active, 'transfer')} under way${event.active > 0 ? ` at ${formatRate(event.bytesPerSecond)}` : ''}`
    default:
      return undefined
  }
}

const position = (run: RunState, step: string): string =>
  `[${run.steps.findIndex(({id}) => id === step) + 1}/${run.steps.length}]`
const titleOf = (run: RunState, step: string): string => run.steps.find(({id}) => id === step)?.title ?? step
