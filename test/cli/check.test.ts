/** `ringup check` on the practice ring, and what plans and runs make of it. */
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeEach, describe, expect, it} from 'vitest'
import type {CheckReport} from '../../src/actions/check.ts'
import {factsScript} from '../../src/riak/host/facts-script.ts'
import {eachTestItsOwn, home, lab, startRing, writes} from '../support/each-test.ts'
import {withRiak} from '../support/inventory-edit.ts'

eachTestItsOwn()
beforeEach(() => startRing({nodes: 3, spare: 2, ring: 16, speed: 300, seed: 5}))

const ringup = (...args: string[]) =>
  home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile, RINGUP_STATE_DIR: join(home.path, 'state')}})
const check = async (...args: string[]): Promise<{code: number | null; report: CheckReport}> => {
  const {code, stdout} = await ringup('check', '--json', ...args)
  return {code, report: JSON.parse(stdout) as CheckReport}
}
const fails = ({findings}: CheckReport): string[] =>
  findings.filter(({level}) => level === 'fail').map(({host, id}) => `${host} ${id}`)
const asked = (): string[] => lab.commands.filter(({argv}) => argv[2] === factsScript).map(({host}) => host)
/** Riak was on a host, and is not any more. */
const leaveBehind = async (host: string): Promise<void> => {
  await lab.fault({fault: 'start', host})
  lab.skip(60_000)
  await lab.fault({fault: 'stop', host})
  lab.skip(60_000)
}

describe('check', () => {
  it('passes healthy hosts, all that are not members, and asks each host once', async () => {
    const {code, report} = await check()

    expect(report.findings.filter(({level}) => level !== 'pass')).toEqual([])
    expect(report).toMatchObject({schema: 'ringup/check/1', hosts: ['r04', 'r05'], counts: {fail: 0}})
    expect(report.counts.pass).toBeGreaterThan(60)
    expect(code).toBe(0)
    expect(asked().sort()).toEqual(['r01', 'r02', 'r03', 'r04', 'r05'])
    expect(writes()).toEqual([])
  })

  it('names an old ring, a full disk, a staged change and a stopped member, fails first', async () => {
    await leaveBehind('r04')
    await lab.fault({fault: 'diskFull', host: 'r05'})
    await lab.fault({fault: 'stage', action: 'leave', host: 'r02'})
    await lab.fault({fault: 'kill', host: 'r03'})

    const {code, stdout, stderr} = await ringup('check')

    expect(code).toBe(3)
    expect(stdout).toMatch(/^FAIL {2}cluster: member-unreachable$/m)
    expect(stdout).toMatch(/^FAIL {2}cluster: staged$/m)
    expect(stdout).toMatch(/^FAIL {2}r04: ring-empty$/m)
    expect(stdout).toMatch(/^FAIL {2}r04: data-empty$/m)
    expect(stdout).toMatch(/^FAIL {2}r05: disk$/m)
    expect(stdout.lastIndexOf('FAIL')).toBeLessThan(stdout.indexOf('passed:'))
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(80)
    expect(stderr).toContain('5 checks failed')
  })

  it('tells a host that is not reached by name, and looks at the others', async () => {
    await lab.fault({fault: 'unreachable', host: 'r04', how: 'refused', riak: false})

    const {code, report} = await check('r04', 'r05')

    expect(code).toBe(3)
    expect(fails(report)).toEqual(['r04 reachable'])
    expect(report.findings.some(({host, id}) => host === 'r05' && id === 'port-handoff')).toBe(true)
  })

  it('finds the ways that are cut between a host and the members', async () => {
    await lab.fault({fault: 'unreachable', host: 'r05', how: 'refused'})
    await lab.fault({fault: 'reachable', host: 'r05'})
    expect((await check('r05')).report.counts.fail).toBe(0)
    lab.node('r05').reachable = false

    const {report} = await check('r05', '--only', 'port-epmd,port-distribution,port-handoff')

    expect(report.findings.map(({id, level}) => `${level} ${id}`)).toEqual([
      'fail port-epmd',
      'fail port-distribution',
      'fail port-handoff',
    ])
    expect(report.findings[2]!.details).toMatchObject({
      pairs: expect.arrayContaining([
        {from: 'r05', to: 'r01', port: 8099, found: 'silent', level: 'fail'},
        {from: 'r01', to: 'r05', port: 8099, found: 'silent', level: 'fail'},
      ]),
    })
  })

  it('sees another name and another place of data than the inventory has', async () => {
    const text = readFileSync(lab.inventoryFile, 'utf8')
    writeFileSync(lab.inventoryFile, withRiak(text, 'r05', {nodeName: 'riak@127.9.9.9', dataDir: '/data'}))

    expect(fails((await check('r05')).report)).toEqual(
      expect.arrayContaining(['r05 node-name', 'r05 data-dir']),
    )
  })

  it('takes --only, --skip and --junit, and knows its checks', async () => {
    const file = join(home.path, 'check.xml')
    const {report} = await check(
      'r04',
      '--only',
      'cookie,version,staged',
      '--skip',
      'version',
      '--junit',
      file,
    )
    expect(report.findings.map(({id}) => id).sort()).toEqual(['cookie', 'staged'])
    expect(readFileSync(file, 'utf8')).toContain('<testcase classname="ringup.check.r04" name="cookie"/>')

    expect(await ringup('check', '--only', 'cokie')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('did you mean cookie?'),
    })
    expect((await ringup('check', 'r99')).code).toBe(64)
  })

  it('looks at a member that is named as well', async () => {
    const {code, report} = await check('r02')
    expect({code, fails: fails(report)}).toEqual({code: 0, fails: []})
    expect(report.findings.find(({id}) => id === 'ring-empty')).toBeUndefined()
  })
})

