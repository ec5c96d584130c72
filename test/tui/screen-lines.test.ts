/** Frames as a person sees them, at five sizes: written through the painter and read back from a terminal's model. */
import {EventEmitter} from 'node:events'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import type {ActiveTransfer} from '../../src/ring/snapshot.ts'
import {openPainter} from '../../src/tui/painter.ts'
import {type Size, screenLines} from '../../src/tui/screen-lines.ts'
import {firstUi, type Key, panels, press, type Ui} from '../../src/tui/ui.ts'
import {cellsOf, eventsBetween, replicaRisk, type Scene} from '../../src/watch/scene.ts'
import {statusOf} from '../../src/watch/status.ts'
import {nodeFacts, pending, ringOf, snapshotOf} from '../support/snapshots.ts'
import {terminalModel} from '../support/terminal.ts'

const transfer = (partition: number, done?: number): ActiveTransfer => ({
  kind: 'ownership',
  module: 'riak_kv_vnode',
  partition,
  from: 'riak@a',
  to: 'riak@c',
  startedAt: 0,
  ...(done === undefined ? {} : {stats: {objects: 1000, objectsPerSecond: 10, bytesPerSecond: 5e6, done}}),
})
const ring = ringOf('cbababababababab', {
  pending: [
    pending(2, 'a', 'c', 'complete'),
    pending(4, 'a', 'c'),
    pending(6, 'a', 'c'),
    pending(8, 'a', 'c'),
  ],
  members: ['a', 'b', 'c'].map(letter => ({node: `riak@${letter}`, status: 'valid'})),
})
const moving = snapshotOf(ring, {
  nodes: ring.members.map(({node}) =>
    nodeFacts(node, node === 'riak@a' ? {transfers: [transfer(4, 0.5), transfer(6)]} : {}),
  ),
})
const baseline = {
  transitions: [{transfers: [0, 2, 4, 6, 8].map(partition => ({partition, from: 'riak@a', to: 'riak@c'}))}],
}
const scene = (change: Partial<Scene> = {}): Scene => ({
  title: 'watch',
  now: moving.takenAt + 1400,
  status: statusOf('voxring', moving, {baseline: {baseline, committedAt: moving.takenAt - 60_000}}),
  snapshot: moving,
  sizes: new Map([0, 2, 4, 6, 8].map(partition => [partition, 1e9])),
  events: [
    {at: 1000, text: 'riak@c is valid', isFault: false},
    {at: 61_000, text: 'riak@b does not answer any more', isFault: true},
  ],
  vitals: new Map([
    [
      'riak@a',
      [
        {node: 'riak@a', p99: 4, disk: 0.61},
        {node: 'riak@a', p99: 12, disk: 0.62},
      ],
    ],
  ]),
  keys: 'q: quit',
  ...change,
})
const plain = {columns: 80, color: false, unicode: false}
const sizes: Size[] = [
  {columns: 60, rows: 14},
  {columns: 80, rows: 23},
  {columns: 120, rows: 39},
  {columns: 200, rows: 59},
  {columns: 300, rows: 99},
]

/** What is on the screen after a frame has gone through the painter. */
function seen(frame: readonly string[], {columns, rows}: Size): string[] {
  const model = terminalModel(columns, rows + 1)
  const stream = Object.assign(new EventEmitter(), {
    columns,
    rows: rows + 1,
    isTTY: true,
    write: (bytes: string) => {
      model.write(bytes)
      return true
    },
  })
  const painter = openPainter(stream as unknown as NodeJS.WriteStream)
  painter.paint(frame)
  const lines = model.lines()
  painter.restore()
  return lines
}

