/**
 * What hosts, files and inventories say never reaches a terminal, a page or JSON as something to obey: the bytes of
 * stdout and stderr of the built CLI, of every command that can show it.
 */
import {chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {digestOf} from '../../src/plan/canonical.ts'
import {jsonText} from '../../src/printable.ts'
import {shown, tinted} from '../../src/report/kit/look.ts'
import {table} from '../../src/report/kit/table.ts'
import {screenLines} from '../../src/tui/screen-lines.ts'
import {firstUi, panels} from '../../src/tui/ui.ts'
import {statusOf} from '../../src/watch/status.ts'
import {hostileLines, hostileText, obeyed, withoutOwn, withoutScreen} from '../support/hostile-text.ts'
import {onTerminal} from '../support/on-terminal.ts'
import {reportedCampaign, reportedEvents, reportedPlan} from '../support/reported.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {ringOf, snapshotOf} from '../support/snapshots.ts'
import {type SshdFolder, sshdFolder, sshdMissing} from '../support/sshd.ts'

let home: Home
const file = (name: string): string => join(home.path, name)
const written = (name: string, text: string): string => {
  writeFileSync(file(name), text)
  return file(name)
}

/** All that it writes where it takes its output for a terminal. */
async function seen(args: string[], env: Record<string, string> = {}): Promise<string> {
  const {stdout, stderr} = await home.run(args, {env, terminal: true})
  return stdout + stderr
}

/** Runs it plainly, as JSON, and on a terminal with colours; `says`: what must be there, or nothing was shown. */
async function harmless(
  args: string[],
  {says = 'EVIL', env = {}, keys}: {says?: string; env?: Record<string, string>; keys?: string} = {},
) {
  const name = args.join(' ').slice(0, 200)
  const plain = await home.run(args, {env})
  expect(obeyed(plain.stdout + plain.stderr), name).toBeUndefined()
  expect(plain.stdout + plain.stderr, name).toContain(says)

  const json = await home.run([...args, '--json'], {env, foreign: true})
  const terminal = keys === undefined ? await seen(args, env) : await onTerminal(home, args, {env, keys})
  expect(obeyed(json.stdout + json.stderr), `${name} --json`).toBeUndefined()
  for (const line of json.stdout.startsWith('{\n') ? [json.stdout] : json.stdout.trim().split('\n'))
    JSON.parse(line)

  expect(
    obeyed((keys === undefined ? withoutOwn : withoutScreen)(terminal)),
    `${name} on a terminal`,
  ).toBeUndefined()
}

beforeAll(() => {
  home = ringupHome()
})
afterAll(() => home.remove())

describe('files of others', () => {
  const forged = <T extends object>(value: T): string => {
    const {digest: _, ...content} = value as T & {digest?: unknown}
    return JSON.stringify({...content, digest: digestOf(content)})
  }
  const plan = () => ({
    ...reportedPlan(),
    cluster: `c${hostileText}`,
    claimFunction: hostileText,
    risks: reportedPlan().risks.map(risk => ({
      ...risk,
      value: hostileText,
      fix: hostileText,
    })),
  })
  const campaign = () => ({
    ...reportedCampaign(),
    cluster: hostileText,
    verdict: {keepsUp: false, day: 1, text: hostileText},
    days: reportedCampaign().days.map(day => ({...day, fault: hostileText})),
  })
  const journal = () =>
    reportedEvents()
      .flatMap(event => [
        event.type === 'run-started'
          ? {
              ...event,
              run: 'r',
              reason: hostileText,
              by: {user: hostileText, host: hostileText, pid: 1},
              plan: JSON.parse(forged(plan())) as object,
            }
          : event,
        {v: 1, at: 1, type: 'write-sent', step: 'commit', host: hostileText, argv: [hostileText]},
        {
          v: 1,
          at: 1,
          type: 'write-lost',
          step: 'commit',
          host: hostileText,
          sent: true,
          message: hostileLines,
        },
        {v: 1, at: 1, type: 'step-failed', step: 'settle', kind: 'stale', message: hostileLines},
        {v: 1, at: 200_000, type: 'run-finished', outcome: 'failed', message: hostileLines},
      ])
      .map(event => `${JSON.stringify(event)}\n`)
      .join('')
  const snapshot = () => {
    const ring = ringOf('abcdabcdabcdabcd', {locations: {'riak@a': hostileText}})
    return snapshotOf(ring, {
      claim: 'unknown',
      claimFunction: hostileText,
      nodes: snapshotOf(ring).nodes.map(facts => ({...facts, version: hostileText, otp: hostileText})),
    })
  }

  it.each<[string, () => string[]]>([
    ['a plan', () => ['report', written('plan.json', forged(plan()))]],
    ['a campaign', () => ['report', written('campaign.json', forged(campaign()))]],
    ['a journal, reported', () => ['report', written('run.jsonl', journal())]],
    ['a journal, shown', () => ['runs', 'show', written('run.jsonl', journal())]],
    [
      'a snapshot that is planned on',
      () => {
        written(
          'i.yaml',
          'version: 1\ncluster: c\nriak: {nodeName: "riak@{name}"}\nhosts: [{name: e, address: 127.0.0.1}]\n',
        )
        return [
          'plan',
          '--add',
          'e',
          '-i',
          file('i.yaml'),
          '--from-snapshot',
          written('ring.json', JSON.stringify(snapshot())),
        ]
      },
    ],
    [
      'a recording',
      () => [
        'watch',
        '--replay',
        written(
          'rec.jsonl',
          `${JSON.stringify({v: 1, type: 'recording', cluster: hostileText})}\n${JSON.stringify({v: 1, type: 'reading', snapshot: {...snapshot(), nodes: snapshot().nodes.slice(1)}})}\n`,
        ),
      ],
    ],
    ['a file whose name is hostile', () => ['report', `EVIL\x1b[31m\u009b\u202e`]],
    [
      'an inventory with hostile keys',
      () => [
        'inventory',
        'check',
        '-i',
        written('keys.yaml', `version: 1\n"EVIL\\e[31m\\x9b2J\\u202e": 1\nhosts: []\n`),
      ],
    ],
    [
      'an inventory with a hostile location',
      () => [
        'inventory',
        'show',
        '-i',
        written(
          'location.yaml',
          'version: 1\ncluster: c\nhosts: [{name: a, address: 127.0.0.1, location: "EVIL\\u202e\\u2066"}]\n',
        ),
      ],
    ],
  ])(
    '%s',
    async (name, args) => {
      await harmless(args(), name === 'a recording' ? {says: 'riak@a', keys: 'q'} : {})
    },
    60_000,
  )

  it.each(['plan.json', 'campaign.json', 'run.jsonl'])(
    '%s as Markdown, HTML, SVG and text in a file',
    async name => {
      for (const [file, text] of [
        ['plan.json', forged(plan())],
        ['campaign.json', forged(campaign())],
        ['run.jsonl', journal()],
      ] as const)
        written(file, text)
      for (const format of ['text', 'markdown', 'html', 'svg', 'json']) {
        // what is there is of another kind
        rmSync(file('out'), {force: true})
        const {code, stderr} = await home.run([
          'report',
          file(name),
          '--format',
          format,
          '--out',
          file('out'),
        ])
        expect(code, stderr).toBe(0)
        expect(obeyed(readFileSync(file('out'), 'utf8')), format).toBeUndefined()
        const {stdout} = await home.run(['report', file(name), '--format', format])
        expect(obeyed(stdout), format).toBeUndefined()
      }
      rmSync(file('out'))
      await seen(['report', file(name), '--format', 'text', '--out', file('out')])
      expect(obeyed(readFileSync(file('out'), 'utf8'))).toBeUndefined()
    },
    60_000,
  )

  it('JSON has them escaped, and says the same to whoever parses it', async () => {
    const {stdout} = await home.run(['runs', 'show', written('run.jsonl', journal()), '--json'], {
      foreign: true,
    })

    expect((JSON.parse(stdout) as {reason: string}).reason).toBe(hostileText)
    expect(stdout).toContain('\\u009b2J')
    expect(stdout).toContain('\\u202e')
  })
})

describe('a cluster with hostile locations and versions', () => {
  let lab: Lab
  const location = 'EVIL\x1b[31m\x1b]0;t\x07\u009b2J\u202e\u2028\rx'

  beforeAll(async () => {
    lab = await startLab({nodes: 3, spare: 1, ring: 16, speed: 200, seed: 5, locations: [location]})
    for (const {name, isSpare} of lab.hosts)
      if (!isSpare) await lab.fault({fault: 'version', host: name, version: '3.2.3EVIL\x1b[31m\u009b\u202e'})
    // the lab's own inventory has the location too, which no inventory may
    const text = readFileSync(lab.inventoryFile, 'utf8').replace(/, location: "[^\n]*" /g, ' ')
    writeFileSync(lab.inventoryFile, text)
  })
  afterAll(() => lab.stop())

  it.each([
    [['status', '--all']],
    [['snapshot']],
    [['plan', '--add', 'r04', '--accept-version']],
    [['check', 'r04', '--junit', 'check.xml']],
    [['throttle', 'show'], 'riak@'],
    [['lock', 'show'], 'without a lock'],
    [['diagnose', '--for', '1s'], 'practice'],
    [['watch', '--once'], 'practice'],
    [['grow', 'plan', '--until', '4'], 'practice'],
    [['grow', 'status', '--until', '4'], 'practice'],
    [['add', 'r04', '--yes', '--accept-version'], 'EVIL'],
  ] as [string[], string?][])(
    '%s',
    async (args, says) => {
      await harmless(args, {
        ...(says === undefined ? {} : {says}),
        env: {RINGUP_INVENTORY: lab.inventoryFile},
      })
      for (const name of readdirSync(home.path).filter(name => name === 'check.xml'))
        expect(obeyed(readFileSync(file(name), 'utf8'))).toBeUndefined()
    },
    120_000,
  )

  it('adopted by init: its version cannot write lines into the inventory', async () => {
    for (const {name} of lab.hosts)
      await lab.fault({fault: 'version', host: name, version: '3.2.3\nssh:\n  user: EVIL\n#'})
    const [{address, port}] = lab.hosts as [Lab['hosts'][number]]
    const from = [
      '--from',
      `${lab.user}@${address}:${port}`,
      '--identity-file',
      lab.identityFile,
      '--known-hosts',
      lab.knownHostsFile,
    ]

    const {stderr} = await home.run(['init', ...from, '--out', file('adopted.yaml')])

    // the location is one that no inventory may have
    expect(stderr).toContain('no inventory can be made of it')
    expect(obeyed(stderr)).toBeUndefined()
  })
})

describe.skipIf(sshdMissing)('a host that answers hostile text', () => {
  let folder: SshdFolder

  beforeAll(async () => {
    folder = sshdFolder()
    const bin = join(folder.path, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'answer'), hostileLines)
    writeFileSync(
      join(bin, 'riak'),
      `#!/bin/sh\ncat ${join(bin, 'answer')}\ncat ${join(bin, 'answer')} >&2\nexit 3\n`,
    )
    chmodSync(join(bin, 'riak'), 0o755)
    const server = await folder.start({bin})
    const other = await folder.start({bin})
    writeFileSync(join(folder.path, 'known_hosts'), `${server.knownHost}\n${other.knownHost}\n`)
    written(
      'hostile.yaml',
      `version: 1
cluster: hostile
ssh: {user: ${server.user}, port: ${server.port}, identityFile: ${folder.identityFile}, knownHostsFile: ${join(folder.path, 'known_hosts')}, configFile: none}
riak: {command: riak}
hosts:
  - {name: r01, address: ${server.address}}
  - {name: r02, address: ${other.address}, ssh: {port: ${other.port}}, riak: {nodeName: riak@r02}}
`,
    )
  })
  afterAll(() => folder.remove())

  it.each([
    [['status']],
    [['snapshot']],
    [['plan', '--add', 'r01']],
    [['check', 'r01']],
    [['add', 'r01', '--yes']],
    [['diagnose', '--for', '1s']],
    [['watch', '--once']],
    [['throttle', 'show']],
    [['throttle', 'set', '--node-limit', '2', '--yes']],
    [['grow', 'next', '--until', '2', '--yes']],
    [['lock', 'show'], 'without a lock'],
  ] as [string[], string?][])(
    '%s',
    async (args, says) => {
      await harmless([...args, '-i', file('hostile.yaml')], {says: says ?? 'EVIL'})
    },
    60_000,
  )

  it('exec: as it is in a pipe, harmless on a terminal, escaped in JSON', async () => {
    const args = ['exec', '-i', file('hostile.yaml'), '--', 'riak']

    expect((await home.run(args)).stdout).toContain(hostileText)
    const terminal = await onTerminal(home, args)
    expect(terminal).toContain('EVIL\\x1b]0;title\\x07')
    expect(obeyed(withoutOwn(terminal))).toBeUndefined()
    const {stdout} = await home.run(['exec', '-i', file('hostile.yaml'), '--json', '--', 'riak'])
    expect(obeyed(stdout)).toBeUndefined()
    expect((JSON.parse(stdout) as {hosts: [{stdout: string}]}).hosts[0].stdout).toBe(hostileLines)
    const logged = await home.run(args, {env: {CI: 'true'}})
    expect(logged.stdout).toContain('\\x3a:stop-commands')
    expect(obeyed(logged.stdout)).toBeUndefined()
  })
})

