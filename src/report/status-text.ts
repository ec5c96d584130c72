/** One screen of status: the four answers first, then the members. */
import {counted, formatDuration, formatRate} from '../units.ts'
import {describeRing, type MemberStatusLine, type Status} from '../watch/status.ts'
import {type Look, tinted, wrapped} from './look.ts'
import {table} from './table.ts'

export function statusText(status: Status, look: Look): string {
  const answer = (question: string, text: string): string =>
    `${tinted(look, 'bold', question.padEnd(12))}${wrapped(text, look.columns - 12, ' '.repeat(12))}`
  const lines = [
    `${tinted(look, 'bold', status.cluster)}: ${describeRing(status)}, claimant ${status.ring.claimant}`,
    '',
    answer('healthy?', healthy(status, look)),
    answer('converging?', converging(status)),
    answer('how long?', howLong(status)),
    answer('wrong?', status.problems.length === 0 ? 'nothing' : counted(status.problems.length, 'thing')),
  ]
  for (const {message, next} of status.problems) {
    lines.push(
      `  ${tinted(look, 'red', '!')} ${wrapped(message, look.columns - 4, '    ')}`,
      `    ${tinted(look, 'dim', wrapped(`-> ${next}`, look.columns - 4, '    '))}`,
    )
  }
  lines.push('', ...membersTable(status.members, status.ring.partitions))
  return `${lines.join('\n')}\n`
}

const healthy = (status: Status, look: Look): string =>
  status.healthy
    ? `${tinted(look, 'green', 'yes')}: all members valid and up, one ring on all`
    : `${tinted(look, 'red', 'no')}: ${status.problems[0]!.message}`

function converging({progress}: Status): string {
  if (!progress) return 'at rest, nothing to move'
  const {moved, total, active, bytesPerSecond, transition, transitions} = progress
  const stage = transitions > 1 ? `, transition ${transition} of ${transitions}` : ''
  const rate =
    active > 0
      ? `, ${counted(active, 'transfer')} under way${bytesPerSecond > 0 ? ` at ${formatRate(bytesPerSecond)}` : ''}`
      : ', no transfer under way'
  return `${moved} of ${total} partitions moved${stage}${rate}`
}

const howLong = ({eta}: Status): string =>
  eta.ms === null ? eta.basis : `about ${formatDuration(Math.max(1000, eta.ms))}, by ${eta.basis}`

export function membersTable(members: readonly MemberStatusLine[], partitions: number): string[] {
  const share = (count: number): string => `${((count * 100) / partitions).toFixed(1)}%`
  const located = members.some(({location}) => location !== undefined)
  return table<MemberStatusLine>(
    [
      {title: 'node', cell: ({node, claimant}) => (claimant ? `${node} (C)` : node)},
      {title: 'status', cell: ({status, up}) => (up ? status : `${status}, DOWN`)},
      {title: 'ring', cell: ({now}) => share(now), align: 'right'},
      {title: 'next', cell: ({now, next}) => (now === next ? '--' : share(next)), align: 'right'},
      {title: 'out', cell: ({sending}) => (sending === 0 ? '' : String(sending)), align: 'right'},
      {title: 'in', cell: ({receiving}) => (receiving === 0 ? '' : String(receiving)), align: 'right'},
      {
        title: 'limit',
        cell: ({transferLimit}) => (transferLimit === null ? '?' : String(transferLimit)),
        align: 'right',
      },
      {title: 'version', cell: ({version}) => version},
      ...(located ? [{title: 'location', cell: ({location}: MemberStatusLine) => location ?? ''}] : []),
    ],
    members,
  )
}
