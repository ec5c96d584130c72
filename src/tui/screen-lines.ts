/** What the screen shows, as lines no wider and no more than asked. Pure: frames are tested without a terminal. */
import type {StepState} from '../journal/reduce.ts'
import {printableLine} from '../printable.ts'
import {etaText} from '../report/cluster/status-text.ts'
import {bar, cut, type Look, shown, tinted} from '../report/kit/look.ts'
import {counted, formatBytes, formatDuration, formatRate} from '../units.ts'
import {replicaRisk, type Scene} from '../watch/scene.ts'
import {describeRing, type Status} from '../watch/status.ts'
import {nodeDetail, partitionDetail} from './panels/detail.ts'
import {nodeRows} from './panels/nodes.ts'
import {ringLines} from './panels/ring.ts'
import {transferRows} from './panels/transfers.ts'
import {chosenRows, rowLines} from './rows.ts'
import {type Panel, panels, type Ui} from './ui.ts'

export type Size = {readonly columns: number; readonly rows: number}

export function screenLines(scene: Scene, ui: Ui, size: Size, look: Look): string[] {
  const head = headLines(scene, ui, size, look)
  const foot = footLines(scene, ui, look)
  const room = Math.max(0, size.rows - head.length - foot.length)
  const body = ui.help ? helpLines() : scene.status ? bodyLines(scene, ui, {...size, room}, look) : []
  const filled = [...body.slice(0, room), ...Array.from({length: Math.max(0, room - body.length)}, () => '')]
  return [...head, ...filled, ...foot]
    .slice(0, size.rows)
    .map(line => shown(cut(printableLine(line), size.columns)))
}

/** The four answers, and what a run is at. */
function headLines(scene: Scene, ui: Ui, size: Size, look: Look): string[] {
  const {status, run} = scene
  return [
    headline(scene, ui, look),
    ...(status ? answers(scene, status, look, size) : ['  reading the ring ...']),
    ...errorLines(scene, look),
    ...(run && run.steps.length > 0 ? stepLines(run.steps, look, size) : []),
    ...(size.rows >= 14 ? [''] : []),
  ]
}

function headline({title, now, status, error}: Scene, ui: Ui, look: Look): string {
  const where = status ? `${tinted(look, 'bold', status.cluster)}  ${describeRing(status)}` : ''
  const old = status ? `data ${formatDuration(Math.max(0, now - status.at))} old` : ''
  const age = error === undefined ? old : tinted(look, 'yellow', old)
  return [
    tinted(look, 'bold', `ringup ${title}`),
    where,
    age,
    ui.paused ? tinted(look, 'yellow', 'PAUSED') : '',
  ]
    .filter(Boolean)
    .join('   ')
}

function answers({error, sizes}: Scene, status: Status, look: Look, {columns}: Size): string[] {
  const {progress, problems, healthy} = status
  // what was true when somebody last answered is shown as such
  const aged = (text: string): string => (error === undefined ? text : tinted(look, 'dim', text))
  const line = (question: string, text: string): string => `  ${question.padEnd(12)}${text}`
  const share = progress ? progress.moved / Math.max(1, progress.total) : 1
  const bytes = progress ? bytesText(progress, sizes) : ''
  const moving = progress
    ? `${bar(share, Math.max(8, Math.min(30, columns - (bytes === '' ? 50 : 68))), look)} ${progress.moved} of ${progress.total} partitions, ${Math.floor(share * 100)}%${bytes}`
    : 'at rest'
  const rate =
    progress && progress.active > 0
      ? `   ${counted(progress.active, 'transfer')}${progress.bytesPerSecond > 0 ? ` at ${formatRate(progress.bytesPerSecond)}` : ''}`
      : ''
  const wrong =
    problems.length === 0
      ? aged('nothing')
      : tinted(look, 'red', problems.map(({message}) => message).join('; '))
  const health = healthy ? tinted(look, 'green', 'yes') : tinted(look, 'red', 'no')
  return [
    line('healthy?', error === undefined ? health : aged(healthy ? 'yes, when it last answered' : 'no')),
    line('converging?', aged(moving)),
    line('how long?', aged(etaText(status) + rate)),
    line('wrong?', wrong),
  ]
}

function bytesText({moved, total}: NonNullable<Status['progress']>, sizes: Scene['sizes']): string {
  if (sizes.size === 0) return ''
  const all = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
  // which ones have moved is not told: by their mean
  return `, about ${formatBytes((all * moved) / Math.max(1, total))} of ${formatBytes(all)}`
}

const errorLines = ({error}: Scene, look: Look): string[] =>
  error === undefined ? [] : [`  ${tinted(look, 'yellow', `last reading failed: ${error}`)}`]

/** Steps that are done in one line, then the one under way. */
function stepLines(steps: readonly StepState[], look: Look, {rows}: Size): string[] {
  const done = steps.filter(({status}) => status === 'done').length
  const current = steps.find(({status}) => status === 'running' || status === 'failed') ?? steps[done]
  const heading = `  step ${Math.min(done + 1, steps.length)} of ${steps.length}`
  if (!current) return [`${heading}: all done`]
  const tone = current.status === 'failed' ? 'red' : 'cyan'
  const note = rows >= 18 && current.note !== '' ? [tinted(look, 'dim', `  ${current.note}`)] : []
  return [`${heading}: ${tinted(look, tone, current.title)}`, ...note]
}

