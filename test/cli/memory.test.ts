/** The cluster remembers: two people, two machines, two logins; nothing is shared between them but the hosts. */
import {existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type Lab, type LabOptions, startLab} from '../../src/lab/server/start-lab.ts'
import {chainOf, readCopy, segmentOf} from '../../src/records/chain.ts'
import {type Home, type Ran, ringupHome} from '../support/ringup.ts'

const isRoot = process.getuid?.() === 0

/** A machine with nothing on its disk but the inventory. */
type Machine = {readonly home: Home; readonly say: (...words: readonly string[]) => Promise<Ran>}

let lab: Lab
let machines: Machine[] = []
let wishes = ''
beforeEach(() => {
  machines = []
  wishes = ''
})
afterEach(async () => {
  await lab.stop()
  for (const {home} of machines) home.remove()
})

const start = async (options: Partial<LabOptions> = {}): Promise<void> => {
  lab = await startLab({
    nodes: 3,
    spare: 3,
    ring: 16,
    speed: 300,
    seed: 5,
    bytes: 1e9,
    patience: 2500,
    colleagues: ['colleague'],
    ...options,
  })
}

function machine(login: 'riakops' | 'colleague' = 'riakops'): Machine {
  const home = ringupHome()
  const inventory = join(home.path, 'inventory.yaml')
  const said = readFileSync(lab.inventories.get(login)!, 'utf8')
  writeFileSync(inventory, wishes === '' ? said : `${said}${wishes}`)
  const made: Machine = {
    home,
    say: (...words) => home.run(words, {env: {RINGUP_INVENTORY: inventory}}),
  }
  machines.push(made)
  return made
}

const go = ['--yes', '--interval', '100ms'] as const
const json = (ran: Ran) => JSON.parse(ran.stdout)
const writes = (verb: string): string[] =>
  lab.commands
    .filter(({kind, argv}) => kind === 'write' && argv.join(' ').includes(verb))
    .map(({host}) => host)

/** What lies on a host beside its lock. */
const folderOf = (host: string): string => join(lab.dir, 'hosts', host, 'var/tmp')
const recordsOnAny = (host: string): string[] => (existsSync(folderOf(host)) ? recordsOn(host) : [])
const recordsOn = (host: string): string[] =>
  readdirSync(folderOf(host))
    .filter(name => name.includes('.record.run-'))
    .map(name => join(folderOf(host), name))

describe('a colleague on an empty machine', () => {
  it('lists, shows and goes on with a run whose machine is gone, each write once', async () => {
    await start()
    const first = machine()
    const [staged] = await stagedAndLost(first)
    first.home.remove()
    const second = machine('colleague')
    const list = await second.say('runs', 'list')
    const shown = json(await second.say('runs', 'show', staged!, '--json'))
    const resumed = await second.say('runs', 'resume', staged!, ...go)

    expect(list.stdout).toContain(`${staged}: 1 change staged by`)
    expect(shown).toMatchObject({run: staged, journal: null, sure: true, reason: 'OPS-1'})
    expect(resumed.code, resumed.stderr).toBe(0)
    expect([writes('cluster join'), writes('cluster commit')]).toEqual([['r04'], ['r01']])
    const third = machine()
    expect(json(await third.say('runs', 'list', '--json')).runs).toMatchObject([
      {run: staged, outcome: 'done', resumed: 1, sure: true, journal: null},
    ])
    expect((await third.say('report', staged!)).stdout).toContain(staged)
    expect((await third.say('watch', '--replay', staged!, '--speed', '1000')).code).toBe(0)
  })

  it('abandons it, or closes its record when nothing of it is left', async () => {
    await start()
    const [staged] = await stagedAndLost(machine())
    const second = machine('colleague')
    const refused = await second.say('runs', 'close', staged!, '--yes', '--reason', 'x')
    const abandoned = await second.say('abandon', staged!, '--yes')

    expect(refused.code).toBe(3)
    expect(abandoned.code, abandoned.stderr).toBe(0)
    const third = machine()
    const over = await third.say('runs', 'resume', staged!, ...go)
    expect(over.stdout).toContain('is abandoned')
    expect(json(await third.say('runs', 'list', '--json')).runs).toMatchObject([{outcome: 'abandoned'}])
  })

  it('sees what moves as the first one does: N of M, since when', async () => {
    await start({speed: 30, bytes: 8e9})
    const first = machine()
    expect((await first.say('add', 'r04', '--no-wait', ...go)).code).toBe(0)
    const [here, there] = [
      await first.say('status', '--json'),
      await machine('colleague').say('status', '--json'),
    ]

    const progress = ({progress: {total, committedAt}}: {progress: {total: number; committedAt: number}}) => [
      total,
      committedAt,
    ]
    expect(json(there).progress.total).toBeGreaterThan(0)
    expect(progress(json(there))).toEqual(progress(json(here)))
  })

  it('the first process, should it wake, has no word any more: its journal is put right by the next command', async () => {
    await start()
    const first = machine()
    const [staged] = await stagedAndLost(first)
    // what it had written last never came to the hosts
    const journal = join(first.home.path, '.local/state/ringup/runs', `${staged}.jsonl`)
    const own = readFileSync(journal, 'utf8')
    writeFileSync(journal, `${own}${JSON.stringify({v: 1, at: 1, type: 'step-started', step: 'lost'})}\n`)
    expect((await machine('colleague').say('runs', 'resume', staged!, ...go)).code).toBe(0)
    const list = await first.say('runs', 'list')

    expect(list.stderr).toContain('this machine has another course of it, which does not count')
    expect(json(await first.say('runs', 'list', '--json')).runs).toMatchObject([
      {outcome: 'done', journal: null},
    ])
  })
})

