/** Locks on hosts, a line each, and a line for each file that is no living lock; hosts without one are counted. */
import {counted, formatDuration} from '../../units.ts'

type Record_ = {
  readonly run: string
  readonly holder: string
  readonly host: string
  readonly pid: number
  readonly reason: string
}

type Claim = {
  readonly file: string
  readonly state: string
  readonly mode: string
  readonly uid: number
  readonly age?: number
  readonly record: Record_ | 'unreadable'
}

type HostLock = {
  readonly host: string
  readonly error?: string
  readonly outcome?: string
  readonly claims?: readonly Claim[]
  readonly more?: boolean
}

export function locksText(locks: readonly HostLock[]): string {
  const lines = locks.flatMap(hostLines)
  const free = locks.filter(({outcome, claims = []}) => outcome === 'none' && claims.length === 0).length
  if (free > 0) lines.push(`${counted(free, 'host')} without a lock`)
  return `${lines.join('\n')}\n`
}

function hostLines({host, error, outcome, claims = [], more = false}: HostLock): string[] {
  if (error !== undefined) return [`${host}: cannot be asked: ${error}`]
  if (outcome === 'denied')
    return [`${host}: your login may not write to /var/lib/ringup, where the lock lies`]
  if (outcome === 'unsafe') return [`${host}: /var/lib/ringup is no folder that the team alone can write to`]
  const lines = claims.map(claim => `${host}: ${claimText(claim, outcome)}`)
  return more ? [...lines, `${host}: and more files of that name`] : lines
}

const kinds: Readonly<Record<string, string>> = {
  d: 'folder',
  l: 'link',
  p: 'FIFO',
  s: 'socket',
  c: 'device',
  b: 'device',
}

function claimText({file, state, mode, uid, age, record}: Claim, outcome: string | undefined): string {
  if (state === 'other')
    return `${file} is no lock but a ${kinds[mode[0] ?? ''] ?? 'thing'} of uid ${uid}; it keeps nobody out`
  const heard = age === undefined ? '' : `, last heard of ${formatDuration(Math.max(0, age) * 1000)} ago`
  const whose =
    record === 'unreadable'
      ? `somebody whose record cannot be read (uid ${uid}, ${file})`
      : `${record.holder} on ${record.host}, process ${record.pid}, run ${record.run}${record.reason === '' ? '' : `: ${record.reason}`}`
  if (outcome === 'released') return `taken away from ${whose}${heard}`
  if (state === 'expired')
    return `expired, left by ${whose}${heard}${outcome === 'left' ? `: it keeps nobody out, and stays, for your login may not remove ${file} of uid ${uid}` : ''}`
  if (outcome === 'failed')
    return `NOT taken away: ${file} belongs to uid ${uid}, and your login may not remove it; it is of ${whose}${heard}`
  return `held by ${whose}${heard}`
}
