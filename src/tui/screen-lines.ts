/** What the screen shows, as lines no wider and no more than asked. Pure: frames are tested without a terminal. */
import type {RunState, StepState} from '../journal/reduce.ts'
import {bar, type Look, tinted} from '../report/look.ts'
import {membersTable} from '../report/status-text.ts'
import type {ActiveTransfer} from '../ring/snapshot.ts'
import {counted, formatDuration, formatRate} from '../units.ts'
import {describeRing, type Status} from '../watch/status.ts'

export type Screen = {
  /** `add r06 r07 r08`, `watch` */
  readonly title: string
  /** ms since 1970 */
  readonly now: number
  readonly status?: Status | undefined
  readonly transfers: readonly ActiveTransfer[]
  /** why the last reading failed, if it did */
  readonly error?: string | undefined
  readonly run?: RunState | undefined
  readonly keys: string
}

export type Size = {readonly columns: number; readonly rows: number}

export function screenLines(screen: Screen, size: Size, look: Look): string[] {
  const {status, run} = screen
  const head = [
    headline(screen, look),
    '',
    ...(status ? answers(status, look, size) : ['  reading the ring ...']),
    ...errorLines(screen, look),
  ]
  const steps = run ? ['', ...stepLines(run.steps, look)] : []
  const foot = ['', tinted(look, 'dim', screen.keys)]
  const room = size.rows - head.length - steps.length - foot.length
  const body = status ? bodyLines(screen, status, room) : []
  return [...head, ...steps, ...body, ...foot].slice(0, size.rows).map(line => cut(line, size.columns))
}

function headline({title, now, status}: Screen, look: Look): string {
  const where = status ? `${tinted(look, 'bold', status.cluster)}  ${describeRing(status)}` : ''
  const age = status ? `data ${formatDuration(Math.max(0, now - status.at))} old` : ''
  return [tinted(look, 'bold', `ringup ${title}`), where, age].filter(Boolean).join('   ')
}

function answers(status: Status, look: Look, {columns}: Size): string[] {
  const {progress, eta, problems, healthy} = status
  const line = (question: string, text: string): string => `  ${question.padEnd(12)}${text}`
  const share = progress ? progress.moved / Math.max(1, progress.total) : 1
  const moving = progress
    ? `${bar(share, Math.max(10, Math.min(30, columns - 50)), look)} ${progress.moved} of ${progress.total} partitions, ${Math.floor(share * 100)}%`
    : 'at rest'
  const rate =
    progress && progress.active > 0
      ? `   ${counted(progress.active, 'transfer')}${progress.bytesPerSecond > 0 ? ` at ${formatRate(progress.bytesPerSecond)}` : ''}`
      : ''
  return [
    line('healthy?', healthy ? tinted(look, 'green', 'yes') : tinted(look, 'red', 'no')),
    line('converging?', moving),
    line(
      'how long?',
      (eta.ms === null ? eta.basis : `about ${formatDuration(Math.max(1000, eta.ms))}`) + rate,
    ),
    line(
      'wrong?',
      problems.length === 0
        ? 'nothing'
        : tinted(look, 'red', problems.map(({message}) => message).join('; ')),
    ),
  ]
}

const errorLines = ({error}: Screen, look: Look): string[] =>
  error === undefined ? [] : [`  ${tinted(look, 'yellow', `last reading failed: ${error}`)}`]

/** Steps that are done in one line, then the one under way. */
function stepLines(steps: readonly StepState[], look: Look): string[] {
  const done = steps.filter(({status}) => status === 'done').length
  const current = steps.find(({status}) => status === 'running' || status === 'failed') ?? steps[done]
  const heading = `  step ${Math.min(done + 1, steps.length)} of ${steps.length}`
  if (!current) return [`${heading}: all done`]
  const tone = current.status === 'failed' ? 'red' : 'cyan'
  return [`${heading}: ${tinted(look, tone, current.title)}`, tinted(look, 'dim', `  ${current.note}`)]
}

function bodyLines({transfers}: Screen, status: Status, room: number): string[] {
  const nodes = ['', ...membersTable(status.members, status.ring.partitions)]
  const moving = transfers.length === 0 ? [] : ['', ...transferLines(transfers)]
  if (moving.length + nodes.length <= room) return [...moving, ...nodes]
  const forMoving = Math.min(moving.length, Math.max(3, Math.floor(room / 3)))
  return [...shortened(moving, forMoving), ...shortened(nodes, room - forMoving)]
}

function transferLines(transfers: readonly ActiveTransfer[]): string[] {
  const width = Math.max(...transfers.map(({from}) => from.length))
  return transfers.map(({partition, from, to, stats}) => {
    const done = stats?.done === undefined ? '  ?' : `${Math.floor(stats.done * 100)}%`.padStart(4)
    const rate = stats ? formatRate(stats.bytesPerSecond) : ''
    return `  ${String(partition).padStart(4)}  ${from.padEnd(width)} -> ${to}  ${done}  ${rate}`
  })
}

function shortened(lines: readonly string[], room: number): string[] {
  if (lines.length <= room) return [...lines]
  if (room < 2) return []
  return [...lines.slice(0, room - 1), `  ... and ${lines.length - room + 1} more`]
}

/** Cuts a line to a width; colours do not count, and none is left open. */
function cut(line: string, columns: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the escapes that `tinted` writes
  const parts = line.split(/(\x1b\[\d+m)/)
  let room = columns
  let kept = ''
  for (const part of parts) {
    if (part.startsWith('\x1b[')) kept += part
    else {
      kept += part.slice(0, room)
      room = Math.max(0, room - part.length)
    }
  }
  return kept
}