/** As a machine that dies with its join staged: its own copies stay behind, its lock expires. */
async function stagedAndLost(first: Machine): Promise<string[]> {
  const dying = new AbortController()
  lab.onCommand(({line}) => {
    if (line.includes('cluster join')) setTimeout(() => dying.abort(), 50)
  })
  const inventory = join(first.home.path, 'inventory.yaml')
  const ran = await first.home.spawn(['add', 'r04', ...go, '--reason', 'OPS-1'], {
    env: {RINGUP_INVENTORY: inventory},
    kill: {signal: 'SIGKILL', after: new Promise(resolve => dying.signal.addEventListener('abort', resolve))},
  })
  expect(ran.code).toBeNull()
  const runs = readdirSync(join(first.home.path, '.local/state/ringup/runs'))
  return runs.map(name => name.replace('.jsonl', ''))
}

describe('runners that begin with an empty disk', () => {
  it('do three a day between them, and know the day when all machines are others', async () => {
    wishes = '\ngrowth:\n  perDay: 2\n  until: 6\n'
    await start()
    const codes = []
    for (const login of ['riakops', 'colleague', 'riakops'] as const) {
      const ran = await machine(login).say('grow', 'next', '--json', ...go)
      codes.push([ran.code, json(ran).did])
    }
    const status = json(await machine().say('grow', 'status', '--json'))

    expect(codes).toEqual([
      [0, 'batch'],
      [0, 'nothing'],
      [0, 'nothing'],
    ])
    expect(status).toMatchObject({
      nodes: 5,
      today: 2,
      batches: [{nodes: [lab.hosts[3]!.node, lab.hosts[4]!.node]}],
    })
    expect(writes('cluster join')).toEqual(['r04', 'r05'])
  })

  it('go on with what another one left, before anything new', async () => {
    wishes = '\ngrowth:\n  perDay: 1\n  until: 6\n'
    await start()
    await stagedAndLost(machine())
    const ran = await machine('colleague').say('grow', 'next', '--json', ...go)

    expect(ran.code, ran.stderr).toBe(0)
    expect(json(ran)).toMatchObject({did: 'nothing', resumed: {outcome: 'done'}, nodes: 4})
    expect(writes('cluster commit')).toEqual(['r01'])
  })
})