describe('the screen', () => {
  it.each(
    sizes.flatMap(size =>
      panels.map(panel => ({size, panel, name: `${panel} at ${size.columns}x${size.rows}`})),
    ),
  )('$name is as it was looked at, and fits', ({size, panel}) => {
    const frame = screenLines(scene(), {...firstUi, panel}, size, {...plain, columns: size.columns})
    const lines = seen(frame, size)

    expect(frame.length).toBeLessThanOrEqual(size.rows)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(size.columns)
    const file = new URL(`../fixtures/screens/${panel}-${size.columns}x${size.rows}.txt`, import.meta.url)
    const text = `${lines.join('\n')}\n`
    if (process.env.RINGUP_WRITE_GOLDEN === '1' || !existsSync(file)) writeFileSync(file, text)
    expect(text).toBe(readFileSync(file, 'utf8'))
  })

  it('fits with colours and Unicode too, and leaves no colour open', () => {
    for (const size of sizes)
      for (const panel of panels) {
        const frame = screenLines(scene(), {...firstUi, panel}, size, {
          columns: size.columns,
          color: true,
          unicode: true,
        })
        for (const line of frame) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the escapes that are counted
          const bare = line.replace(/\x1b\[\d+m/g, '')
          expect(bare.length).toBeLessThanOrEqual(size.columns)
          // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
          const codes = [...line.matchAll(/\x1b\[(\d+)m/g)].map(([, code]) => Number(code))
          const on = codes.filter(code => code < 10 || (code >= 30 && code < 39)).length
          expect(codes.length - on).toBe(on)
        }
      }
  })

  it('shows how old the last good values are, and that they are', () => {
    const old = scene({now: moving.takenAt + 95_000, error: 'nobody answers'})
    const lines = screenLines(old, firstUi, {columns: 100, rows: 24}, {...plain, columns: 100})

    expect(lines[0]).toContain('data 1 min 35 s old')
    expect(lines.join('\n')).toContain('last reading failed: nobody answers')
    expect(lines.join('\n')).toContain('yes, when it last answered')
  })

  it('says that the time is unknown until enough has moved, and then a range', () => {
    const early = {...scene().status!, eta: {ms: null, basis: 'unknown: 1 of 5 moved yet'}}
    const shown = (status: Scene['status']): string =>
      screenLines(scene({status}), firstUi, {columns: 100, rows: 24}, plain).find(line =>
        line.includes('how long?'),
      )!
    expect(shown(early)).toContain('unknown: 1 of 5 moved yet')
    expect(shown({...early, eta: {ms: 600_000, low: 400_000, high: 800_000, basis: 'x'}})).toContain(
      'about 10 min (6 min 40 s to 13 min 20 s)',
    )
  })
})

describe('keys', () => {
  const pressed = (keys: readonly (Key | string)[], from: Ui = firstUi): Ui => {
    let ui = from
    for (const key of keys) ui = press(ui, typeof key === 'string' ? {input: key} : key) as Ui
    return ui
  }
  const shown = (ui: Ui): string => screenLines(scene(), ui, {columns: 100, rows: 30}, plain).join('\n')

  it('turn panels, mark rows, and open a row’s own page', () => {
    expect(pressed([{input: '', name: 'tab'}]).panel).toBe('nodes')
    expect(pressed([{input: '', name: 'backtab'}]).panel).toBe('events')
    const node = pressed([
      {input: '', name: 'tab'},
      {input: '', name: 'down'},
      {input: '', name: 'enter'},
    ])
    expect(shown(node)).toContain('riak@b: valid, answers')
    const partition = pressed([{input: '', name: 'enter'}])
    expect(shown(partition)).toContain('partition 2 of 16: owned by riak@a, next riak@c (complete)')
    expect(shown(partition)).toContain('preference list for n_val 3')
    expect(shown(pressed(['q'], partition))).not.toContain('preference list')
  })

  it('filter, sort, faults only, pause, n_val, help, quit', () => {
    const filtered = pressed(['/', 'r', 'i', 'a', 'k', '@', 'z'])
    expect(shown(filtered)).toContain('/riak@z_')
    expect(shown(pressed([{input: '', name: 'enter'}], filtered))).toContain('nothing that fits')
    expect(pressed([{input: '', name: 'escape'}], filtered).filter).toBe('')
    // while a filter is typed, keys are letters
    expect(pressed(['/', 'q', 's']).filter).toBe('qs')

    const rows = (ui: Ui): string[] =>
      shown(ui)
        .split('\n')
        .filter(line => / [Oo] +riak@/.test(line))
        .map(line => line.replace('>', ' ').trim().split(' ')[0]!)
    expect(rows(firstUi)).toEqual(['2', '4', '6', '8'])
    expect(rows(pressed(['s', 's', 's', 's']))[0]).toBe('4')

    const events = {...firstUi, panel: 'events' as const}
    expect(shown(pressed(['f'], events))).toContain('riak@b does not answer any more')
    expect(shown(pressed(['f'], events))).not.toContain('riak@c is valid')
    expect(shown(pressed(['p']))).toContain('PAUSED')
    expect(shown(pressed(['n'], {...firstUi, panel: 'risk'}))).toContain('for n_val 4')
    expect(shown(pressed(['?']))).toContain('nothing here changes the cluster')
    expect(press(firstUi, {input: 'q'})).toBe('quit')
    expect(press(firstUi, {input: 'c', ctrl: true})).toBe('quit')
  })
})

describe('what is shown of the ring', () => {
  it('each partition’s state, and preference lists that cannot be read or written', () => {
    const away = {...moving, nodes: moving.nodes.filter(({node}) => node !== 'riak@a')}

    expect(
      cellsOf(moving, 3)
        .slice(0, 9)
        .map(({state}) => state),
    ).toEqual([
      'settled',
      'settled',
      'finished',
      'settled',
      'moving',
      'settled',
      'moving',
      'settled',
      'waiting',
    ])
    expect(replicaRisk(moving, 3)).toEqual({nVal: 3, whole: 16, degraded: 0, belowQuorum: 0, gone: 0})
    const risk = replicaRisk(away, 3)
    expect(risk.whole + risk.degraded + risk.belowQuorum + risk.gone).toBe(16)
    // a owns every other partition: lists that begin at one have two of its copies, but for the last one
    expect(risk.belowQuorum).toBe(6)
    expect(replicaRisk(away, 1).gone).toBe(7)
    expect(cellsOf(away, 3).filter(({state}) => state === 'at-risk')).toHaveLength(6)
  })

  it('and what happened between two readings', () => {
    const later = {
      ...moving,
      ring: {
        ...ring,
        owners: ring.owners.map((owner, at) => (at === 2 ? 'riak@c' : owner)),
        claimant: 'riak@b',
      },
      nodes: moving.nodes
        .filter(({node}) => node !== 'riak@c')
        .map(facts => ({...facts, transferLimit: 4, inbound: false})),
    }

    expect(eventsBetween(moving, later).map(({text}) => text)).toEqual([
      'riak@c does not answer any more',
      'the claimant is riak@b now, not riak@a',
      'partition 2 has its new owner',
      'transfer limit of riak@a: 2 -> 4',
      'inbound handoff of riak@a is off',
      'transfer limit of riak@b: 2 -> 4',
      'inbound handoff of riak@b is off',
    ])
    expect(eventsBetween(undefined, later)).toEqual([])
  })
})
