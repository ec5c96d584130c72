/** Files that other tools wrote again, and files that would take much more memory than they have bytes. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {noMemory} from '../../../src/records/memory.ts'
import {loadSnapshot} from '../../../src/snapshot/load.ts'
import {parsePlan} from '../../../src/state/plan-file.ts'
import {readJournal} from '../../../src/state/read-journal.ts'
import {reportedOf} from '../../../src/state/reported.ts'
import {reportedEvents, reportedPlan} from '../../support/reported.ts'
import {type Home, ringupHome} from '../../support/ringup.ts'
import {ringOf, snapshotOf} from '../../support/snapshots.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringup-files-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const written = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

/** As python's json.dumps writes a line: blanks after `:` and `,`; and as `jq -c -S` does: keys in order. */
const again = (value: object, sorted = false): string => {
  const entries = Object.entries(value)
  if (sorted) entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${JSON.stringify(item)}`).join(', ')}}\n`
}

describe('a journal that another tool wrote again', () => {
  it.each([false, true])('is reported on (keys in order: %s)', sorted => {
    const file = written(
      'run.jsonl',
      reportedEvents()
        .map(event => again(event, sorted))
        .join(''),
    )

    expect(reportedOf(file, noMemory)).toMatchObject({kind: 'run'})
  })

  it('is played again, as is a recording; a cluster without a name is none', async () => {
    const home: Home = ringupHome()
    try {
      const replay = (file: string) => home.run(['watch', '--replay', file, '--speed', '1000', '--json'])
      const reading = {v: 1, type: 'reading', snapshot: snapshotOf(ringOf('abab'))}
      const recording = (cluster: unknown): string =>
        again({v: 1, type: 'recording', cluster}, true) + again(reading)

      expect(await replay(written('rec.jsonl', recording('c')))).toMatchObject({code: 0})
      const nameless = await replay(written('rec.jsonl', recording({})))
      expect(nameless.code).toBe(64)
      expect(nameless.stdout + nameless.stderr).toContain('neither a recording nor the journal of a run')
      expect(nameless.stdout).not.toContain('[object')
      const [started, ...others] = reportedEvents().map(event => again(event, true))
      expect((await replay(written('run.jsonl', [started, ...others.slice(0, 3)].join('')))).code).toBe(0)
    } finally {
      home.remove()
    }
  })
})

describe('a file of 31 MB', () => {
  const room = 31 * 2 ** 20
  const objects = (field: string): string =>
    `{"schema":"ringup/plan/1","${field}":[${'{},'.repeat(room / 3)}{}]}`

  it.each([
    ['objects', () => objects('risks'), /more than 1000000 objects/],
    [
      'values',
      () => `{"schema":"ringup/plan/1","risks":[${'1,'.repeat(room / 2)}1]}`,
      /more than 5000000 values/,
    ],
  ])('of %s is refused before it fills the memory', (_, text, says) => {
    const whole = text()
    const before = process.memoryUsage().heapUsed
    const began = process.cpuUsage()

    expect(() => parsePlan(whole, 'p.json')).toThrow(says)
    expect(() => loadSnapshot(whole, 's.json')).toThrow(says)

    const {user, system} = process.cpuUsage(began)
    expect((user + system) / 1000).toBeLessThan(5000)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(300e6)
  })

  it('of unknown keys is refused in a few words', () => {
    const keys = Array.from({length: 60_000}, (_, at) => `"key${at}":1`).join(',')
    const plan = JSON.stringify(reportedPlan()).replace('{', `{${keys},`)

    try {
      parsePlan(plan, 'p.json')
      expect.unreachable()
    } catch (error) {
      expect((error as Error).message).toContain('p.json is not a plan')
      expect((error as Error).message.length).toBeLessThan(11_000)
    }
  })
})

describe('an object that can be made no text and no number of', () => {
  const bare = '{"toString":1,"valueOf":1}'

  it('is no version of a journal', () => {
    const file = written('run.jsonl', `{"v":${bare},"at":0,"type":"run-started"}\n`)

    expect(() => readJournal(file)).toThrow(/:1 is not an event of a journal/)
  })

  it('is no schema of a snapshot', () => {
    expect(() => loadSnapshot(`{"schema":${bare}}`, 's.json')).toThrow('s.json is no snapshot')
  })
})