describe.runIf(isRoot)('an approval', () => {
  const plan = (of: Machine): string => join(of.home.path, 'grow.json')

  it('of another login is wanted where the inventory says so, and a reason', async () => {
    wishes = '\ngrowth:\n  approvals: 2\n  reason: required\n'
    await start()
    const [first, second] = [machine(), machine('colleague')]
    expect((await first.say('plan', '--add', 'r04', '--out', plan(first))).code).toBe(0)
    const apply = () => first.say('apply', plan(first), ...go, '--reason', 'OPS-7')

    const reasonless = await first.say('apply', plan(first), ...go)
    const alone = await apply()
    const own = await first.say('approve', plan(first), '--yes')
    const still = await apply()
    const approved = await second.say('approve', plan(first), '--yes', '--json', '--reason', 'looked at')
    const applied = await apply()

    expect([reasonless.code, reasonless.stderr]).toEqual([64, expect.stringContaining('--reason')])
    expect([alone.code, alone.stderr]).toEqual([3, expect.stringContaining('1 approval')])
    expect(own.code).toBe(0)
    expect(still.code).toBe(3)
    expect(json(approved)).toMatchObject({digest: JSON.parse(readFileSync(plan(first), 'utf8')).digest})
    expect(applied.code, applied.stderr).toBe(0)
  })

  it('is of one plan alone', async () => {
    wishes = '\ngrowth:\n  approvals: 2\n'
    await start()
    const [first, second] = [machine(), machine('colleague')]
    await first.say('plan', '--add', 'r04', '--out', plan(first))
    await second.say('plan', '--add', 'r05', '--out', plan(second))
    expect((await second.say('approve', plan(second), '--yes')).code).toBe(0)
    expect((await first.say('apply', plan(first), ...go)).code).toBe(3)
    expect((await first.say('add', 'r04', ...go)).code).toBe(3)
    expect(writes('')).toEqual([])
  })
})

describe('limits that were changed', () => {
  it('are told on every machine, brought back from any, and then no machine says so any more', async () => {
    await start()
    const [first, second] = [machine(), machine('colleague')]
    expect((await first.say('throttle', 'set', '--node-limit', '5', '--yes')).code).toBe(0)
    const told = await second.say('status')
    const restored = await second.say('throttle', 'restore', '--yes')
    const after = await Promise.all(
      [first, second, machine()].map(one => one.say('throttle', 'show', '--json')),
    )

    expect(told.stderr).toMatch(
      /limits of practice are not as they were: changed by throttle set of .+ on .+ at /,
    )
    expect(restored.code, restored.stderr).toBe(0)
    for (const ran of after) {
      expect(ran.stderr).toBe('')
      expect(json(ran)).toMatchObject({originals: null})
    }
    expect(lab.node('r01').transferLimit).toBe(2)
  })

  it('are not changed where no two hosts can keep what they were', async () => {
    await start()
    for (const host of ['r01', 'r02', 'r03']) await lab.fault({fault: 'plant', host, thing: 'unsafeFolder'})
    const ran = await machine().say('throttle', 'set', '--node-limit', '5', '--yes')

    expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining('must be known on two hosts')])
    expect(lab.node('r01').transferLimit).toBe(2)
  })
})

/** What may have become of copies: each is done to the hosts that are given. */
const shapes: Readonly<Record<string, (file: string) => void>> = {
  torn: file => truncateSync(file, Math.floor(readFileSync(file).length * 0.7)),
  old: file => writeFileSync(file, `${readFileSync(file, 'utf8').split('\n').slice(0, 1).join('\n')}\n`),
  forged: file => {
    const {chain} = readCopy(readFileSync(file, 'utf8'))
    const lines = chain.lines.map(line => line.replaceAll('r04', 'r06').replaceAll('"writes"', '"w"'))
    const end = JSON.stringify({v: 1, at: 9e12, type: 'run-finished', outcome: 'done', message: 'forged'})
    writeFileSync(file, `${segmentOf(chainOf([...lines, end]), 0)}\n`)
  },
  'of another cluster': file => {
    const {chain} = readCopy(readFileSync(file, 'utf8'))
    const lines = chain.lines.map(line => line.replaceAll('riak@', 'riak@9'))
    writeFileSync(file, `${segmentOf(chainOf(lines), 0)}\n`)
  },
  newer: file => {
    const {chain} = readCopy(readFileSync(file, 'utf8'))
    writeFileSync(file, `${segmentOf(chainOf(chain.lines.map(line => line.replace('"v":1', '"v":2'))), 0)}\n`)
  },
  missing: file => rmSync(file),
}