type Room = Size & {readonly room: number}

const names: Readonly<Record<Panel, string>> = {
  transfers: 'transfers',
  nodes: 'nodes',
  ring: 'ring',
  risk: 'replica risk',
  events: 'events',
}

/** On a tall terminal the ring is always there, above the chosen panel. */
function bodyLines(scene: Scene, ui: Ui, {columns, room, rows}: Room, look: Look): string[] {
  const partitions = scene.snapshot?.ring.partitions ?? 0
  const forRing =
    ui.panel !== 'ring' && room >= 24 ? Math.min(Math.floor(room / 2), Math.ceil(partitions / 64) + 1) : 0
  const above = forRing > 0 ? [...ringLines(scene, ui.nVal, {columns, room: forRing}, look), ''] : []
  const left = room - above.length - 1
  return [...above, tabs(ui, look), ...panelLines(scene, ui, {columns, rows, room: left}, look)]
}

const tabs = (ui: Ui, look: Look): string => {
  const shown = panels.map(panel =>
    panel === ui.panel ? tinted(look, 'bold', `[${names[panel]}]`) : ` ${names[panel]} `,
  )
  const filter = ui.typing ? `/${ui.filter}_` : ui.filter === '' ? '' : `/${ui.filter}`
  return `  ${shown.join(' ')}${ui.faultsOnly ? '  faults only' : ''}${filter === '' ? '' : `  ${filter}`}`
}

function panelLines(scene: Scene, ui: Ui, {columns, room}: Room, look: Look): string[] {
  switch (ui.panel) {
    case 'transfers': {
      const rows = transferRows(scene, columns)
      const {marked} = chosenRows(rows, ui)
      if (ui.detail && marked) return partitionDetail(scene, marked.partition, ui.nVal, look)
      return rowLines(rows, ui, room, look, 'nothing moves, and nothing waits')
    }
    case 'nodes': {
      const rows = nodeRows(scene, look)
      const {marked} = chosenRows(rows, ui)
      if (ui.detail && marked) return nodeDetail(scene, marked.node, {...look, columns})
      return rowLines(rows, ui, room, look, 'no members')
    }
    case 'ring': {
      const partitions = scene.snapshot?.ring.partitions ?? 1
      if (ui.detail) return partitionDetail(scene, ui.row % partitions, ui.nVal, look)
      return [
        ...ringLines(scene, ui.nVal, {columns, room: room - 1}, look),
        `  partition ${ui.row % partitions}: enter shows its preference list`,
      ]
    }
    case 'risk':
      return riskLines(scene, ui.nVal, look)
    case 'events':
      return eventLines(scene, ui, room, look)
  }
}

function riskLines({snapshot}: Scene, nVal: number, look: Look): string[] {
  if (!snapshot) return []
  const {whole, degraded, belowQuorum, gone} = replicaRisk(snapshot, nVal)
  const all = snapshot.ring.partitions
  const line = (name: string, count: number, tone: 'green' | 'yellow' | 'red'): string =>
    `  ${name.padEnd(16)}${tinted(look, count > 0 ? tone : 'dim', String(count).padStart(5))}  ${bar(count / all, 30, look)}`
  return [
    `  preference lists for n_val ${nVal} (n changes it), ${all} in all`,
    line('all copies up', whole, 'green'),
    line('degraded', degraded, 'yellow'),
    line('below quorum', belowQuorum, 'red'),
    line('all gone', gone, 'red'),
  ]
}

function eventLines({events}: Scene, ui: Ui, room: number, look: Look): string[] {
  const wanted = ui.filter.toLowerCase()
  const shown = events.filter(
    ({text, isFault}) =>
      (!ui.faultsOnly || isFault) && (wanted === '' || text.toLowerCase().includes(wanted)),
  )
  if (shown.length === 0) return ['  nothing has happened yet']
  const last = Math.max(0, shown.length - ui.row)
  return shown.slice(Math.max(0, last - room), last).map(({at, text, isFault}) => {
    const time = new Date(at).toISOString().slice(11, 19)
    return `  ${tinted(look, 'dim', time)}  ${isFault ? tinted(look, 'red', text) : text}`
  })
}

const helpLines = (): string[] => [
  '  tab, left, right   another panel        up, down   mark a row',
  '  enter              its own page, a partition with its preference list',
  '  /                  filter rows; enter keeps it, escape drops it',
  '  s                  sort by another column',
  '  f                  faults only          p          pause what is shown',
  '  n                  another n_val for replica risk (1 to 7)',
  '  q                  back, and out; the cluster goes on',
  '',
  '  ring: a sign is its settled owner; > moving, o waiting, * finished, ! at risk',
  '  nothing here changes the cluster',
]

function footLines({keys}: Scene, ui: Ui, look: Look): string[] {
  const own = ui.help ? 'q: back' : '?: help  tab: panel  /: filter  s: sort  f: faults  p: pause'
  if (ui.asking) {
    const {limit, text} = ui.asking
    const question =
      limit === undefined
        ? 'transfer limit for every member (escape: leave it): '
        : `type yes to set the transfer limit of every member to ${limit}: `
    return [`${tinted(look, 'yellow', question)}${text}_`]
  }
  return [tinted(look, 'dim', ui.typing ? 'enter: keep the filter  escape: drop it' : `${keys}  ${own}`)]
}
