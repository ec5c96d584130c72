/** What is loaded before a command does anything: a shell that completes, and a person who reads help, do not wait. */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))

/** Words that survive bundling, and stand in one library only. */
const marks = {
  oclif: 'OCLIF_COLUMNS',
  ink: 'ink-virtual-text',
  react: 'react.transitional.element',
  ssh2: 'diffie-hellman-group-exchange-sha256',
  yaml: 'tag:yaml.org,2002:',
  zod: 'ZodError',
} as const

const libraries = Object.keys(marks) as (keyof typeof marks)[]

/** A program for `--import`, in `folder`: the address of each module that is loaded goes to a file, a line each. */
function writeTracer(folder: string): {readonly program: string; readonly trace: string} {
  const [program, hooks, trace] = ['trace.mjs', 'hooks.mjs', 'trace'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(program, "import {register} from 'node:module'\nregister('./hooks.mjs', import.meta.url)\n")
  writeFileSync(
    hooks,
    `import {appendFileSync} from 'node:fs'
export function load(url, context, next) {
  appendFileSync(${JSON.stringify(trace)}, url + '\\n')
  return next(url, context)
}
`,
  )
  return {program, trace}
}

describe('starting', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ringup-start-'))
    writeFileSync(
      join(folder, 'inventory.yaml'),
      'version: 1\ncluster: c\nhosts:\n  - { name: r01, address: 10.0.0.1 }\n',
    )
  })
  afterAll(() => rmSync(folder, {recursive: true, force: true}))

  /** What was printed, and the text of each file of ours that was loaded. */
  const loadedBy = (args: readonly string[]): {stdout: string; texts: string[]} => {
    const {program, trace} = writeTracer(folder)
    rmSync(trace, {force: true})
    const {stdout} = spawnSync(process.execPath, ['--import', program, join(dist, 'src/main.js'), ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: {PATH: process.env.PATH!, HOME: folder},
    })
    const files = readFileSync(trace, 'utf8')
      .split('\n')
      .filter(url => url.startsWith('file:'))
    return {stdout, texts: files.map(url => readFileSync(fileURLToPath(url), 'utf8'))}
  }
  const librariesIn = (texts: readonly string[]): string[] =>
    libraries.filter(library => texts.some(text => text.includes(marks[library])))

  it('is watched by marks that the bundle has, each in few of its files', () => {
    const texts = readdirSync(join(dist, 'chunks')).map(name =>
      readFileSync(join(dist, 'chunks', name), 'utf8'),
    )

    for (const library of libraries) {
      const having = texts.filter(text => text.includes(marks[library])).length
      expect(having, library).toBeGreaterThan(0)
      expect(having, library).toBeLessThan(4)
    }
  })

  it.each([
    [['--version'], 'ringup '],
    [['--help'], 'COMMANDS'],
    [['status', '--help'], 'USAGE'],
    [['inventory'], 'COMMANDS'],
    [['__complete', 'bash', 'pl'], 'plan'],
    [['__complete', 'zsh', 'plan', '--fo'], '--format'],
    [['__complete', 'fish', 'runs', 'resume', ''], ''],
    [['__complete', 'fish', 'check', '--only', 'th'], 'thp'],
  ])('loads no library for %j, and little of ours', (args, said) => {
    const {stdout, texts} = loadedBy(args)

    expect(stdout).toContain(said)
    expect(texts.length).toBeGreaterThan(0)
    expect(librariesIn(texts)).toEqual([])
    expect(texts.join('').length).toBeLessThan(100_000)
  })

  it('loads yaml and nothing else to complete names of hosts', () => {
    const {stdout, texts} = loadedBy(['__complete', 'bash', 'add', ''])

    expect(stdout).toBe('r01\n')
    expect(librariesIn(texts)).toEqual(['yaml'])
  })

  it('loads oclif and what reads the inventory to check it, but neither screen nor SSH', () => {
    const {stdout, texts} = loadedBy(['inventory', 'check'])

    expect(stdout).toContain('no problems')
    expect(librariesIn(texts)).toEqual(['oclif', 'yaml', 'zod'])
  })
})
