/**
 * Files of others: whatever is in them, reading ends with a value or an `OpsError`, soon and in little memory; and a
 * value that was read can be shown.
 */
import {execFileSync} from 'node:child_process'
import {closeSync, ftruncateSync, mkdirSync, openSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {isOpsError} from '../../src/errors.ts'
import {loadInventory} from '../../src/inventory/load.ts'
import {reduceRun} from '../../src/journal/reduce.ts'
import {digestOf} from '../../src/plan/canonical.ts'
import {makePlan, type Plan} from '../../src/plan/plan.ts'
import {campaignFigure} from '../../src/report/campaign/campaign-figure.ts'
import {campaignHtml} from '../../src/report/campaign/campaign-html.ts'
import {campaignMarkdown} from '../../src/report/campaign/campaign-markdown.ts'
import {campaignText} from '../../src/report/campaign/campaign-text.ts'
import {statusText} from '../../src/report/cluster/status-text.ts'
import {planFigures, planHtml} from '../../src/report/plan/plan-html.ts'
import {planMarkdown} from '../../src/report/plan/plan-markdown.ts'
import {planReport} from '../../src/report/plan/plan-text.ts'
import {runHtml} from '../../src/report/run/run-html.ts'
import {runMarkdown, runReportText} from '../../src/report/run/run-report.ts'
import {runText} from '../../src/report/run/run-text.ts'
import type {Snapshot} from '../../src/ring/snapshot.ts'
import {loadSnapshot} from '../../src/snapshot/load.ts'
import {parsePlan} from '../../src/state/plan-file.ts'
import {readJournal} from '../../src/state/read-journal.ts'
import {readCampaign} from '../../src/state/reported.ts'
import {readThrottle} from '../../src/state/throttle.ts'
import {snapshotOfPlan} from '../../src/watch/snapshot-of-plan.ts'
import {statusOf} from '../../src/watch/status.ts'
import {edited, placesOf, randomEdit} from '../support/edits.ts'
import {randomFrom} from '../support/random.ts'
import {reportedCampaign, reportedEvents, reportedPlan} from '../support/reported.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {pending, ringOf, snapshotOf} from '../support/snapshots.ts'

const look = {columns: 80, color: true, unicode: true} as const

let home: Home
const file = (name: string): string => join(home.path, name)
const written = (name: string, text: string): string => {
  writeFileSync(file(name), text)
  return file(name)
}

beforeAll(() => {
  home = ringupHome()
})
afterAll(() => home.remove())

const snapshot = (): Snapshot =>
  snapshotOf(ringOf('abcdabcdabcdabcd', {pending: [pending(0, 'a', 'b'), pending(5, 'b', 'c')]}), {
    staged: [{action: 'leave', node: 'riak@d'}],
  })

/** The same text with its digest made anew, as an attacker does; what is no object stays as it is. */
function forged(text: string): string {
  try {
    const {digest: _, ...content} = JSON.parse(text) as {digest?: unknown}
    return JSON.stringify({...content, digest: digestOf(content)})
  } catch {
    return text
  }
}

/** A line for each event of a list; what is no list stays as it is. */
function journalText(text: string): string {
  try {
    return (JSON.parse(text) as unknown[]).map(event => `${JSON.stringify(event)}\n`).join('')
  } catch {
    return `${text}\n`
  }
}

function showPlan(plan: Plan): void {
  planReport(plan, {look, partitions: true})
  planMarkdown(plan)
  planHtml(plan)
  planFigures(plan)
  statusText(statusOf(plan.cluster, snapshotOfPlan(plan, 1, 0)), look)
}

type Case = {
  readonly value: () => object
  /** reads the text and shows what came of it */
  readonly use: (text: string) => void
}

const cases: Readonly<Record<string, Case>> = {
  'a plan': {value: reportedPlan, use: text => showPlan(parsePlan(text, 'plan.json'))},
  'a plan with its digest made anew': {
    value: reportedPlan,
    use: text => showPlan(parsePlan(forged(text), 'plan.json')),
  },
  'a snapshot': {
    value: snapshot,
    use: text => {
      const read = loadSnapshot(text, 'ring.json')
      statusText(statusOf('c', read), look)
      showPlan(
        makePlan({
          cluster: 'c',
          snapshot: read,
          changes: [{action: 'join', node: 'riak@e'}],
          options: {simulations: 1},
        }),
      )
    },
  },
  'a campaign with its digest made anew': {
    value: reportedCampaign,
    use: text => {
      const campaign = readCampaign(written('campaign.json', forged(text)))
      campaignText(campaign, look)
      campaignMarkdown(campaign)
      campaignHtml(campaign, [])
      campaignFigure(campaign)
    },
  },
  'a journal': {
    value: reportedEvents,
    use: text => {
      const state = reduceRun(readJournal(written('run.jsonl', journalText(text))).events)
      runText(state, look)
      runReportText(state, look)
      runMarkdown(state)
      runHtml(state)
    },
  },
  'a record of limits': {
    value: () => ({
      v: 1,
      cluster: 'c',
      command: 'throttle set',
      host: 'desk',
      pid: 1,
      since: 1_700_000_000_000,
      originals: [{node: 'riak@a', transferLimit: 2, clusterLimit: null, inbound: true, outbound: true}],
    }),
    use: text => {
      mkdirSync(file('throttle'), {recursive: true})
      written('throttle/c.json', text)
      readThrottle(home.path, {name: 'unknown', members: ['riak@a'], label: 'c'})
    },
  },
}

const outcome = (use: (text: string) => void, text: string): 'taken' | 'refused' => {
  try {
    use(text)
    return 'taken'
  } catch (error) {
    if (isOpsError(error)) return 'refused'
    throw new Error(`not an OpsError, for ${text.slice(0, 300)} ... ${text.length}`, {cause: error})
  }
}

describe.each(Object.entries(cases))('%s', (_, {value, use}) => {
  it('is read as it was written', () => {
    expect(outcome(use, JSON.stringify(value()))).toBe('taken')
  })

  it('after each of 2000 edits is refused, or can be shown', () => {
    const random = randomFrom(20_26)
    const good = JSON.parse(JSON.stringify(value())) as object
    const places = placesOf(good)
    const found = {taken: 0, refused: 0}
    const before = process.memoryUsage().heapUsed
    const started = Date.now()
    for (let count = 0; count < 2000; count += 1) {
      let bad = edited(good, random.pick(places), randomEdit(random))
      if (random.chance(0.3)) bad = edited(bad, random.pick(places), randomEdit(random))
      found[outcome(use, JSON.stringify(bad) ?? '')] += 1
    }
    expect(found.refused).toBeGreaterThan(500)
    expect(Date.now() - started).toBeLessThan(100_000)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(500e6)
    expect(({} as {polluted?: unknown}).polluted).toBeUndefined()
  }, 120_000)

  it('cut off, or with bytes changed, is refused or can be shown', () => {
    const random = randomFrom(7)
    const good = JSON.stringify(value())
    for (let count = 0; count < 500; count += 1) {
      const at = random.below(good.length)
      const insert = random.pick(['', '"', '{', ']', '\\', '\0', '1e999', 'null,', ',', '\u2028'])
      const text = random.chance(0.2)
        ? good.slice(0, at)
        : good.slice(0, at) + insert + good.slice(at + random.below(3))
      outcome(use, text)
    }
  }, 60_000)

  it('nested 200 000 deep, or of another kind altogether, does no harm', () => {
    for (const text of [
      '['.repeat(200_000) + ']'.repeat(200_000),
      '{"a":'.repeat(200_000) + '1' + '}'.repeat(200_000),
      '',
      'null',
      '0',
      '"ringup/plan/1"',
      '[]',
      '{"__proto__":{"schema":"ringup/plan/1"}}',
    ])
      expect(`${outcome(use, text)} ${text.slice(0, 20)}`).toMatch(/^refused|^taken (?:\[\])?$/)
  })
})

describe('an inventory', () => {
  const loaded = (text: string) => {
    const before = process.memoryUsage().heapUsed
    const started = Date.now()
    const result = loadInventory(text, 'i.yaml', '/home/op')
    expect(Date.now() - started).toBeLessThan(30_000)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(1e9)
    return result
  }
  const head = 'version: 1\ncluster: c\n'
  const laughs = Array.from(
    {length: 12},
    (_, at) => `l${at + 1}: &l${at + 1} [${Array(9).fill(`*l${at}`).join(',')}]`,
  )

  it.each<[string, string]>([
    ['aliases of aliases', `${head}l0: &l0 [x,x,x]\n${laughs.join('\n')}\nhosts: *l12\n`],
    ['an alias of itself', `${head}hosts: &a [*a]\n`],
    ['lists 100 000 deep', `${head}hosts: ${'['.repeat(100_000)}`],
    ['maps 20 000 deep', `${head}hosts: ${'{a: '.repeat(20_000)}`],
    [
      'a range of a hundred million',
      `${head}hosts: [{name: 'r[1-99999999]', address: '10.0.0.[1-99999999]'}]\n`,
    ],
    [
      'a range without end',
      `${head}hosts: [{name: 'r[${'9'.repeat(400)}-${'9'.repeat(400)}]', address: '10.0.0.1'}]\n`,
    ],
    [
      'a range as wide as a book',
      `${head}hosts: [{name: 'r[${'0'.repeat(9e5)}1-${'0'.repeat(9e5)}9]', address: '10.0.0.[1-9]'}]\n`,
    ],
    [
      'a thousand ranges of a thousand',
      `${head}hosts:\n${Array.from({length: 1000}, (_, at) => `  - {name: 'a${at}-[1-1000]', address: '10.${at}.0.[1-1000]'}\n`).join('')}`,
    ],
    ['keys of prototypes', `${head}__proto__: {hosts: []}\nconstructor: {prototype: {x: 1}}\nhosts: []\n`],
    ['tags', `${head}hosts: !!js/function 'function () { throw new Error() }'\n`],
    ['bytes that are no text', `${head}hosts: [{name: "\\x9b", address: "\\0"}]\n`],
    ['a name with control characters', 'version: 1\ncluster: "\\e]0;x\\a"\nhosts: [{name: a, address: b}]\n'],
  ])(
    'with %s is refused with its place',
    (_, text) => {
      const {problems} = loaded(text)

      expect(problems.length).toBeGreaterThan(0)
      expect(problems[0]).toMatchObject({file: 'i.yaml', line: expect.any(Number)})
    },
    60_000,
  )

  it('with 1000 hosts in a range is read', () => {
    const {inventory} = loaded(
      `${head}hosts: [{name: 'r[0001-1000]', address: 'r[0001-1000].example.net'}]\n`,
    )

    expect(inventory?.hosts).toHaveLength(1000)
  })
})

describe('what is no file, or is too large', () => {
  const commands: readonly (readonly [string, (path: string) => string[]])[] = [
    ['apply', path => ['apply', path, '--yes', '-i', file('inventory.yaml')]],
    ['plan --from-snapshot', path => ['plan', '--from-snapshot', path, '-i', file('inventory.yaml')]],
    [
      'grow status',
      path => ['grow', 'status', path, '--until', '9', '--per-day', '1', '-i', file('inventory.yaml')],
    ],
    ['report', path => ['report', path]],
    ['runs show', path => ['runs', 'show', path]],
    ['watch --replay', path => ['watch', '--replay', path]],
    ['inventory check', path => ['inventory', 'check', '-i', path]],
    ['status -i', path => ['status', '-i', path]],
    [
      'hosts trust --from-file',
      path => ['hosts', 'trust', '--from-file', path, '--yes', '-i', file('inventory.yaml')],
    ],
  ]

  beforeAll(() => {
    mkdirSync(file('folder'))
    written('inventory.yaml', 'version: 1\ncluster: c\nhosts: [{name: a, address: 127.0.0.1}]\n')
    execFileSync('mkfifo', [file('fifo')])
    const handle = openSync(file('sparse'), 'w')
    ftruncateSync(handle, 2 ** 30)
    closeSync(handle)
    symlinkSync('/dev/zero', file('zero'))
  })

  it.each(commands)(
    '%s refuses it at once',
    async (_, args) => {
      for (const name of ['folder', 'fifo', 'sparse', 'zero']) {
        const started = Date.now()
        const {code, stderr} = await home.run(args(file(name)), {
          env: {NODE_OPTIONS: '--max-old-space-size=200'},
        })

        expect(`${name} ${code}`).toBe(`${name} 64`)
        expect(stderr).toContain(`${file(name)} cannot be read: `)
        expect(Date.now() - started).toBeLessThan(15_000)
      }
    },
    120_000,
  )
})

describe('a recording', () => {
  const replay = (text: string) =>
    home.run(['watch', '--replay', written('rec.jsonl', text), '--speed', '1000'])
  const head = '{"v":1,"type":"recording","cluster":"c"}\n'
  const reading = (change: object): string =>
    `${JSON.stringify({v: 1, type: 'reading', snapshot: {...snapshot(), ...change}})}\n`

  it('is shown as far as it has its shape', async () => {
    const {code, stdout} = await replay(head + reading({}) + reading({takenAt: 1_700_000_001_000}))

    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toHaveLength(2)
  })

  it.each<[string, string]>([
    ['a ring of 2^40 partitions', reading({ring: {...snapshot().ring, partitions: 2 ** 40}})],
    ['owners that are no names', reading({ring: {...snapshot().ring, owners: [{}]}})],
    ['a time that is none', reading({takenAt: 1e300})],
    ['nodes that are no list', reading({nodes: {length: 1e9}})],
  ])('with %s is refused, with its line', async (_, line) => {
    const {code, stderr} = await replay(head + line + reading({}))

    expect(code).toBe(64)
    expect(stderr).toContain('rec.jsonl:2 is no snapshot')
  })
})
