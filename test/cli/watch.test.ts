/** Watching: recorded and shown again, plain lines off a terminal, and driven by keys in a real terminal. */
import {execFileSync, spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, describe, expect, it} from 'vitest'
import type {LabOptions} from '../../src/lab/server/start-lab.ts'
import type {Status} from '../../src/watch/status.ts'
import {eachTestItsOwn, home, lab, startRing} from '../support/each-test.ts'

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))
eachTestItsOwn()

const start = (options: LabOptions = {}) =>
  startRing({nodes: 3, spare: 2, ring: 32, speed: 60, seed: 6, bytes: 12e9, ...options})
const ringup = (...args: string[]) => home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile}})
const file = (name: string): string => join(home.path, name)

describe('watch', () => {
  it('records what it reads, and shows it again with the same answers', async () => {
    await start()
    await ringup('add', 'r04', '--yes', '--no-wait')
    const watched = await ringup(
      'watch',
      '--until',
      'settled',
      '--interval',
      '150ms',
      '--json',
      '--record',
      file('rec.jsonl'),
    )
    expect(watched.code).toBe(0)

    const again = await ringup('watch', '--replay', file('rec.jsonl'), '--speed', '1000', '--json')

    const statuses = (text: string): Status[] =>
      text
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as Status)
    const told = ({at, converging, progress, ring}: Status) => [at, converging, progress?.active, ring]
    expect(again.code).toBe(0)
    expect(statuses(again.stdout).map(told)).toEqual(statuses(watched.stdout).map(told))
    expect(await ringup('watch', '--once', '--record', file('rec.jsonl'))).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('is there already'),
    })
    // cut off in the middle of a line, as a killed process leaves it
    const text = readFileSync(file('rec.jsonl'), 'utf8')
    execFileSync('sh', ['-c', `head -c ${text.length - 40} rec.jsonl > torn.jsonl`], {cwd: home.path})
    expect((await ringup('watch', '--replay', file('torn.jsonl'), '--speed', '1000')).code).toBe(0)
    expect(await ringup('watch', '--replay', lab.inventoryFile)).toMatchObject({code: 64})
  })

  it('shows the journal of a run again, from its plan to all moved', async () => {
    await start()
    await ringup('add', 'r04', '--yes', '--interval', '100ms')
    const {stdout} = await ringup('runs', 'list', '--json')
    const {runs} = JSON.parse(stdout) as {runs: {run: string}[]}

    const {code, stdout: shown} = await ringup('watch', '--replay', runs[0]!.run, '--speed', '1000', '--json')

    const statuses = shown
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Status)
    expect(code).toBe(0)
    expect(statuses[0]!.progress).toMatchObject({moved: 0})
    expect(statuses.at(-1)!.converging).toBe(false)
  })

  it('prints a line when something changes, and none for what is the same', async () => {
    await start({speed: 1})
    const {code, stdout} = await ringup('watch', '--timeout', '1500ms', '--interval', '100ms')

    expect(code).toBe(8)
    expect(stdout.trim().split('\n')).toHaveLength(1)
  })
})

const tmuxMissing = spawnSync('tmux', ['-V']).status !== 0

describe.skipIf(tmuxMissing)('in a terminal', () => {
  const session = `ringup-test-${process.pid}`
  const tmux = (...args: string[]): string =>
    execFileSync('tmux', ['-L', session, ...args], {encoding: 'utf8'})
  const pane = (): string => tmux('capture-pane', '-p', '-t', session)
  const keys = (...names: string[]): string => tmux('send-keys', '-t', session, ...names)
  const open = (columns: number, rows: number, command: string): void => {
    // a person's terminal: what runs the tests may have said CI=true, which asks for plain lines
    const env = `-u CI HOME=${home.path} RINGUP_INVENTORY=${lab.inventoryFile} LANG=C.UTF-8 PS1='$ '`
    tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-s',
      session,
      '-x',
      String(columns),
      '-y',
      String(rows),
      `env ${env} sh`,
    )
    keys(`${process.execPath} ${program} ${command}; echo ended $?`, 'Enter')
  }
  const see = (what: RegExp | string) => expect.poll(pane, {timeout: 15_000, interval: 100}).toMatch(what)
  afterEach(() => {
    spawnSync('tmux', ['-L', session, 'kill-server'])
  })

  it('keys, another size, Ctrl-Z and back, Ctrl-C', async () => {
    await start({speed: 5})
    await ringup('add', 'r04', '--yes', '--no-wait')
    open(100, 30, 'watch --interval 300ms')

    await see(/\[transfers\]/)
    await see(/partitions, \d+%/)
    keys('Tab')
    await see(/\[nodes\]/)
    await see(/riak@127\S+ \(C\) +valid/)
    keys('/', 'n', 'o', 'n', 'e', 'Enter')
    await see('nothing that fits')
    keys('Escape')
    await see(/\(C\) +valid/)
    keys('?')
    await see('nothing here changes the cluster')
    keys('q')
    await see(/\[nodes\]/)

    tmux('resize-window', '-t', session, '-x', '64', '-y', '16')
    await expect.poll(() => pane().split('\n').length).toBeLessThanOrEqual(17)
    await see(/^ringup watch/)

    keys('C-z')
    await see(/Stopped|\[1\] \+/)
    keys('fg', 'Enter')
    await see(/healthy\?/)

    await see(/\[nodes\]/)
    keys('C-c')
    // a prompt after that of `fg`, whatever a narrow window has left behind it
    await see(/^\$(?! fg)/m)
    keys('echo status $?', 'Enter')
    await see(/status 0/)
    // the last line of what was seen stays
    expect(pane()).toMatch(/moved \d+ of \d+ partitions|settled|at rest/)
  })

  it('changes a limit only where that is allowed, and only after a typed yes', async () => {
    await start({speed: 5})
    const limits = (): number[] => ['r01', 'r02', 'r03'].map(name => lab.node(name).transferLimit)
    open(100, 30, 'watch --interval 300ms --allow-actions')
    await see(/l: limit/)
    keys('l', '4', 'Enter')
    await see('type yes to set the transfer limit of every member to 4')
    keys('n', 'o', 'Enter')
    await see(/l: limit/)
    expect(limits()).toEqual([2, 2, 2])

    keys('l', '4', 'Enter')
    await see('type yes')
    keys('y', 'e', 's', 'Enter')
    await expect.poll(limits, {timeout: 120_000}).toEqual([4, 4, 4])
    keys('BTab')
    await see('as before: ringup throttle restore')
    keys('q')
    await see(/ended 0/)
    expect(await ringup('throttle', 'restore', '--yes')).toMatchObject({code: 0})
    expect(limits()).toEqual([2, 2, 2])
  })

  it('a window that is closed ends it', async () => {
    await start({speed: 5})
    open(80, 24, 'watch --interval 300ms')
    await see(/\[transfers\]/)
    const running = (): string =>
      spawnSync('pgrep', ['-f', `${program} watch --interval 300ms`], {encoding: 'utf8'}).stdout
    expect(running()).not.toBe('')

    tmux('kill-session', '-t', session)

    await expect.poll(running, {timeout: 120_000}).toBe('')
  })
})
