import {appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {EventBody, JournalEvent} from '../../src/journal/events.ts'
import {readJournal} from '../../src/journal/read-journal.ts'
import {reduceRun} from '../../src/journal/reduce.ts'
import {createJournal, listRuns, newRunId} from '../../src/journal/store.ts'
import {makePlan} from '../../src/plan/plan.ts'
import {ringOf, snapshotOf} from '../support/snapshots.ts'

const plan = makePlan({
  cluster: 'c',
  snapshot: snapshotOf(ringOf('abcdabcdabcdabcd')),
  changes: [{action: 'join', node: 'riak@e'}],
})
const events: EventBody[] = [
  {
    type: 'run-started',
    run: 'r1',
    ringup: '0.1.0',
    by: {user: 'op', host: 'h', pid: 1},
    plan,
    steps: [
      {id: 'commit', title: 'commit it'},
      {id: 'settle', title: 'settle'},
    ],
  },
  {type: 'step-started', step: 'commit'},
  {type: 'step-observed', step: 'commit', so: false, saw: 'staged'},
  {type: 'write-sent', step: 'commit', host: 'r01', argv: ['sudo', 'riak', 'admin', 'cluster', 'commit']},
  {
    type: 'write-answered',
    step: 'commit',
    host: 'r01',
    code: 0,
    stdout: 'Cluster changes committed\nok\n',
    stderr: '',
    ms: 900,
  },
  {type: 'step-done', step: 'commit', saw: 'seen on r01 and r02'},
  {type: 'step-started', step: 'settle'},
  {type: 'progress', moved: 1, total: 3, active: 2, bytesPerSecond: 5e6},
]

describe('journal', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ringup-journal-'))
  })
  afterEach(() => rmSync(folder, {recursive: true}))

  const written = () => {
    let now = 1000
    const journal = createJournal(folder, 'r1', () => (now += 10))
    for (const event of events) journal.append(event)
    journal.close()
    return journal.file
  }

  it('reads back what was appended, and replays into the same state', () => {
    const file = written()

    const {events: read, torn} = readJournal(file)

    expect(torn).toBe(false)
    expect(read.map(({v: _v, at: _at, ...body}) => body)).toEqual(events)
    const state = reduceRun(read)
    expect(state).toMatchObject({
      run: 'r1',
      startedAt: 1010,
      committedAt: 1060,
      progress: {moved: 1, total: 3},
    })
    expect(state.steps.map(({id, status, note}) => [id, status, note])).toEqual([
      ['commit', 'done', 'seen on r01 and r02'],
      ['settle', 'running', ''],
    ])
  })

  it('is for its owner only, and never overwritten', () => {
    const file = written()

    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(() => createJournal(folder, 'r1', Date.now)).toThrow('EEXIST')
    expect(listRuns(folder)).toEqual(['r1'])
    expect(listRuns(join(folder, 'nowhere'))).toEqual([])
  })

  it('tolerates a last line cut at any byte', () => {
    const file = written()
    const whole = readFileSync(file)
    const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1

    for (let length = whole.length - 1; length >= lastLine; length -= 1) {
      truncateSync(file, length)
      const {events: read, torn} = readJournal(file)
      expect(read).toHaveLength(events.length - 1)
      expect(torn).toBe(length > lastLine)
    }
  })

  it('says where a journal is damaged', () => {
    const file = written()
    appendFileSync(file, '{"v":1}\n{"v":1,"at":1,"type":"step-started","step":"x"}\n')

    expect(() => readJournal(file)).toThrow(`${file}:${events.length + 1} is not an event of a journal`)
  })

  it('names runs so that they sort by time', () => {
    const ids = [newRunId(Date.UTC(2026, 10, 23, 18, 12), 0.5), newRunId(Date.UTC(2026, 10, 23, 18, 13), 0.1)]

    expect(ids[0]).toBe('20261123-181200-8000')
    expect([...ids].sort()).toEqual(ids)
  })
})

describe('reduceRun', () => {
  it('leaves a failed step as it failed', () => {
    const at = (body: EventBody): JournalEvent => ({v: 1, at: 1, ...body})
    const state = reduceRun([
      at(events[0]!),
      at({type: 'step-started', step: 'commit'}),
      at({type: 'step-failed', step: 'commit', kind: 'stale', message: 'no'}),
      at({type: 'run-finished', outcome: 'failed', message: 'no'}),
    ])

    expect(state.steps[0]).toMatchObject({status: 'failed', note: 'no'})
    expect(state).toMatchObject({outcome: 'failed', committedAt: undefined})
  })
})
