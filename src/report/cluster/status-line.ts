/** Status in one line, for watching without a screen. */
import {counted, formatDuration, formatMoment, formatRate} from '../../units.ts'
import type {Status} from '../../watch/status.ts'

export function statusLine(status: Status): string {
  const {progress, problems, eta} = status
  const moving = progress
    ? `moved ${progress.moved} of ${progress.total} partitions, ${counted(progress.active, 'transfer')} under way${progress.bytesPerSecond > 0 ? ` at ${formatRate(progress.bytesPerSecond)}` : ''}${eta.ms === null ? '' : `, about ${formatDuration(eta.ms)} to go`}`
    : 'at rest'
  return `${formatMoment(status.at, 'second')} ${status.cluster}: ${moving}${problems.length === 0 ? '' : `; ${problems.map(({message}) => message).join('; ')}`}`
}
