/** Every command line of README.md, CONTRIBUTING.md and docs/, run as it is written, in order, in one folder and ring a page. */
import {spawn} from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {exitCodes} from '../../src/errors.ts'
import {type LabHost, startLab} from '../../src/lab/server/start-lab.ts'
import {readManifest} from '../../src/reference/read-manifest.ts'
import {causeIds} from '../../src/watch/cause.ts'
import {
  type DocCommand,
  docCommands,
  docPages,
  likeness,
  pageText,
  projectFolder,
} from '../docs/doc-commands.ts'
import {namedCommands, unknownIn} from '../docs/named-commands.ts'
import {type Ring, rings} from '../docs/rings.ts'

/** What cannot be run here, and why; the start of the line as it is written. Each must still be in the documentation. */
const notRun: readonly (readonly [string, string])[] = [
  ['git clone ', 'there is no network here'],
  ['ringup exec members -- sudo grep ', 'a practice host has no grep'],
  ['node build.mjs run test/riak/', 'it takes root and a release of Riak'],
  ['npx vitest run test/unit/plan/risks.test.ts ', 'tests do not start tests'],
]

/** Written wrong on purpose. */
const misspelt: readonly string[] = ['ringup staus']

const program = join(projectFolder, 'dist/src/main.js')
const commands = docPages().flatMap(file => docCommands(file))
const isNotRun = ({command}: DocCommand): boolean => notRun.some(([start]) => command.startsWith(start))
const isNpm = ({command}: DocCommand): boolean => /^npm (run|test)\b/.test(command)
/** The block of README.md that is typed as it stands, in a clone. */
const [before, quickStart] = pageText('README.md').split(/^(?=alias ringup=)/m) as [string, string]
const quickStartLines = quickStart.slice(0, quickStart.indexOf('```')).trim().split('\n')
const isQuickStart = ({file, line}: DocCommand): boolean => {
  const first = before.split('\n').length
  return file === 'README.md' && line >= first && line < first + quickStartLines.length
}
/** Examples, each for a situation of its own: only what they name is looked at. */
const isReference = ({file}: DocCommand): boolean => file === 'docs/reference.md'
const isRun = (command: DocCommand): boolean =>
  /^(ringup|export|echo|timeout \S.* ringup) /.test(command.command) &&
  !isNotRun(command) &&
  !isQuickStart(command) &&
  !isReference(command)

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, {recursive: true, force: true})
})

/** The built CLI, in a hurry: what looks and waits does so at the pace of the practice ring. */
const hastyRingup = `#!/bin/sh
case "$1 $*" in
  *--interval*) ;;
  diagnose*) set -- "$@" --for 1500ms --interval 250ms ;;
  add\\ *|apply*|leave*|replace*|"grow next"*|"grow grow next"*|"runs runs resume"*|"throttle throttle auto"*) set -- "$@" --interval 200ms ;;
  "watch watch") set -- "$@" --once ;;
  watch*) set -- "$@" --interval 200ms ;;
esac
exec "${process.execPath}" "${program}" "$@"
`

type Ended = {readonly code: number | null; readonly output: string}

/** The pages name the addresses of one practice ring; another may be up here. */
const subnet = `127.${64 + (process.pid % 60)}.${1 + (Date.now() % 250)}`

type Place = {readonly folder: string; readonly env: Record<string, string>}

function newPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'ringup-docs-'))
  folders.push(folder)
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'ringup'), hastyRingup)
  chmodSync(join(bin, 'ringup'), 0o755)
  writeFileSync(join(bin, 'ssh_config'), '')
  return {
    folder,
    env: {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: folder,
      RINGUP_SSH_CONFIG: join(folder, 'bin', 'ssh_config'),
      LANG: 'C.UTF-8',
      COLUMNS: '80',
      TERM: 'xterm',
    },
  }
}

/** @param answers on a terminal, where every question is answered with yes */
function shell({folder, env}: Place, line: string, answers = false): Promise<Ended> {
  const named = /^export (\w+)=(.*)$/.exec(line)
  if (named) {
    env[named[1]!] = named[2]!.replace(/^~/, folder)
    return Promise.resolve({code: 0, output: ''})
  }
  const here = line.replaceAll('127.77.1', subnet)
  const [name, words] = answers ? ['script', ['-qec', here, '/dev/null']] : ['sh', ['-c', here]]
  return new Promise((resolve, reject) => {
    const child = spawn(name, words, {cwd: folder, env, timeout: 120_000})
    let output = ''
    let answered = 0
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', chunk => {
        output += chunk
        const asked = output.split('Type yes to go on:').length - 1
        for (; answers && answered < asked; answered += 1) child.stdin.write('yes\n')
      })
    if (!answers) child.stdin.end()
    child.on('error', reject)
    child.on('close', code => resolve({code, output}))
  })
}