describe('copies', () => {
  it.each(Object.keys(shapes))('%s on one host: what the others agree on counts', async shape => {
    await start()
    const [staged] = await stagedAndLost(machine())
    for (const file of recordsOn('r01')) shapes[shape]!(file)
    const [list] = json(await machine().say('runs', 'list', '--json')).runs
    const next = await machine('colleague').say('runs', 'resume', staged!, ...go)

    expect(list).toMatchObject({run: staged, sure: true, staged: [expect.stringContaining('join')]})
    expect(next.code, next.stderr).toBe(0)
    expect(writes('cluster commit')).toEqual(['r01'])
  })

  it.each(['forged', 'of another cluster'])(
    '%s on all hosts but one, in the same way: the ring decides',
    async shape => {
      wishes = '\ngrowth:\n  perDay: 1\n  until: 6\n'
      await start()
      const [staged] = await stagedAndLost(machine())
      for (const host of ['r01', 'r02', 'r03']) for (const file of recordsOn(host)) shapes[shape]!(file)
      const resumed = await machine().say('runs', 'resume', staged!, ...go)
      const next = await machine().say('grow', 'next', ...go)

      // what is staged is of nobody that is known: it is refused, and nothing is sent
      expect([0, 3, 4, 64]).toContain(resumed.code)
      expect(next.code).not.toBe(0)
      expect(writes('cluster commit')).toEqual([])
    },
  )

  it('missing on all hosts but one: a person decides', async () => {
    wishes = '\ngrowth:\n  perDay: 1\n  until: 6\n'
    await start()
    const [staged] = await stagedAndLost(machine())
    for (const host of ['r01', 'r02', 'r03']) for (const file of recordsOn(host)) rmSync(file)
    const empty = machine()
    const next = await empty.say('grow', 'next', ...go)
    const list = await empty.say('runs', 'list')
    const resumed = await empty.say('runs', 'resume', staged!, ...go)

    expect([next.code, next.stderr]).toEqual([3, expect.stringContaining(`r04 alone tells of run ${staged}`)])
    expect(list.stdout).toContain('known by r04 alone')
    expect(resumed.code, resumed.stderr).toBe(0)
  })

  it('that no host can keep: nothing is staged', async () => {
    await start()
    for (const host of ['r01', 'r02', 'r03', 'r04'])
      await lab.fault({fault: 'plant', host, thing: 'unsafeFolder'})
    const ran = await machine().say('add', 'r04', ...go)

    expect(ran.code).not.toBe(0)
    expect(writes('')).toEqual([])
  })

  it('that are on this machine alone are brought to hosts, once', async () => {
    await start()
    const first = machine()
    expect((await first.say('add', 'r04', ...go)).code).toBe(0)
    for (const {name} of lab.hosts) for (const file of recordsOnAny(name)) rmSync(file)
    const pushed = await first.say('runs', 'push', '--yes', '--json')
    const again = await first.say('runs', 'push', '--yes')

    expect(json(pushed).pushed).toMatchObject([{hosts: ['r01', 'r02', 'r03', 'r04']}])
    expect(again.stdout).toBe('hosts have all of them: nothing to do\n')
    expect(json(await machine('colleague').say('runs', 'list', '--json')).runs).toMatchObject([
      {outcome: 'done'},
    ])
  })

  it('are not asked for where this machine alone is meant, and their silence is said', async () => {
    await start()
    const first = machine()
    expect((await first.say('add', 'r04', ...go)).code).toBe(0)
    const local = await first.say('runs', 'list', '--local')
    const empty = await machine().say('runs', 'list', '--local')
    expect([local.stdout.includes('done'), empty.stdout]).toEqual([true, 'no runs yet\n'])
    for (const {name: host} of lab.hosts) await lab.fault({fault: 'unreachable', host})
    const silent = await first.say('runs', 'list')
    expect(silent.stderr).toContain('no host tells what the cluster remembers')
    expect(silent.stdout).toContain('done')
  })
})
