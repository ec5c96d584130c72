/** One screen of status: the four answers first, then the members. */
import {counted, formatDuration, formatMoment, formatRate} from '../../units.ts'
import {describeRing, type MemberStatusLine, type Status} from '../../watch/status.ts'
import {type Look, tinted, wrapped} from '../kit/look.ts'
import {table} from '../kit/table.ts'

/** Rows that leave room for the answers on most screens. */
const mostRows = 30

/** `all`: every member, however many there are */
export function statusText(status: Status, look: Look, {all = false}: {readonly all?: boolean} = {}): string {
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
  lines.push('', wrapped(ringLine(status), look.columns, '     '), ...memberLines(status, all))
  return `${lines.join('\n')}\n`
}

function ringLine({ring, limits}: Status): string {
  const ready =
    ring.disagree.length > 0
      ? `another ring on ${ring.disagree.length} members`
      : ring.ready
        ? 'ready on all'
        : 'not ready yet'
  return `ring ${ready}, ${counted(ring.pending, 'change')} pending; limits ${limits.node ?? '?'} a node, ${limits.cluster} the cluster; claim ${ring.claimFunction}`
}

/** Members of note first when there are too many for a screen; the rest are counted. */
function memberLines({members, ring, limits}: Status, all: boolean): string[] {
  if (all || members.length <= mostRows) return ['', ...membersTable(members, ring.partitions)]
  const ofNote = members.filter(
    ({status, up, claimant, now, next, sending, receiving, transferLimit}) =>
      status !== 'valid' ||
      !up ||
      claimant ||
      now !== next ||
      sending + receiving > 0 ||
      transferLimit !== limits.node,
  )
  const shown = ofNote.slice(0, mostRows)
  const rest = members.filter(member => !shown.includes(member))
  const shares = rest.map(({now}) => now)
  const [least, most] = [Math.min(...shares), Math.max(...shares)]
  const plain = rest.every(({status, up}) => status === 'valid' && up) ? 'valid and up' : 'of any state'
  return [
    '',
    ...membersTable(shown, ring.partitions),
    `  and ${rest.length} more, ${plain}, ${least === most ? least : `${least} to ${most}`} partitions each (--all shows them)`,
  ]
}

const healthy = (status: Status, look: Look): string =>
  status.healthy
    ? `${tinted(look, 'green', 'yes')}: all members ${status.problems.length === 0 ? 'valid and ' : ''}up, one ring on all`
    : `${tinted(look, 'red', 'no')}: ${status.problems.find(({expected}) => !expected)!.message}`

function converging({progress, movedBy}: Status): string {
  if (!progress) return 'at rest, nothing to move'
  const {moved, total, active, bytesPerSecond, transition, transitions} = progress
  const stage = transitions > 1 ? `, transition ${transition} of ${transitions}` : ''
  const rate =
    active > 0
      ? `, ${counted(active, 'transfer')} under way${bytesPerSecond > 0 ? ` at ${formatRate(bytesPerSecond)}` : ''}`
      : ', no transfer under way'
  const who = movedBy ? `; run ${movedBy.run} of ${movedBy.by}, committed ${formatMoment(movedBy.since)}` : ''
  return `${moved} of ${total} partitions moved${stage}${rate}${who}`
}

const howLong = (status: Status): string =>
  status.eta.ms === null ? status.eta.basis : `${etaText(status)}, by ${status.eta.basis}`

/** `about 2 h (1 h to 3 h)`, or why it is not known. */
export function etaText({eta}: Status): string {
  if (eta.ms === null) return eta.basis
  const shown = (ms: number): string => formatDuration(Math.max(1000, ms))
  const range =
    eta.low === undefined || eta.high === undefined ? '' : ` (${shown(eta.low)} to ${shown(eta.high)})`
  return `about ${shown(eta.ms)}${range}`
}

function membersTable(members: readonly MemberStatusLine[], partitions: number): string[] {
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