describe('a plan', () => {
  it('asks the new hosts and one member', async () => {
    expect((await ringup('plan', '--add', 'r04')).code).toBe(0)
    expect(asked().length).toBe(2)
    expect(asked()).toContain('r04')
  })

  it('is refused with hosts that fail, and shown all the same', async () => {
    await leaveBehind('r04')

    const {code, stdout, stderr} = await ringup(
      'plan',
      '--add',
      'r04,r05',
      '--skip-check',
      'ring-empty,data-empty',
    )

    expect(code).toBe(3)
    expect(stdout).toContain('digest sha256:')
    expect(stderr).toContain('r04: ring-empty: /var/lib/riak is not empty')
    expect(stderr).toContain('ringup check r04')
  })

  it('lets pass what guards no data, and says so', async () => {
    const node = lab.node('r04') as {ringSize: number}
    node.ringSize = 64
    expect((await ringup('plan', '--add', 'r04')).code).toBe(3)

    const {code, stderr} = await ringup('plan', '--add', 'r04', '--skip-check', 'ring-size')

    expect({code, stderr}).toEqual({code: 0, stderr: expect.stringContaining('let pass: r04: ring-size: 64')})
  })

  it('asks no host for one that is made on a file', async () => {
    const file = join(home.path, 'ring.json')
    await ringup('snapshot', '--out', file)
    await leaveBehind('r04')
    expect((await ringup('plan', '--add', 'r04', '--from-snapshot', file)).code).toBe(0)
    expect(asked()).toEqual([])
  })

  it('is not applied when a host has become unfit since, and nothing is written', async () => {
    const file = join(home.path, 'grow.json')
    await ringup('plan', '--add', 'r04', '--out', file)
    await leaveBehind('r04')
    const before = lab.commands.length

    const {code, stderr} = await ringup('apply', file, '--yes')

    expect({code, stderr}).toEqual({code: 3, stderr: expect.stringContaining('r04: ring-empty')})
    const since = lab.commands.slice(before)
    expect(since.filter(({kind}) => kind === 'write')).toEqual([])
    expect(since.filter(({argv}) => argv[2] === factsScript).length).toBe(4)
  })
})
