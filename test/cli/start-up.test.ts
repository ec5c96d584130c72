/** What is loaded before a command does anything: a shell that completes, and a person who reads help, do not wait. */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
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

type Coverage = {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly {
      readonly ranges: readonly {
        readonly startOffset: number
        readonly endOffset: number
        readonly count: number
      }[]
    }[]
  }[]
}

type Loaded = {
  readonly text: string
  /** whether what is at that offset was run: what loads a library is a function that was called, or was not */
  readonly hasRun: (offset: number) => boolean
}

/** The files of ours that were loaded, as V8 tells of what it ran. */
function loadedFiles(folder: string): Loaded[] {
  const [name = ''] = readdirSync(folder)
  const {result} = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Coverage
  return result
    .filter(({url}) => url.startsWith(pathToFileURL(dist).href))
    .map(({url, functions}) => {
      const ranges = functions.flatMap(({ranges}) => ranges)
      return {
        text: readFileSync(fileURLToPath(url), 'latin1'),
        hasRun: offset => {
          const around = ranges.filter(
            ({startOffset, endOffset}) => startOffset <= offset && offset < endOffset,
          )
          // the innermost says it
          const [inmost] = around.sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset))
          return (inmost?.count ?? 0) > 0
        },
      }
    })
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

  /** What was printed, and the files of ours that were loaded. */
  const loadedBy = (args: readonly string[]): {stdout: string; files: Loaded[]} => {
    const coverage = mkdtempSync(join(folder, 'coverage-'))
    const {stdout} = spawnSync(process.execPath, [join(dist, 'src/main.js'), ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: {PATH: process.env.PATH!, HOME: folder, NODE_V8_COVERAGE: coverage},
    })
    return {stdout, files: loadedFiles(coverage)}
  }
  const placesIn = (text: string, mark: string): number[] =>
    [...text.matchAll(new RegExp(mark.replaceAll('.', '\\.'), 'g'))].map(({index}) => index)
  const librariesIn = (files: readonly Loaded[]): string[] =>
    libraries.filter(library => files.some(({text, hasRun}) => placesIn(text, marks[library]).some(hasRun)))

  it('is watched by marks that the bundles have', () => {
    const bundles = ['programs/ringup.js', 'src/tui/run-view.mjs'].map(name =>
      readFileSync(join(dist, name), 'latin1'),
    )

    for (const library of libraries)
      expect(bundles.filter(text => placesIn(text, marks[library]).length > 0).length, library).toBe(1)
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
    const {stdout, files} = loadedBy(args)

    expect(stdout).toContain(said)
    expect(files.length).toBeGreaterThan(0)
    expect(librariesIn(files)).toEqual([])
    expect(files.map(({text}) => text).join('').length).toBeLessThan(60_000)
  })

  it('loads yaml and nothing else to complete names of hosts', () => {
    const {stdout, files} = loadedBy(['__complete', 'bash', 'add', ''])

    expect(stdout).toBe('r01\n')
    expect(librariesIn(files)).toEqual(['yaml'])
  })

  it('loads oclif and what reads the inventory to check it, but neither screen nor SSH', () => {
    const {stdout, files} = loadedBy(['inventory', 'check'])

    expect(stdout).toContain('no problems')
    expect(librariesIn(files)).toEqual(['oclif', 'yaml', 'zod'])
  })

  it('loads SSH when a host is reached, and still no screen', () => {
    writeFileSync(
      join(folder, 'refused.yaml'),
      'version: 1\ncluster: c\nssh: { port: 1 }\nhosts:\n  - { name: r01, address: 127.0.0.1 }\n',
    )

    const {files} = loadedBy(['exec', '-i', 'refused.yaml', '--', 'true'])

    expect(librariesIn(files)).toEqual(['oclif', 'ssh2', 'yaml', 'zod'])
  })

  it('keeps compiled code by itself, and does without where it is damaged', () => {
    const base = mkdtempSync(join(folder, 'cache-'))
    const file = join(base, 'ringup/inventory-check.code')
    const check = (): string =>
      spawnSync(process.execPath, [join(dist, 'src/main.js'), 'inventory', 'check'], {
        cwd: folder,
        encoding: 'utf8',
        env: {PATH: process.env.PATH!, HOME: folder, XDG_CACHE_HOME: base},
      }).stdout

    expect(check()).toContain('no problems')
    const kept = readFileSync(file)
    expect(check()).toContain('no problems')
    expect(readFileSync(file).equals(kept)).toBe(true)

    writeFileSync(file, kept.subarray(0, kept.length / 2))
    expect(check()).toContain('no problems')
    expect(readFileSync(file).length).toBeGreaterThan(kept.length / 2)
  })
})
