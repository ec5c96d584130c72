/** Runs by their journals, the lock, and what else goes through the same steps: leave, replace, abandon. */
import {spawn} from 'node:child_process'
import {appendFileSync, copyFileSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import type {JournalEvent} from '../../src/journal/events.ts'
import type {LabOptions} from '../../src/lab/server/start-lab.ts'
import {eachTestItsOwn, home, lab, startRing, writes} from '../support/each-test.ts'
import type {Home} from '../support/ringup.ts'

eachTestItsOwn()

const start = (options: LabOptions = {}) =>
  startRing({nodes: 5, spare: 2, ring: 64, speed: 300, seed: 5, ...options})

const state = () => join(home.path, 'state')
const ringup = (...args: string[]) =>
  home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile, RINGUP_STATE_DIR: state()}})
const yes = ['--yes', '--interval', '100ms']
const journalFile = () => join(state(), 'runs', readdirSync(join(state(), 'runs'))[0]!)
const statuses = () => lab.node('r01').cluster.ring.members.map(({node, status}) => `${node} ${status}`)
const locks = () =>
  readdirSync(join(lab.dir, 'hosts'), {recursive: true}).filter(name => String(name).includes('.lock.'))

describe('leave and replace', () => {
  it('leave goes through the same steps, and waits until the node has stopped by itself', async () => {
    await start()
    const {node} = lab.hosts[2]!

    const {code, stderr} = await ringup('leave', 'r03', ...yes)

    expect(code).toBe(0)
    expect(stderr).toContain(`${node} has left and stopped: no member any more, and stopped`)
    expect(writes()).toEqual([
      `r01 riak admin cluster leave ${node}`,
      'r01 riak admin cluster plan',
      'r01 riak admin cluster commit',
    ])
    expect(lab.node('r03').state).toBe('stopped')
    expect(statuses().filter(line => line.endsWith(' valid'))).toHaveLength(4)
  })

  it('leave of more members than growth.perDay at once is refused', async () => {
    await start()

    expect(await ringup('leave', 'r02', 'r03', ...yes)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('growth.perDay'),
    })
    expect(writes()).toEqual([])
  })

  it('replace names the old node first, and the new one has all it had', async () => {
    await start()
    const [old, fresh] = [lab.hosts[1]!.node, lab.hosts[5]!.node]
    const had = lab.node('r01').cluster.ring.owners.map(owner => (owner === old ? fresh : owner))

    const {code} = await ringup('replace', 'r02', 'r06', ...yes)

    expect(code).toBe(0)
    expect(writes()).toContain(`r01 riak admin cluster replace ${old} ${fresh}`)
    expect(lab.node('r01').cluster.ring.owners).toEqual(had)
  })
})

describe('runs', () => {
  it('are listed and shown, on another machine too, with their last line torn', async () => {
    await start()
    await ringup('add', 'r06', ...yes, '--reason', 'OPS-1432')
    const copy = join(home.path, 'copy.jsonl')
    copyFileSync(journalFile(), copy)
    appendFileSync(copy, '{"v":1,"at":17')

    const [list, shown, copied] = [
      JSON.parse((await ringup('runs', 'list', '--json')).stdout),
      JSON.parse(
        (await ringup('runs', 'show', readdirSync(join(state(), 'runs'))[0]!.replace('.jsonl', ''), '--json'))
          .stdout,
      ),
      await home.run(['runs', 'show', copy, '--json'], {
        env: {RINGUP_STATE_DIR: join(home.path, 'elsewhere')},
      }),
    ]

    expect(list.runs).toMatchObject([{outcome: 'done', reason: 'OPS-1432', locked: [], staged: []}])
    expect(shown).toMatchObject({outcome: 'done', torn: false})
    expect(copied.code).toBe(0)
    expect(copied.stderr).toContain('cut off')
    const {journal: _file, torn, hosts, ...rest} = JSON.parse(copied.stdout)
    const {journal: _other, torn: _torn, hosts: keeping, ...same} = shown
    expect([hosts, keeping]).toEqual([[], ['r01', 'r02', 'r03', 'r06']])
    expect(torn).toBe(true)
    expect(rest).toEqual(same)
    expect(statSync(journalFile()).mode & 0o777).toBe(0o600)
  })

  it('that are done are not gone on with; nothing is written twice', async () => {
    await start()
    await ringup('add', 'r06', ...yes)
    const before = writes().length
    const [id] = readdirSync(join(state(), 'runs')).map(name => name.replace('.jsonl', ''))

    expect(await ringup('runs', 'resume', id!, '--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to do'),
    })
    expect(await ringup('runs', 'resume', '--yes')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('no unfinished run'),
    })
    expect(writes()).toHaveLength(before)
  })

  it('are abandoned: what was staged is dropped, and the node runs again for itself', async () => {
    await start()
    await lab.fault({fault: 'otherPlan', on: true})
    await ringup('add', 'r06', ...yes)
    await lab.fault({fault: 'otherPlan', on: false})

    const {code, stderr} = await ringup('abandon', '--yes')

    expect(code).toBe(0)
    expect(stderr.replace(/\s+/g, ' ')).toContain(`Riak stops on ${lab.hosts[5]!.node}`)
    expect(lab.counters()).toMatchObject({clears: 1, commits: 0})
    expect(lab.node('r06').state).toBe('running')
    expect(statuses().filter(line => line.endsWith(' joining'))).toEqual([])
    expect(locks()).toEqual([])
    expect(await ringup('runs', 'resume', '--yes')).toMatchObject({code: 64})
  })

  it('say their steps before they begin, and only that with apply --steps', async () => {
    await start()
    const file = join(home.path, 'p.json')
    await ringup('plan', '--add', 'r06', '--out', file)

    const {code, stderr} = await ringup('apply', file, '--steps')

    expect(code).toBe(0)
    expect(stderr).toMatch(/ 1\. the lock is ours on r06, r01\n[\s\S]*Riak's plan is ours; commit it, once/)
    expect(lab.commands.filter(({line}) => line.includes('ringup-lock'))).toEqual([])
    expect(writes()).toEqual([])
  })
})

