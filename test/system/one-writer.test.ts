/** One writer on a ring, whoever asks how often: a run is its lock's, its journal its holder's, and every run ends. */
import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import {basename, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import type {JournalEvent} from '../../src/journal/events.ts'
import {type Lab, type LabOptions, startLab} from '../../src/lab/server/start-lab.ts'
import {eachTestItsOwn, home, lab, startRing, writes} from '../support/each-test.ts'
import {onTerminal} from '../support/on-terminal.ts'
import type {Ran} from '../support/ringup.ts'

eachTestItsOwn()

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))
const start = (options: LabOptions = {}) =>
  startRing({nodes: 3, spare: 4, ring: 16, speed: 300, seed: 5, bytes: 1e9, ...options})

const state = (): string => join(home.path, 'state')
type Setting = {
  readonly of?: Lab
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}
const environment = ({of = lab, env = {}}: Setting = {}) => ({
  RINGUP_INVENTORY: of.inventoryFile,
  RINGUP_STATE_DIR: state(),
  ...env,
})
const ringup = (words: string, {cwd, ...setting}: Setting = {}): Promise<Ran> =>
  home.run(words.split(' '), {env: environment(setting), ...(cwd === undefined ? {} : {cwd})})
const go = '--yes --interval 100ms'
const journals = (): string[] =>
  readdirSync(join(state(), 'runs'))
    .sort()
    .map(name => join(state(), 'runs', name))
const runOf = (file: string): string => basename(file, '.jsonl')
const eventsOf = (file: string): JournalEvent[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as JournalEvent)
const outcomes = (): string[] =>
  journals().map(file => {
    const last = eventsOf(file).at(-1)!
    return last.type === 'run-finished' ? last.outcome : 'unfinished'
  })

