/** The cluster remembers: two people, two machines, two logins; nothing is shared between them but the hosts. */
import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {
  dieStaged,
  eachTestItsMachines,
  go,
  json,
  lab,
  type Machine,
  machine,
  sentTo,
  startTeam,
} from '../support/team.ts'

const isRoot = process.getuid?.() === 0
eachTestItsMachines()

describe('a colleague on an empty machine', () => {
  it('lists, shows and goes on with a run whose machine is gone, each write once', async () => {
    await startTeam()
    const first = machine()
    const staged = await dieStaged(first)
    first.home.remove()
    const second = machine('colleague')
    const list = await second.say('runs', 'list')
    const shown = json(await second.say('runs', 'show', staged, '--json'))
    const resumed = await second.say('runs', 'resume', staged, ...go)

    expect(list.stdout).toContain(`${staged}: 1 change staged by`)
    expect(shown).toMatchObject({run: staged, journal: null, sure: true, reason: 'OPS-1'})
    expect(resumed.code, resumed.stderr).toBe(0)
    expect([sentTo('cluster join'), sentTo('cluster commit')]).toEqual([['r04'], ['r01']])
    const third = machine()
    expect(json(await third.say('runs', 'list', '--json')).runs).toMatchObject([
      {run: staged, outcome: 'done', resumed: 1, sure: true, journal: null},
    ])
    expect((await third.say('report', staged)).stdout).toContain(staged)
    expect((await third.say('watch', '--replay', staged, '--speed', '1000')).code).toBe(0)
  })

  it('abandons it, or closes its record when nothing of it is left', async () => {
    await startTeam()
    const staged = await dieStaged(machine())
    const second = machine('colleague')
    const refused = await second.say('runs', 'close', staged, '--yes', '--reason', 'x')
    const abandoned = await second.say('abandon', staged, '--yes')

    expect(refused.code).toBe(3)
    expect(abandoned.code, abandoned.stderr).toBe(0)
    const third = machine()
    const over = await third.say('runs', 'resume', staged, ...go)
    expect(over.stdout).toContain('is abandoned')
    expect(json(await third.say('runs', 'list', '--json')).runs).toMatchObject([{outcome: 'abandoned'}])
  })

  it('sees what moves as the first one does: N of M, since when', async () => {
    await startTeam({speed: 30, bytes: 8e9})
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

  it('has ended it: what the first one claimed keeps nobody out any more, and what somebody else claims does', async () => {
    await startTeam()
    const staged = await dieStaged(machine())
    expect((await machine('colleague').say('runs', 'resume', staged, ...go)).code).toBe(0)
    const claimed = (run: string): string => {
      const record = {
        run,
        holder: 'ann',
        host: 'laptop',
        pid: 7,
        reason: '',
        startedAt: 1,
        cluster: 'practice',
      }
      const folder = join(lab.dir, 'hosts', 'r01', 'var/tmp')
      const file = join(folder, `ringup-${lab.node('r01').name}.lock.${run}-0123456789abcdef`)
      writeFileSync(file, `ringup lock 2\n${JSON.stringify(record)}\n`)
      return file
    }
    const another = claimed('20260101-000000-0001')
    const kept = await machine().say('add', 'r05', ...go)
    rmSync(another)
    claimed(staged)
    const added = await machine().say('add', 'r05', ...go)

    expect([kept.code, kept.stderr]).toEqual([5, expect.stringContaining('ann on laptop')])
    expect(added.code, added.stderr).toBe(0)
  })

  it('has ended it: the first machine’s journal has the rest once it was asked to go on', async () => {
    await startTeam()
    const first = machine()
    const staged = await dieStaged(first)
    const second = machine('colleague')
    expect((await second.say('runs', 'resume', staged, ...go)).code).toBe(0)
    const journal = ({home}: Machine): string =>
      readFileSync(join(home.path, '.local/state/ringup/runs', `${staged}.jsonl`), 'utf8')
    expect(journal(first)).not.toContain('run-finished')

    const over = await first.say('runs', 'resume', staged, ...go)

    expect(over).toMatchObject({code: 0, stdout: expect.stringContaining('is done')})
    expect(journal(first)).toBe(journal(second))
  })

  it('the first process, should it wake, has no word any more: its journal is put right by the next command', async () => {
    await startTeam()
    const first = machine()
    const staged = await dieStaged(first)
    // what it had written last never came to the hosts
    const journal = join(first.home.path, '.local/state/ringup/runs', `${staged}.jsonl`)
    const own = readFileSync(journal, 'utf8')
    writeFileSync(journal, `${own}${JSON.stringify({v: 1, at: 1, type: 'step-started', step: 'lost'})}\n`)
    expect((await machine('colleague').say('runs', 'resume', staged, ...go)).code).toBe(0)
    const list = await first.say('runs', 'list')

    expect(list.stderr).toContain('the journal on this machine tells another course, and does not count')
    expect(json(await first.say('runs', 'list', '--json')).runs).toMatchObject([
      {outcome: 'done', journal: null},
    ])
  })
})

describe('runners that begin with an empty disk', () => {
  it('do three a day between them, and know the day when all machines are others', async () => {
    await startTeam({}, ['perDay: 2', 'until: 6'])
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
    expect(sentTo('cluster join')).toEqual(['r04', 'r05'])
  })

  it('go on with what another one left, before anything new', async () => {
    await startTeam({}, ['perDay: 1', 'until: 6'])
    const staged = await dieStaged(machine())
    const status = json(await machine('colleague').say('grow', 'status', '--json'))
    const watched = json(await machine('colleague').say('watch', '--once', '--json'))
    const ran = await machine('colleague').say('grow', 'next', '--json', ...go)

    expect([status.unfinished, watched.stagedBy]).toEqual([staged, staged])
    expect(ran.code, ran.stderr).toBe(0)
    expect(json(ran)).toMatchObject({did: 'nothing', resumed: {outcome: 'done'}, nodes: 4})
    expect(sentTo('cluster commit')).toEqual(['r01'])
  })
})

describe.runIf(isRoot)('an approval', () => {
  const plan = (of: Machine): string => join(of.home.path, 'grow.json')

  it('of another login is wanted where the inventory says so, and a reason', async () => {
    await startTeam({}, ['approvals: 2', 'reason: required'])
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
    // nobody can apply it any more
    expect((await second.say('approve', plan(first), '--yes')).code).toBe(4)
  })

  it('is of one plan alone', async () => {
    await startTeam({}, ['approvals: 2'])
    const [first, second] = [machine(), machine('colleague')]
    await first.say('plan', '--add', 'r04', '--out', plan(first))
    await second.say('plan', '--add', 'r05', '--out', plan(second))
    expect((await second.say('approve', plan(second), '--yes')).code).toBe(0)
    expect((await first.say('apply', plan(first), ...go)).code).toBe(3)
    expect((await first.say('add', 'r04', ...go)).code).toBe(3)
    expect(sentTo('')).toEqual([])
  })
})

describe('limits that were changed', () => {
  it.each([[], ['r01'], ['r02']])(
    'are told on every machine, brought back from any, and then no machine says so any more',
    async (...hosts) => {
      await startTeam()
      const [first, second] = [machine(), machine('colleague')]
      expect((await first.say('throttle', 'set', ...hosts, '--node-limit', '5', '--yes')).code).toBe(0)
      const told = await second.say('status')
      const restored = await second.say('throttle', 'restore', '--yes')
      const after = await Promise.all(
        [first, second, machine()].map(one => one.say('throttle', 'show', '--json')),
      )
      expect((await first.say('status')).stderr).toBe('')
      expect((await first.say('status', '--json')).stderr).toBe('')

      expect(told.stderr).toMatch(
        /limits of practice are not as they were: changed by throttle set of .+ on .+ at /,
      )
      expect(restored.code, restored.stderr).toBe(0)
      for (const ran of after) {
        expect(ran.stderr).toBe('')
        expect(json(ran)).toMatchObject({originals: null})
      }
      expect(lab.node('r01').transferLimit).toBe(2)
    },
  )

  it('are not changed where no two hosts can keep what they were', async () => {
    await startTeam()
    for (const host of ['r01', 'r02', 'r03']) await lab.fault({fault: 'plant', host, thing: 'unsafeFolder'})
    const ran = await machine().say('throttle', 'set', '--node-limit', '5', '--yes')

    expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining('must be known on two hosts')])
    expect(lab.node('r01').transferLimit).toBe(2)
  })
})
