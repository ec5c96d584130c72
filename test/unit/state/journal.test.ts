import {appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {EventBody, JournalEvent} from '../../../src/journal/events.ts'
import {applyEvent, noRun, reduceRun} from '../../../src/journal/reduce.ts'
import {makePlan} from '../../../src/plan/plan.ts'
import {readJournal} from '../../../src/state/read-journal.ts'
import {createJournal, listRuns, newRunId, reopenJournal} from '../../../src/state/store.ts'
import {randomFrom} from '../../support/random.ts'
import {ringOf, snapshotOf} from '../../support/snapshots.ts'

const plan = makePlan({
  cluster: 'c',
  snapshot: snapshotOf(ringOf('abcdabcdabcdabcd')),
  changes: [{action: 'join', node: 'riak@e'}],
})
const events: EventBody[] = [
  {
    type: 'run-started',
    run: '20261128-120000-00a1',
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
    const journal = createJournal(folder, '20261128-120000-00a1', () => (now += 10))
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
      run: '20261128-120000-00a1',
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
    expect(() => createJournal(folder, '20261128-120000-00a1', Date.now)).toThrow('EEXIST')
    expect(listRuns(folder)).toEqual(['20261128-120000-00a1'])
    expect(listRuns(join(folder, 'nowhere'))).toEqual([])
  })

  it('is one process’s at a time: once another has gone on, the first can add no word', () => {
    const first = createJournal(folder, 'r1', () => 0)
    first.append(events[1]!)
    const second = reopenJournal(folder, 'r1', () => 0)
    second.append(events[1]!)
    const text = readFileSync(second.file, 'utf8')

    expect(() => first.append(events[1]!)).toThrow(
      expect.objectContaining({kind: 'locked', message: expect.stringContaining('another process')}),
    )
    expect(readFileSync(second.file, 'utf8')).toBe(text)
    second.append(events[1]!)
    for (const journal of [first, second]) journal.close()
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

  /** What may happen in a run, at random, with ids that come back. */
  const anything = (seed: number, count: number): JournalEvent[] => {
    const {pick} = randomFrom(seed)
    const steps = [
      {id: 'commit', title: 'a'},
      {id: 'join x', title: 'b'},
      {id: 'commit', title: 'twice'},
    ]
    return Array.from({length: count}, (_, at): JournalEvent => {
      const step = pick(['commit', 'join x', 'stage y', 'settle', 'drop', 'none'])
      const body = pick<EventBody>([
        {type: 'step-started', step},
        {type: 'step-done', step, saw: `${at}`},
        {type: 'step-failed', step, kind: 'stale', message: `${at}`},
        {type: 'write-sent', step, host: 'h', argv: ['x']},
        {type: 'write-lost', step, host: 'h', sent: true, message: `${at}`},
        {type: 'rates', transfers: [{partition: at % 16, from: 'riak@a', to: 'riak@b', bytesPerSecond: at}]},
        {type: 'run-resumed', ringup: '1', by: {user: 'u', host: 'h', pid: 1}, torn: 0, steps},
      ])
      return {v: 1, at, ...body}
    })
  }

  it('gives what its events give one by one', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const list = [{v: 1 as const, at: 0, ...events[0]!}, ...anything(seed, 200)]
      const before = structuredClone(list)

      expect(reduceRun(list)).toEqual(list.reduce(applyEvent, noRun))
      // in two halves, and with nothing changed of what was given
      const half = reduceRun(list.slice(0, 100))
      const kept = structuredClone(half)
      expect(reduceRun(list.slice(100), half)).toEqual(reduceRun(list))
      expect(half).toEqual(kept)
      expect(list).toEqual(before)
    }
  })

  it('takes no more than its length for a journal of many events', () => {
    const steps = Array.from({length: 2000}, (_, at) => ({id: `join ${at}`, title: ''}))
    const started = {...events[0]!, steps} as EventBody
    const list = Array.from({length: 200_000}, (_, at): JournalEvent => {
      const step = `join ${at % 100_000}`
      if (at % 2 === 0) return {v: 1, at, type: 'step-failed', step, kind: 'stale', message: 'no'}
      return {v: 1, at, type: 'write-sent', step, host: 'h', argv: []}
    })

    const began = process.cpuUsage()
    const state = reduceRun([{v: 1, at: 0, ...started}, ...list])

    expect(state.faults).toHaveLength(100_000)
    // of CPU: others may have the machine meanwhile
    expect(process.cpuUsage(began).user).toBeLessThan(5e6)
  })
})