/** A run that goes on by itself. */
function begin(words: string, setting: Setting = {}): {child: ChildProcess; ended: Promise<Ran>} {
  const child = spawn(process.execPath, [program, ...words.split(' ')], {
    env: {PATH: process.env.PATH!, HOME: home.path, ...environment(setting)},
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr!.on('data', chunk => {
    stderr += chunk
  })
  return {
    child,
    ended: new Promise(resolve => child.on('close', code => resolve({code, stdout: '', stderr}))),
  }
}
/** Until a command that has these words has reached a host. */
const sent = (words: string): Promise<void> =>
  new Promise(resolve => lab.onCommand(({line}) => line.includes(words) && resolve()))
/** `add r04`, killed when a command that has these words has reached a host. */
async function killedUpon(words: string): Promise<void> {
  const reached = sent(words)
  const {child, ended} = begin(`add r04 ${go}`)
  await reached
  child.kill('SIGKILL')
  await ended
}
const settled = (of: Lab = lab): Promise<unknown> =>
  expect
    .poll(
      () => {
        const {pending, members} = of.node('r01').cluster.ring
        return pending.length === 0 && members.every(({status}) => status === 'valid')
      },
      {timeout: 30_000},
    )
    .toBe(true)

describe('a run that is alive', () => {
  it('is nobody else’s, however often resume, grow next and abandon are typed: each is told, and leaves no trace', async () => {
    await start({bytes: 300e9, speed: 10, disk: {size: 9e12, other: 0}})
    const committed = sent('cluster commit')
    const {ended} = begin(`add r04 r05 ${go}`)
    await committed
    const [journal] = journals()

    const told: Ran[] = []
    for (const words of [
      'runs resume',
      'grow next --until 7 --any-time',
      'abandon',
      'runs close X --reason x',
    ]) {
      const line = words.replace('X', runOf(journal!))
      told.push(await ringup(`${line} ${words.startsWith('grow') ? go : '--yes'}`))
      told.push(await ringup(`${line} ${words.startsWith('grow') ? go : '--yes'}`))
    }
    const during = eventsOf(journal!)
    lab.skip(12 * 3600e3)
    const {code, stderr} = await ended

    // what is committed is not to be abandoned by anybody; grow next waits for what moves
    expect(told.map(one => one.code)).toEqual([5, 5, expect.any(Number), expect.any(Number), 3, 3, 5, 5])
    expect([5, 8, 9]).toContain(told[2]!.code)
    expect(during.some(({type}) => type === 'run-resumed' || type === 'run-finished')).toBe(false)
    expect(code, stderr).toBe(0)
    expect(outcomes()).toEqual(['done'])
    const all = writes()
    expect(all).toEqual([...new Set(all)])
    expect(all.filter(line => line.includes('commit'))).toHaveLength(1)
  })

  it('is not adopted before it has committed either', async () => {
    await start()
    lab.onCommand(({line, host}) => {
      if (line.includes('cluster join') && host === 'r04')
        void lab.fault({fault: 'slow', host: 'r05', ms: 1500})
    })
    const staged = sent('cluster join')
    const {ended} = begin(`add r04 r05 ${go}`)
    await staged

    const told = await Promise.all(
      ['runs resume', 'runs resume', 'abandon', 'abandon'].map(words => ringup(`${words} --yes`)),
    )
    const {code, stderr} = await ended

    expect(told.map(one => one.code)).toEqual([5, 5, 5, 5])
    expect(told[0]!.stderr).toContain('is being changed by')
    expect(code, stderr).toBe(0)
    expect(writes().filter(line => line.includes('clear'))).toEqual([])
    expect(writes()).toEqual([...new Set(writes())])
  })

  it('is judged again after the question: who says yes when another has seen to it is told so', async () => {
    await start()
    await killedUpon('cluster join')

    let other: Promise<Ran> | undefined
    const screen = await onTerminal(home, ['runs', 'resume'], {
      keys: 'yes\n',
      seen: /Type yes/,
      env: environment(),
      before: async () => {
        other = ringup(`runs resume ${go}`)
        await other
      },
    })

    expect((await other!).code).toBe(0)
    expect(screen).toMatch(/is done by now: another process has seen to it/)
    expect(outcomes()).toEqual(['done'])
    expect(writes()).toEqual([...new Set(writes())])
  })
})

it('a lock that could not be released everywhere is not said to be: exit 6, naming the host', async () => {
  await start()
  await lab.fault({fault: 'unreachable', host: 'r03'})

  const {code, stderr, stdout} = await ringup('lock release --force')
  expect(code).toBe(6)
  expect(stderr).toContain('not released on r03')
  expect(stdout).toContain('6 hosts without a lock')
})

describe('the name of a run', () => {
  it('is never a path: a file of that name in the folder is not read, and says so itself', async () => {
    await start({spare: 3})
    await killedUpon('cluster join')
    const [journal] = journals()
    const run = runOf(journal!)
    const planted = join(home.path, run)
    writeFileSync(planted, 'planted')

    const shown = await ringup(`runs show ${run} --json`)
    const named = await ringup('runs show planted.jsonl')
    writeFileSync(join(home.path, 'planted.jsonl'), 'planted')
    const hinted = await ringup('runs resume planted.jsonl --yes')
    const next = await ringup(`grow next --until 4 --any-time ${go}`)

    expect(JSON.parse(shown.stdout)).toMatchObject({run, journal})
    expect(named).toMatchObject({code: 64, stderr: expect.stringContaining('there is no run planted.jsonl')})
    expect(hinted).toMatchObject({code: 64, stderr: expect.stringContaining('./planted.jsonl')})
    expect(next.code, next.stderr).toBe(0)
    expect(outcomes()).toEqual(['done'])
    expect(lab.node('r01').cluster.ring.members).toHaveLength(4)
  })

  it('or the path of a journal that a colleague hands over, with a slash in it: it is gone on with there', async () => {
    await start({spare: 1})
    await killedUpon('cluster join')
    const [journal] = journals()
    copyFileSync(journal!, join(home.path, 'handed.jsonl'))
    appendFileSync(join(home.path, 'handed.jsonl'), '{"v":1,"at":')
    const there = {env: {RINGUP_STATE_DIR: join(home.path, 'colleague')}}

    const shown = await ringup('runs show ./handed.jsonl', there)
    const resumed = await ringup(`runs resume ./handed.jsonl ${go}`, there)
    const listed = await ringup('runs list --json', there)

    expect(shown.code).toBe(0)
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(JSON.parse(listed.stdout).runs).toMatchObject([{run: runOf(journal!), outcome: 'done'}])
    // and here, where it is still open, the newer one is taken
    const back = join(home.path, 'colleague', 'runs', basename(journal!))
    expect((await ringup(`runs resume ${back} --yes`)).code).toBe(4)
    expect((await ringup(`runs resume ./handed.jsonl ${go}`)).code).toBe(0)
  })
})

describe('every run ends', () => {
  it('one that was committed and never verified is overtaken by the next change; grow next goes on', async () => {
    await start()
    await ringup(`add r04 --no-wait ${go}`)
    await settled()
    await ringup(`add r05 ${go}`)

    const next = await ringup(`grow next --until 6 --any-time ${go}`)

    expect(next.code, next.stderr).toBe(0)
    const [first, second] = journals()
    expect(next.stderr).toContain(`run ${runOf(first!)} was overtaken by run ${runOf(second!)}`)
    expect(outcomes()).toEqual(['overtaken', 'done', 'done'])
    expect(lab.node('r01').cluster.ring.members).toHaveLength(6)
    expect(await ringup(`runs resume ${runOf(first!)} --yes`)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is overtaken: nothing to do'),
    })
  })

  it('also where what it brought has left again, or a person has changed the ring by hand', async () => {
    await start({nodes: 5, ring: 64})
    await ringup(`add r06 --no-wait ${go}`)
    await settled()
    const left = await ringup(`leave r06 ${go}`)
    expect(left.code, left.stderr).toBe(0)
    const [first] = journals()

    const resumed = await ringup(`runs resume ${runOf(first!)} ${go}`)

    expect(resumed.code, resumed.stderr).toBe(0)
    expect(outcomes()).toEqual(['overtaken', 'done'])
    expect(eventsOf(first!).at(-1)).toMatchObject({
      message: expect.stringMatching(/overtaken by run .*leave/),
    })

    await ringup(`add r07 --no-wait ${go}`)
    await settled()
    await lab.fault({fault: 'stage', action: 'leave', host: 'r02'})
    await ringup('exec r01 -- sudo riak admin cluster plan')
    await ringup('exec r01 -- sudo riak admin cluster commit')
    const byHand = await ringup(`grow next --until 5 --any-time ${go}`)
    expect(outcomes().at(-1)).toBe('overtaken')
    expect([0, 8, 9]).toContain(byHand.code)
  })

  it('one that was never committed, and whose ring has gone on, is overtaken too', async () => {
    await start()
    await killedUpon('riak daemon')
    await ringup(`add r05 ${go}`, {env: {RINGUP_STATE_DIR: join(home.path, 'another')}})

    const next = await ringup(`grow next --until 5 --any-time ${go}`)
    expect(outcomes()[0]).toBe('overtaken')
    // whose state directory is another one: the hosts tell of it
    expect(next.stderr).toMatch(/was overtaken by run \S+ \(join /)
  })

  it('any can be closed by hand, with a reason; not while something of it is staged', async () => {
    await start()
    await killedUpon('cluster join')
    const run = runOf(journals()[0]!)

    expect(await ringup(`runs close ${run} --yes`)).toMatchObject({code: 64})
    await expect
      .poll(async () => (await ringup(`runs close ${run} --yes --reason x`)).stderr, {timeout: 20_000})
      .toContain(`ringup abandon ${run}`)
    await ringup('exec r01 -- sudo riak admin cluster clear')
    await expect
      .poll(async () => (await ringup(`runs close ${run} --yes --reason OPS-1`)).code, {timeout: 20_000})
      .toBe(0)
    expect(outcomes()).toEqual(['closed'])
    expect(await ringup(`runs close ${run} --yes --reason x`)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to close'),
    })
    expect((await ringup('runs resume --yes')).code).toBe(64)
  })

  it('one that is committed is not abandoned: refused before anything is announced or written', async () => {
    await start({bytes: 60e9, speed: 20, disk: {size: 9e12, other: 0}})
    await ringup(`add r04 --no-wait ${go}`)
    const before = readFileSync(journals()[0]!)

    const {code, stderr, stdout} = await ringup('abandon --yes')

    expect(code).toBe(3)
    expect(stderr).toContain('is committed: there is nothing to abandon')
    expect(stderr + stdout).not.toContain('stops')
    expect(readFileSync(journals()[0]!)).toEqual(before)
  })
})

describe('a journal that cannot be read', () => {
  it('is named, and costs nothing but itself: garbage, zeros, nothing, a later ringup’s, a folder, another run’s', async () => {
    await start({spare: 2})
    await ringup(`add r04 --no-wait ${go}`)
    const file = (at: number): string => join(state(), 'runs', `20990101-000000-000${at}.jsonl`)
    writeFileSync(file(1), 'garbage\n')
    writeFileSync(file(2), `${'\0'.repeat(4096)}\n`)
    writeFileSync(file(3), '')
    writeFileSync(file(4), '{"v":2,"at":1,"type":"run-started"}\n')
    mkdirSync(file(5))
    copyFileSync(journals()[0]!, file(6))

    for (const words of ['status', 'watch --once', 'plan --add r05', 'grow status --until 5', 'runs list']) {
      const {code, stderr, stdout} = await ringup(words)
      expect(code, `${words}: ${stderr}`).toBe(0)
      if (words === 'runs list')
        for (const [at, why] of [
          [1, /not an event/],
          [2, /not an event/],
          [3, /does not begin/],
          [4, /later ringup/],
          [5, /folder/],
          [6, /of another run/],
        ] as const)
          expect(stdout.split('\n').find(line => line.startsWith(`20990101-000000-000${at}`))).toMatch(why)
    }
    await settled()
    const next = await ringup(`grow next --until 5 --any-time ${go}`)
    expect(next.code, next.stderr).toBe(0)
    expect(next.stderr).toContain('earlier runs are left out')
    expect((await ringup('runs show 20990101-000000-0001')).code).toBe(64)
  })

  it('an event of a kind that a later ringup has added is passed over', async () => {
    await start({spare: 1})
    await ringup(`add r04 ${go}`)
    appendFileSync(journals()[0]!, '{"v":1,"at":1,"type":"verified-elsewhere","by":{"x":1}}\n')

    expect((await ringup('runs show ' + runOf(journals()[0]!))).code).toBe(0)
  })
})

describe('the state directory', () => {
  it('that cannot be written to is said before anything is sent', async () => {
    await start({spare: 1})
    const file = join(home.path, 'file')
    writeFileSync(file, '')

    for (const words of [`add r04 ${go}`, `grow next --until 4 --any-time ${go}`]) {
      const {code, stderr} = await ringup(words, {env: {RINGUP_STATE_DIR: join(file, 'state')}})
      expect(code, stderr).toBe(3)
      expect(stderr).toContain('RINGUP_STATE_DIR')
    }
    expect((await ringup('plan --add r04', {env: {RINGUP_STATE_DIR: join(file, 'state')}})).code).toBe(0)
    expect(writes()).toEqual([])
  })

  it.runIf(process.getuid?.() === 0)(
    'of a group is shared by two logins: each resumes, lists and counts what the other has done',
    async () => {
      await start({spare: 3})
      const shared = join(home.path, 'shared')
      mkdirSync(shared)
      spawnSync('chown', ['0:20100', shared])
      chmodSync(shared, 0o2770)
      chmodSync(home.path, 0o755)
      spawnSync('chmod', ['-R', 'a+rX', lab.dir])
      // where this checkout lies another login may not read
      const root = fileURLToPath(new URL('../..', import.meta.url))
      const copy = join(home.path, 'program')
      for (const name of ['dist', 'package.json', 'oclif.manifest.json'])
        cpSync(join(root, name), join(copy, name), {recursive: true})
      spawnSync('chmod', ['-R', 'a+rX', copy])
      const as = (uid: number, words: string): Promise<Ran> => {
        const own = join(home.path, String(uid))
        const inventory = join(own, 'inventory.yaml')
        mkdirSync(own, {recursive: true})
        copyFileSync(lab.identityFile, join(own, 'key'))
        writeFileSync(
          inventory,
          readFileSync(lab.inventoryFile, 'utf8').replaceAll(lab.identityFile, join(own, 'key')),
        )
        spawnSync('chown', ['-R', String(uid), own])
        const child = spawn(process.execPath, [join(copy, 'dist/src/main.js'), ...words.split(' ')], {
          uid,
          gid: 20100,
          cwd: own,
          env: {
            PATH: process.env.PATH!,
            HOME: own,
            RINGUP_INVENTORY: inventory,
            RINGUP_STATE_DIR: shared,
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        const said = {stdout: '', stderr: ''}
        child.stdout.on('data', chunk => {
          said.stdout += chunk
        })
        child.stderr.on('data', chunk => {
          said.stderr += chunk
        })
        return new Promise(resolve => child.on('close', code => resolve({code, ...said})))
      }

      const first = await as(20101, `add r04 --no-wait ${go}`)
      await settled()
      const second = await as(20102, `runs resume ${go}`)
      const third = await as(20101, 'runs list')

      expect(first.code, first.stderr).toBe(0)
      expect(second.code, second.stderr).toBe(0)
      expect(third.stdout).toContain('done')
    },
  )
})

describe('identity is the ring’s own name', () => {
  it('two rings of one label share a state directory: no run, count or plan of one is the other’s', async () => {
    await start()
    const other = await startLab({nodes: 3, spare: 3, ring: 16, speed: 300, seed: 6, bytes: 1e9})
    try {
      // the one is left unfinished, with a join staged
      await killedUpon('cluster join')

      expect((await ringup('runs resume --yes', {of: other})).code).toBe(64)
      expect((await ringup('abandon --yes', {of: other})).code).toBe(64)
      expect((await ringup(`runs resume ${runOf(journals()[0]!)} --yes`, {of: other})).code).toBe(4)
      expect((await ringup(`abandon ${runOf(journals()[0]!)} --yes`, {of: other})).code).toBe(4)
      const next = await ringup(`grow next --until 6 --per-day 1 ${go}`, {of: other})
      expect(next.code, next.stderr).toBe(0)
      expect(next.stderr).not.toContain('was not finished')
      const here = await ringup(`grow next --until 6 --per-day 1 ${go}`)
      expect(here.code, here.stderr).toBe(0)
      expect(here.stderr).toContain('was not finished')
      expect(outcomes()).toEqual(['done', 'done'])

      const status = async (of: Lab) =>
        JSON.parse((await ringup('grow status --until 6 --per-day 1 --json', {of})).stdout)
      expect((await status(lab)).today).toBe(1)
      expect((await status(other)).today).toBe(1)

      await ringup('plan --add r05 --out foreign.json')
      const applied = await ringup(`apply foreign.json ${go}`, {of: other})
      expect(applied).toMatchObject({code: 4, stderr: expect.stringContaining('is for another cluster')})
    } finally {
      await other.stop()
    }
  })

  it('one ring under two labels has one writer, and one campaign', async () => {
    await start({bytes: 60e9, speed: 30, disk: {size: 9e12, other: 0}})
    const named = join(home.path, 'Practice.yaml')
    writeFileSync(
      named,
      readFileSync(lab.inventoryFile, 'utf8').replace(/^cluster: .*$/m, 'cluster: Practice'),
    )
    const there = {env: {RINGUP_INVENTORY: named}}
    await ringup('plan --add r05 --out grow.json', there)
    const started = sent('riak daemon')
    const {ended} = begin(`add r04 ${go}`)
    await started

    const second = await ringup(`add r05 ${go}`, there)
    const first = await ended
    expect(first.code, first.stderr).toBe(0)
    expect(second.code).toBe(5)
    await settled()

    const next = await ringup(`grow next --until 6 --per-day 1 ${go}`, there)
    expect(next.code, next.stderr).toBe(0)
    expect(next.stdout).toContain('nothing due: 1 node joined today')
    expect(outcomes()).toEqual(['done'])
  })
})
