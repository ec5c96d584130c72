/** Locks on hosts, a line each; hosts without one are counted. */
import {counted, formatDuration} from '../units.ts'

type HostLock = {
  readonly host: string
  readonly error?: string
  readonly outcome?: string
  /** seconds */
  readonly age?: number
  readonly record?:
    | {
        readonly run: string
        readonly holder: string
        readonly host: string
        readonly pid: number
        readonly reason: string
      }
    | 'unreadable'
}

export function locksText(locks: readonly HostLock[]): string {
  const free = locks.filter(({outcome}) => outcome === 'none').length
  const lines = locks.filter(({outcome}) => outcome !== 'none').map(lockLine)
  if (free > 0) lines.push(`${counted(free, 'host')} without a lock`)
  return `${lines.join('\n')}\n`
}

function lockLine({host, error, outcome, age, record}: HostLock): string {
  if (error !== undefined) return `${host}: cannot be asked: ${error}`
  const heard = age === undefined ? '' : `, last heard of ${formatDuration(Math.max(0, age) * 1000)} ago`
  const whose =
    record === undefined || record === 'unreadable'
      ? 'somebody whose record cannot be read'
      : `${record.holder} on ${record.host}, process ${record.pid}, run ${record.run}${record.reason === '' ? '' : `: ${record.reason}`}`
  return `${host}: ${outcome === 'released' ? 'taken away from' : outcome === 'failed' ? 'cannot be written; held by' : 'held by'} ${whose}${heard}`
}