describe('the screen', () => {
  it('shows hostile text in its rows, harmless and no wider than they are', () => {
    const ring = ringOf('abcdabcdabcdabcd', {locations: {'riak@a': hostileText}})
    const read = snapshotOf(ring, {
      nodes: snapshotOf(ring)
        .nodes.slice(1)
        .map(facts => ({...facts, version: hostileText})),
    })
    const look = {columns: 100, color: true, unicode: true}
    for (const panel of panels)
      for (const detail of [false, true]) {
        const lines = screenLines(
          {
            title: hostileText,
            keys: hostileText,
            now: 0,
            status: statusOf(hostileText, read),
            snapshot: read,
            error: hostileText,
            sizes: new Map(),
            vitals: new Map(),
            events: [{at: 0, text: `${hostileText}\nnew line`, isFault: true}],
          },
          {...firstUi, panel, detail},
          {columns: 100, rows: 40},
          look,
        )
        for (const line of lines) {
          expect(obeyed(withoutOwn(line).replaceAll('\n', '\x00'))).toBeUndefined()
          expect(withoutOwn(line).length).toBeLessThanOrEqual(100)
        }
        if (panel === 'events') expect(lines.join('\n')).toContain('EVIL\\x1b]0;title')
      }
  })

  it('of a recording, on a terminal', async () => {
    const ring = ringOf('abcdabcdabcdabcd', {locations: {'riak@a': hostileText}})
    const reading = (change: object): string =>
      `${JSON.stringify({v: 1, type: 'reading', snapshot: snapshotOf(ring, {nodes: [], ...change})})}\n`
    written(
      'screen.jsonl',
      `${JSON.stringify({v: 1, type: 'recording', cluster: hostileText})}\n${reading({})}${reading({takenAt: 1_700_000_000_500})}`,
    )

    const terminal = await onTerminal(home, ['watch', '--replay', file('screen.jsonl')], {
      keys: '\tq',
    })

    expect(terminal).toContain('EVIL\\x1b]0;title')
    expect(obeyed(withoutScreen(terminal))).toBeUndefined()
  })
})