describe('two operators', () => {
  it('who adds a host that another run has just started is told of that run, not that it is not empty', async () => {
    await start({nodes: 3, spare: 1, ring: 16, speed: 4})
    let second: ReturnType<Home['spawn']> | undefined
    lab.onCommand(({host, line}) => {
      if (host !== 'r04' || !line.includes(' daemon') || second) return
      // the first waits until the second, a process that has to start, has been answered
      void lab.fault({fault: 'slow', host: 'r04', ms: 1500})
      second = home
        .spawn(['add', 'r04', '--yes'], {
          env: {RINGUP_INVENTORY: lab.inventoryFile, RINGUP_STATE_DIR: join(home.path, 'other')},
        })
        .finally(() => lab.fault({fault: 'slow', host: 'r04', ms: 0}))
    })

    expect(await ringup('add', 'r04', '--reason', 'OPS-7', ...yes)).toMatchObject({code: 0})
    const {code, stderr} = await second!

    expect(code).toBe(5)
    expect(stderr).toContain('OPS-7')
  })
})

describe('a terminal that is closed', () => {
  it('ends the run at a safe point, with its journal written and its lock given back', async () => {
    await start({bytes: 60e9, speed: 20, disk: {size: 9e12, other: 0}})
    const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))
    const committed = new Promise<void>(resolve =>
      lab.onCommand(({line}) => line.includes('cluster commit') && resolve()),
    )
    const terminal = spawn(
      'script',
      ['-qec', `'${process.execPath}' '${program}' add r06 --yes`, '/dev/null'],
      {
        env: {
          PATH: process.env.PATH!,
          HOME: home.path,
          TERM: 'xterm',
          RINGUP_INVENTORY: lab.inventoryFile,
          RINGUP_STATE_DIR: state(),
        },
        stdio: ['ignore', 'ignore', 'ignore'],
      },
    )
    await committed
    await new Promise(resolve => setTimeout(resolve, 1500))
    terminal.kill('SIGKILL')

    await expect
      .poll(() => readFileSync(journalFile(), 'utf8'), {timeout: 120_000})
      .toContain('"run-finished"')
    expect(JSON.parse(readFileSync(journalFile(), 'utf8').trim().split('\n').at(-1)!)).toMatchObject({
      type: 'run-finished',
      outcome: 'interrupted',
    })
    await expect.poll(locks, {timeout: 120_000}).toEqual([])
  })
})

describe('the lock', () => {
  const background = (...args: string[]) => {
    const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))
    const child = spawn(process.execPath, [program, ...args], {
      env: {
        PATH: process.env.PATH!,
        HOME: home.path,
        RINGUP_INVENTORY: lab.inventoryFile,
        RINGUP_STATE_DIR: state(),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', chunk => {
      stderr += chunk
    })
    return {
      child,
      ended: new Promise<{code: number | null; stderr: string}>(resolve =>
        child.on('close', code => resolve({code, stderr})),
      ),
    }
  }
  const committed = () =>
    new Promise<void>(resolve => lab.onCommand(({line}) => line.includes('cluster commit') && resolve()))

  it('keeps a second run out, says who holds it, and keeps nobody from looking', async () => {
    await start({bytes: 60e9, speed: 20, disk: {size: 9e12, other: 0}})
    const begun = committed()
    const {child, ended} = background('add', 'r06', ...yes, '--reason', 'night shift')
    await begun

    const [second, shown, status, watched] = [
      await ringup('add', 'r07', ...yes),
      await ringup('lock', 'show'),
      await ringup('status'),
      await ringup('watch', '--once'),
    ]
    child.kill('SIGTERM')
    const first = await ended

    expect(second).toMatchObject({code: 5, stderr: expect.stringContaining('night shift')})
    expect(shown.stdout).toMatch(/r01: held by .*night shift/)
    expect([status.code, watched.code]).toEqual([0, 0])
    expect(first.code).toBe(143)
    expect(first.stderr).toContain('the cluster goes on with what was committed')
    expect(locks()).toEqual([])
  })

  it('is taken over from a run that was killed, at once by its own resume, and can be taken away by force', async () => {
    await start({bytes: 60e9, speed: 20, disk: {size: 9e12, other: 0}})
    const begun = committed()
    const {child, ended} = background('add', 'r06', ...yes)
    await begun
    child.kill('SIGKILL')
    await ended
    expect(locks()).toHaveLength(2)

    const other = await ringup('add', 'r07', ...yes)
    const released = await ringup('lock', 'release', '--force')

    expect(other.code).toBe(5)
    expect(released.stdout).toContain('taken away from')
    expect(locks()).toEqual([])
    expect((await ringup('lock', 'release')).code).toBe(64)
  })

  it('journals everything before it is sent', async () => {
    await start()
    await ringup('add', 'r06', ...yes)
    const events = readFileSync(journalFile(), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as JournalEvent)

    const sent = events.flatMap(event =>
      event.type === 'write-sent' ? [`${event.host} ${event.argv.slice(1).join(' ')}`] : [],
    )
    expect(sent).toEqual(writes())
    expect(events.filter(({type}) => type === 'write-answered')).toHaveLength(sent.length)
  })
})