/** Runs lines in order: each ends as it says, and prints what the page shows. */
async function runLines(
  place: Place,
  page: readonly DocCommand[],
  before?: (command: string) => Promise<void>,
): Promise<void> {
  for (const {file, line, command, exits, asks, shown} of page) {
    await before?.(command)
    const {code, output} = await shell(place, command, asks)
    const where = `${file}:${line}: ${command}`
    expect(exits, `${where} ended with ${code}:\n${output}`).toContain(code)
    const said = likeness(output)
    for (const text of shown)
      if (!/^\s*(\.\.\.)?$/.test(text))
        expect(said, `${where} prints it`).toContain(likeness(text.replace(/ \.\.\.$/, '')))
  }
}

/** A page that starts a practice ring by itself: in an empty folder. */
async function runAlone(page: readonly DocCommand[]): Promise<void> {
  const place = newPlace()
  try {
    await runLines(place, page)
  } finally {
    await shell(place, 'test ! -e .local/state/ringup/lab/lab.pid || ringup lab down')
  }
}

/** Any other, beside a practice ring and with an inventory of it. */
async function runOnRing(page: readonly DocCommand[], {options, ready, before}: Ring): Promise<void> {
  const place = newPlace()
  const lab = await startLab({nodes: 5, spare: 4, ring: 64, speed: 200, seed: 7, patience: 400, ...options})
  const [{address, port}] = lab.hosts as [LabHost]
  let ended: (() => Promise<void>) | undefined
  try {
    // the address that README names, on a machine where all else is as ~/.ssh/config says
    const config = `Host 10.20.0.11\n  HostName ${address}\nHost *\n  Port ${port}\n  User ${lab.user}\n  IdentityFile ${lab.identityFile}\n  UserKnownHostsFile ${lab.knownHostsFile}\n`
    writeFileSync(place.env.RINGUP_SSH_CONFIG!, config)
    writeFileSync(join(place.folder, 'inventory.yaml'), readFileSync(lab.inventoryFile, 'utf8'))
    const stage = {lab, folder: place.folder, run: (line: string) => shell(place, line)}
    ended = await ready?.(stage)
    await runLines(place, page, command => before?.(command, stage) ?? Promise.resolve())
  } finally {
    await ended?.()
    await lab.stop()
  }
}

describe.concurrent('what the documentation says to type', () => {
  const pages = [...new Set(commands.filter(isRun).map(({file}) => file))]
  it.each(pages)(
    '%s',
    async file => {
      const page = commands.filter(command => command.file === file && isRun(command))
      const isAlone = page.some(({command}) => command.startsWith('ringup lab up'))
      await (isAlone ? runAlone(page) : runOnRing(page, rings[file] ?? {}))
    },
    240_000,
  )
})

describe('the quick start', () => {
  it('ends with a grown ring when it is typed as it stands', async () => {
    const {folder, env} = newPlace()
    symlinkSync(join(projectFolder, 'dist'), join(folder, 'dist'))
    const bash = spawn('bash', ['--norc', '--noprofile', '-i'], {
      cwd: folder,
      env: {...env, PATH: process.env.PATH!, PROMPT_COMMAND: 'echo "ended $?"'},
      timeout: 100_000,
    })
    let output = ''
    for (const stream of [bash.stdout, bash.stderr])
      stream.on('data', chunk => {
        output += chunk
      })
    bash.stdin.end(`${quickStartLines.join('\n')}\n`)
    await new Promise(resolve => bash.on('close', resolve))

    // one before the first line
    expect(output.match(/ended \d+/g)).toEqual(Array(quickStartLines.length + 1).fill('ended 0'))
    expect(output).toContain('every partition has the owner that was planned')
    expect(output).toMatch(/8 members, ring of 64[\s\S]*at rest, nothing to move[\s\S]*is stopped/)
  })
})

const scripts = (
  JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
).scripts