describe('one place', () => {
  it('tells what is thrown where nobody waits for it', async () => {
    const message = JSON.stringify(hostileLines)
    written(
      'thrower.mjs',
      `const timer = setInterval(() => {
  if (process.listenerCount('uncaughtException') === 0 && performance.now() < 5000) return
  clearInterval(timer)
  throw new Error(${message})
}, 1)
`,
    )
    const {code, stderr} = await home.spawn(['schema-of-nothing'], {
      env: {NODE_OPTIONS: `--import=${file('thrower.mjs')}`},
    })

    expect(code).toBe(1)
    expect(stderr).toContain('please report it')
    expect(stderr).toContain('EVIL')
    expect(obeyed(stderr)).toBeUndefined()
  })

  it('tells what Node and libraries warn of', async () => {
    written(
      'warner.mjs',
      `const timer = setInterval(() => {
  if (process.listeners('warning').some(({name}) => name === 'onWarning') && performance.now() < 5000) return
  clearInterval(timer)
  process.emitWarning(${JSON.stringify(hostileLines)})
}, 1)
`,
    )
    const {stderr} = await home.spawn(['inventory', 'schema'], {
      env: {NODE_OPTIONS: `--import=${file('warner.mjs')}`},
    })

    expect(stderr).toContain('EVIL')
    expect(obeyed(stderr)).toBeUndefined()
  })

  it('lets no line begin, and no line hold, what a CI runner takes for a command', () => {
    expect(shown('a ::b\n::c\n \u00a0::d\n:e\n## f [g]\n###[h]##vso[i##team.city[j')).toBe(
      'a ::b\n\\x3a:c\n \u00a0\\x3a:d\n:e\n## f [g]\n#\\x23#[h]\\x23#vso[i\\x23#team.city[j',
    )
    expect(jsonText('\\##vso[a')).toBe('"\\\\\\u0023#vso[a"')
    expect(JSON.parse(jsonText('\\##vso[a'))).toBe('\\##vso[a')
  })

  it('makes a colour of ours only: one that is written in text is seen', () => {
    const look = {columns: 80, color: true, unicode: true}

    expect(shown(tinted(look, 'red', 'a\x1b[32mb'))).toBe('\x1b[31ma\\x1b[32mb\x1b[39m')
    expect(shown('a\r\nb\tc\rd')).toBe('a\nb\tc\\x0dd')
  })

  it('counts in a table what is printed', () => {
    const rows = [{name: 'a\x1b\n'}, {name: 'bb'}]

    expect(
      table(
        [
          {title: 'x', cell: ({name}) => name},
          {title: 'y', cell: () => '1'},
        ],
        rows,
      ),
    ).toEqual(['  x          y', '  a\\x1b\\x0a  1', '  bb         1'])
  })

  it('is the only one in the sources that writes to stdout and stderr', () => {
    const root = fileURLToPath(new URL('../../', import.meta.url))
    const sources = ['src', 'commands']
      .flatMap(folder =>
        readdirSync(join(root, folder), {recursive: true}).map(name => join(folder, String(name))),
      )
      // what makes packages is no part of them
      .filter(name => /\.tsx?$/.test(name) && !/^src\/(lab|package)\//.test(name))
    const writers = sources.filter(name =>
      /std(?:out|err)\.write/.test(readFileSync(join(root, name), 'utf8')),
    )

    expect(sources.length).toBeGreaterThan(150)
    expect(writers.sort()).toEqual(['src/cli/output.ts', 'src/start/answer.ts'])
  })
})
