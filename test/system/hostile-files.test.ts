/**
 * Files of others: whatever is in them, reading ends with a value or an `OpsError`, soon and in little memory; and a
 * value that was read can be shown.
 */
import {execFileSync} from 'node:child_process'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {loadInventory} from '../../src/inventory/load.ts'
import {fileKinds, outcome, snapshot, tallyEdits} from '../support/damaged-files.ts'
import {randomFrom} from '../support/random.ts'
import {type Home, ringupHome} from '../support/ringup.ts'

let home: Home
const file = (name: string): string => join(home.path, name)
const written = (name: string, text: string): string => {
  writeFileSync(file(name), text)
  return file(name)
}

const folder = mkdtempSync(join(tmpdir(), 'ringup-files-'))
beforeAll(() => {
  home = ringupHome()
})
afterAll(() => {
  home.remove()
  rmSync(folder, {recursive: true})
})

describe.each(Object.entries(fileKinds(folder)))('%s', (_, {value, use}) => {
  it('is read as it was written', () => {
    expect(outcome(use, JSON.stringify(value()))).toBe('taken')
  })

  // thousands: npm run fuzz -- files
  it('after each of 150 edits is refused, or can be shown', () => {
    const before = process.memoryUsage().heapUsed
    expect(tallyEdits({value, use}, {count: 150, seed: 20_26}).refused).toBeGreaterThan(30)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(500e6)
    expect(({} as {polluted?: unknown}).polluted).toBeUndefined()
  })

  it('cut off, or with bytes changed, is refused or can be shown', () => {
    const random = randomFrom(7)
    const good = JSON.stringify(value())
    for (let count = 0; count < 100; count += 1) {
      const at = random.below(good.length)
      const insert = random.pick(['', '"', '{', ']', '\\', '\0', '1e999', 'null,', ',', '\u2028'])
      const text = random.chance(0.2)
        ? good.slice(0, at)
        : good.slice(0, at) + insert + good.slice(at + random.below(3))
      outcome(use, text)
    }
  })

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

  it.each(commands)('%s refuses it at once', async (_, args) => {
    for (const name of ['folder', 'fifo', 'sparse', 'zero']) {
      const {code, stderr} = await home.run(args(file(name)))

      expect(`${name} ${code}`).toBe(`${name} 64`)
      expect(stderr).toContain(`${file(name)} cannot be read: `)
    }
  })

  it.concurrent.each(commands)(
    '%s refuses the largest as a process that has little memory',
    async (_, args) => {
      const env = {NODE_OPTIONS: '--max-old-space-size=200'}

      expect(await home.spawn(args(file('sparse')), {env})).toMatchObject({
        code: 64,
        stderr: expect.stringContaining(`${file('sparse')} cannot be read: `),
      })
    },
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
