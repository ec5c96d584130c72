/** Help as it is printed, every page of it. */
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {exitCodes} from '../../src/errors.ts'
import {changeTexts} from '../../src/reference/changes.ts'
import {environment} from '../../src/reference/environment.ts'
import {groups, type Manifest} from '../../src/reference/manifest.ts'
import {topics} from '../../src/reference/topics.ts'
import {type Home, ringupHome} from '../support/ringup.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const {commands} = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as Manifest

const ids = Object.keys(commands)
const asked = [
  [],
  ['--help'],
  ...[...ids.map(id => id.split(':')), ...Object.keys(groups).map(group => [group])].map(words => [
    ...words,
    '--help',
  ]),
  ...Object.keys(topics).map(topic => ['help', topic]),
]

describe('help', () => {
  let home: Home
  beforeAll(() => {
    home = ringupHome()
  })
  afterAll(() => home.remove())

  it('fits 80 columns, has an example and says what it changes, on every page', async () => {
    expect(asked.length).toBeGreaterThan(45)
    const pages = await Promise.all(
      asked.map(async words => ({
        name: words.join(' '),
        ...(await home.run(words, {env: {COLUMNS: '80', CI: 'true'}})),
      })),
    )
    for (const {name, code, stdout, stderr} of pages) {
      expect({code, stderr}, name).toEqual({code: 0, stderr: ''})
      expect(stdout, name).toMatch(/^CHANGES\n {2}\S/m)
      expect(stdout, name).toMatch(/^EXAMPLES\n {2}\$ \S/m)
      for (const line of stdout.split('\n')) expect(line.length, `${name}: ${line}`).toBeLessThanOrEqual(80)
    }
  })

  it('says of every command what it changes, as data', () => {
    for (const id of ids) expect(Object.keys(changeTexts), id).toContain(commands[id]!.changes)
    const changing = ids.filter(id =>
      ['cluster', 'limits', 'locks', 'record', 'remembered'].includes(commands[id]!.changes),
    )
    // those that have a flag not to be asked, and the two that are not asked: by force, or by a file
    const asking = ids.filter(id => 'yes' in commands[id]!.flags && id !== 'hosts:trust')
    expect(changing.sort()).toEqual([...asking, 'lock:release'].sort())
  })

  it('is the same by help COMMAND, -h and --help', async () => {
    const pages = await Promise.all(
      [
        ['help', 'runs', 'resume'],
        ['runs', 'resume', '--help'],
        ['--help', 'runs', 'resume'],
        ['runs', 'resume', '-h'],
        ['runs', 'resume', '20261123', '--yes', '--help'],
      ].map(async words => (await home.run(words)).stdout),
    )

    expect(pages[0]).toContain('$ ringup runs resume [RUN] [FLAGS]')
    expect(new Set(pages).size).toBe(1)
  })

  it('names its topics, commands and groups', async () => {
    const {stdout} = await home.run(['help'])

    for (const word of [
      ...Object.keys(topics),
      ...Object.keys(groups),
      ...ids.filter(id => !id.includes(':')),
    ])
      expect(stdout).toMatch(new RegExp(`^  ${word}  `, 'm'))
    expect((await home.run([])).stdout).toBe(stdout)
  })

  it('is about a command of exec only where it is meant for ringup', async () => {
    const {code, stderr} = await home.run(['exec', '--', 'true', '--help'])

    expect(code).toBe(exitCodes.usage)
    expect(stderr).toContain('there is no inventory')
  })

  it.each([
    [['help', 'saftey'], 'there is no command or topic saftey', 'did you mean: ringup help safety'],
    [['help', 'exitcodes'], 'there is no command or topic exitcodes', 'ringup help exit-codes'],
    [['help', 'runs', 'resum'], 'there is no command or topic runs resum', 'ringup help runs resume'],
    [['plna', '--help'], 'there is no command or topic plna', 'ringup help plan'],
    [['help', 'quux'], 'there is no command or topic quux', 'ringup help names them all'],
    [['plan', '--ad', 'r01'], 'Nonexistent flag: --ad', 'did you mean --add?'],
    [['runs', 'resume', '--yess'], 'Nonexistent flag: --yess', 'did you mean --yes?'],
    [['snapshot', '--no-disk'], 'Nonexistent flag: --no-disk', 'did you mean --no-disks?'],
    [['plan', '--quuux'], 'Nonexistent flag: --quuux', 'add --help to see what it takes'],
  ])('suggests what was meant by %j', async (words, message, next) => {
    const {code, stdout, stderr} = await home.run(words)

    expect(code).toBe(exitCodes.usage)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
    expect(stderr).toContain(next)
  })

  it('gives its errors as JSON too', async () => {
    const {code, stdout} = await home.run(['plna', '--help', '--json'])

    expect(code).toBe(exitCodes.usage)
    expect(JSON.parse(stdout).error).toMatchObject({kind: 'usage', next: 'did you mean: ringup help plan'})
  })

  it('tells every exit code, what was changed, and what to do next', async () => {
    const {stdout} = await home.run(['help', 'exit-codes'])

    for (const code of Object.values(exitCodes))
      expect(stdout).toMatch(
        new RegExp(`^  ${code} +\\S.*(\\n {7}.*)*changed anything: (.*\\n {7})*next: \\S`, 'm'),
      )
  })

  it('names every variable that the source reads', () => {
    const sources = ['src', 'commands']
      .flatMap(folder =>
        readdirSync(join(root, folder), {recursive: true}).map(file => `${folder}/${String(file)}`),
      )
      .filter(file => /\.tsx?$/.test(file) && !file.startsWith('src/reference/'))
      // the practice cluster plays shells, which have variables of their own
      .filter(file => !/^src\/lab\/(?:riak|shell|erlang|model)\//.test(file))
    const read = sources.flatMap(file => {
      const text = readFileSync(join(root, file), 'utf8')
      return [
        ...(text.includes('homedir()') ? ['HOME'] : []),
        ...(text.includes('tmpdir()') ? ['TMPDIR'] : []),
        ...[...text.matchAll(/\b(?:process\.env|environment)\.([A-Z][A-Z_]+)/g)].map(([, name]) => name!),
        ...[...text.matchAll(/\benv: '([A-Z_]+)'/g)].map(([, name]) => name!),
        ...[...text.matchAll(/\b(RINGUP_[A-Z_]+)/g)].map(([, name]) => name!),
        ...[...text.matchAll(/\{([^{}]*)\}(?:: NodeJS\.ProcessEnv| = environment)/g)].flatMap(
          ([, names]) => names!.match(/\b[A-Z][A-Z_]+\b/g)!,
        ),
      ]
    })

    expect(sources.length).toBeGreaterThan(150)
    expect([...new Set(read)].sort()).toEqual(Object.keys(environment).sort())
  })
})