describe('what the documentation names', () => {
  it.each(commands.filter(isNpm).map(({file, command}) => [file, command] as const))(
    '%s: %s',
    (_file, command) => {
      for (const part of command.split('&&')) {
        const [, named, words = ''] = /^npm (?:run )?(?:--silent )?([\w:]+)(?: -- (.*))?$/.exec(part.trim())!
        expect(Object.keys(scripts)).toContain(named)
        const folder = /\btest\/(\w+)\/run\.ts/.exec(scripts[named!]!)?.[1]
        const [first = ''] = words.split(' ')
        if (folder === 'riak' && first.startsWith('--'))
          expect(existsSync(join(projectFolder, `test/riak/${first.slice(2)}.riak.ts`)), first).toBe(true)
        else if (folder !== undefined && /^[a-z|-]+$/.test(first) && !first.startsWith('-'))
          for (const name of first.split('|'))
            expect(readFileSync(join(projectFolder, `test/${folder}/run.ts`), 'utf8')).toContain(name)
      }
    },
  )

  it('nothing is left out that is not listed with its reason', () => {
    const left = commands.filter(
      command =>
        !isRun(command) &&
        !isNpm(command) &&
        !isNotRun(command) &&
        !isQuickStart(command) &&
        !isReference(command),
    )
    expect(left.map(({file, line, command}) => `${file}:${line}: ${command}`)).toEqual([])
  })

  it.each(docPages())('%s names only commands and flags that there are', page => {
    const manifest = readManifest(projectFolder)
    const lines = docCommands(page).map(({command}) => command)
    for (const line of namedCommands(lines, pageText(page)))
      if (!misspelt.includes(line)) expect({line, unknown: unknownIn(line, manifest)}).toEqual({line})
  })

  it('what is not run is still there', () => {
    for (const line of misspelt) expect(commands.map(({command}) => command)).toContain(line)
    for (const [start] of notRun)
      expect(commands.map(({command}) => command)).toContainEqual(expect.stringContaining(start))
  })

  it('links go to files that are there', () => {
    for (const page of docPages())
      for (const [, target] of pageText(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g))
        if (!/^[a-z]+:/.test(target!)) {
          const path = join(projectFolder, page, '..', target!)
          expect(existsSync(path), `${page} links to ${target}`).toBe(true)
        }
  })

  it('each decision has a number of its own, a title, a day, and a row of the index', () => {
    const rows = pageText('docs/decisions/README.md')
      .split('\n')
      .filter(line => /^\| \[\d/.test(line))
    const wanted = docPages()
      .filter(page => /^docs\/decisions\/\d/.test(page))
      .map((page, at) => {
        const [, title, day] = /^# (.+)\n\n(\d{4}-\d\d-\d\d)\n\n\*\*Context\.\*\* /.exec(pageText(page))!
        const name = page.slice('docs/decisions/'.length)
        expect(name).toMatch(/^\d{4}-[a-z0-9-]+\.md$/)
        expect(Number(name.slice(0, 4))).toBe(at + 1)
        return `| [${name.slice(0, 4)}](${name}) | ${title} | ${day} |`
      })

    expect(wanted.length).toBeGreaterThan(20)
    expect(rows.map(row => row.replace(/ +/g, ' '))).toEqual(wanted)
  })

  it.each(['ARCHITECTURE.md', 'docs/written-by-hand.md'])('files that %s names are there', page => {
    const named = [...pageText(page).matchAll(/`((?:[a-z0-9-]+\/)+[a-z0-9-]*(?:\.\w+)?)`/g)].map(
      match => match[1]!,
    )
    const isThere = (name: string): boolean =>
      ['src/', ''].some(above => ['', '.ts'].some(end => existsSync(join(projectFolder, above + name + end))))

    expect(named.length).toBeGreaterThan(10)
    expect(named.filter(name => !isThere(name))).toEqual([])
  })
})

describe('a page for whatever may go wrong', () => {
  const names = docPages()
    .flatMap(page => /^docs\/when-things-go-wrong\/(.*)\.md$/.exec(page)?.[1] ?? [])
    .filter(name => name !== 'README')
  const codes = names.flatMap(name =>
    /^exit-[\d-]+$/.test(name) ? name.slice(5).split('-').map(Number) : [],
  )

  it('each exit code has one, and no other', () => {
    const failing = Object.values(exitCodes).filter(code => code !== exitCodes.done)
    expect(codes.sort((a, b) => a - b)).toEqual(failing.sort((a, b) => a - b))
  })

  it('each cause that diagnose names has one, and no other', () => {
    expect(names.filter(name => !name.startsWith('exit-')).sort()).toEqual([...causeIds].sort())
  })

  it('the index leads to each, and each begins with what it is about', () => {
    const index = pageText('docs/when-things-go-wrong/README.md')
    for (const name of names) {
      expect(index).toContain(`(${name}.md)`)
      const [heading] = pageText(`docs/when-things-go-wrong/${name}.md`).split('\n')
      if (name.startsWith('exit-'))
        for (const code of name.slice(5).split('-')) expect(heading).toContain(code)
      else expect(heading).toMatch(new RegExp(`^# \`${name}\`: `))
    }
  })

  it('each tells what a person needs', () => {
    for (const name of names) {
      const page = pageText(`docs/when-things-go-wrong/${name}.md`)
      const parts = name.startsWith('exit-')
        ? ['**Means.** ', '**Changed.** ', '**Next.**']
        : ['## What is seen', '## Why it happens in Riak', '## What to do', '## What not to do']
      for (const part of parts) expect(page, name).toContain(part)
    }
  })

  it('exit 3 tells of every risk, and which may be accepted', () => {
    const page = pageText('docs/when-things-go-wrong/exit-3.md')
    const sources = readdirSync(join(projectFolder, 'src/plan')).filter(name => name.endsWith('risks.ts'))
    const ids = sources.flatMap(name =>
      [
        ...readFileSync(join(projectFolder, 'src/plan', name), 'utf8').matchAll(
          /(?:\bid: |\b(?:block|compare)\(\s*)'([a-z-]+)'/g,
        ),
      ].map(([, id]) => id!),
    )
    expect(ids.length).toBeGreaterThan(20)
    for (const id of ids) expect(page).toContain(`\`${id}\``)
  })
})
