/** Copies of a run's record that are torn, old, forged, of another cluster, newer or gone: what counts, and who decides. */
import {readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {chainOf, readCopy, segmentOf} from '../../src/records/chain.ts'
import {
  dieStaged,
  eachTestItsMachines,
  go,
  json,
  lab,
  machine,
  recordsOn,
  sentTo,
  startTeam,
} from '../support/team.ts'

eachTestItsMachines()

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
  const growth = ['perDay: 1', 'until: 6']
  const verbs: Readonly<Record<string, (run: string) => readonly string[]>> = {
    resume: run => ['runs', 'resume', run, ...go],
    abandon: run => ['abandon', run, '--yes'],
    'grow next': () => ['grow', 'next', ...go],
  }
  const cells = Object.keys(shapes).flatMap(shape => [
    ...Object.keys(verbs).map(verb => ({shape, verb, hosts: ['r01']})),
    // two hosts that lie in the same way are two that agree: nothing tells them from honest ones but the ring
    ...(['torn', 'old', 'missing'].includes(shape) ? [{shape, verb: 'resume', hosts: ['r01', 'r02']}] : []),
  ])

  it.each(cells)('$shape on $hosts: $verb goes by what the others agree on', async ({shape, verb, hosts}) => {
    await startTeam({}, growth)
    const staged = await dieStaged(machine())
    for (const host of hosts) for (const file of recordsOn(host)) shapes[shape]!(file)
    const [list] = json(await machine().say('runs', 'list', '--json')).runs
    const status = json(await machine().say('grow', 'status', '--json'))
    const ran = await machine('colleague').say(...verbs[verb]!(staged))
    const after = json(await machine().say('runs', 'list', '--json')).runs

    expect(list).toMatchObject({run: staged, sure: true, staged: [expect.stringContaining('join')]})
    expect(status).toMatchObject({nodes: 4, today: 0, batches: []})
    expect(ran.code, ran.stderr).toBe(0)
    expect(sentTo('cluster commit')).toEqual(verb === 'abandon' ? [] : ['r01'])
    expect(after).toMatchObject([{run: staged, outcome: verb === 'abandon' ? 'abandoned' : 'done'}])
  })

  it.each(['forged', 'of another cluster'])(
    '%s on all hosts but one, in the same way: the ring decides',
    async shape => {
      await startTeam({}, growth)
      const staged = await dieStaged(machine())
      for (const host of ['r01', 'r02', 'r03']) for (const file of recordsOn(host)) shapes[shape]!(file)
      const resumed = await machine().say('runs', 'resume', staged, ...go)
      const next = await machine().say('grow', 'next', ...go)

      // what is staged is of nobody that is known: it is refused, and nothing is sent
      expect([0, 3, 4, 64]).toContain(resumed.code)
      expect(next.code).not.toBe(0)
      expect(sentTo('cluster commit')).toEqual([])
    },
  )

  it('missing on all hosts but one: a person decides', async () => {
    await startTeam({}, growth)
    const staged = await dieStaged(machine())
    for (const host of ['r01', 'r02', 'r03']) for (const file of recordsOn(host)) rmSync(file)
    const empty = machine()
    const next = await empty.say('grow', 'next', ...go)
    const list = await empty.say('runs', 'list')
    const resumed = await empty.say('runs', 'resume', staged, ...go)

    expect([next.code, next.stderr]).toEqual([3, expect.stringContaining(`r04 alone tells of run ${staged}`)])
    expect(list.stdout).toContain('known by r04 alone')
    expect(resumed.code, resumed.stderr).toBe(0)
  })

  it('that no host can keep: nothing is staged', async () => {
    await startTeam()
    for (const host of ['r01', 'r02', 'r03', 'r04'])
      await lab.fault({fault: 'plant', host, thing: 'unsafeFolder'})
    const ran = await machine().say('add', 'r04', ...go)

    expect(ran.code).not.toBe(0)
    expect(sentTo('')).toEqual([])
  })

  it('that are on this machine alone are brought to hosts, once', async () => {
    await startTeam()
    const first = machine()
    expect((await first.say('add', 'r04', ...go)).code).toBe(0)
    for (const {name} of lab.hosts) for (const file of recordsOn(name)) rmSync(file)
    const pushed = await first.say('runs', 'push', '--yes', '--json')
    const again = await first.say('runs', 'push', '--yes')

    expect(json(pushed).pushed).toMatchObject([{hosts: ['r01', 'r02', 'r03', 'r04']}])
    expect(again.stdout).toBe('hosts have all of them: nothing to do\n')
    expect(json(await machine('colleague').say('runs', 'list', '--json')).runs).toMatchObject([
      {outcome: 'done'},
    ])
  })

  it('are not asked for where this machine alone is meant, and their silence is said', async () => {
    await startTeam()
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
