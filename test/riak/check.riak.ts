/**
 * `ringup check` on real nodes: healthy hosts pass with no false alarm, and each thing that is wrong is found, and
 * nothing else with it.
 */
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import type {CheckReport} from '../../src/actions/check.ts'
import type {Finding} from '../../src/check/check.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {type RealCluster, startRealCluster} from './cluster.ts'
import {describeRiak} from './describe-riak.ts'
import {backend} from './riak-config.ts'

describeRiak('the preflight of real hosts', () => {
  let cluster: RealCluster
  let home: Home
  const ringup = (...args: string[]) =>
    home.spawn(args, {env: {RINGUP_INVENTORY: cluster.inventory}, timeout: 120_000})
  const check = async (...args: string[]): Promise<{code: number | null; report: CheckReport}> => {
    const {code, stdout} = await ringup('check', '--json', ...args)
    return {code, report: JSON.parse(stdout) as CheckReport}
  }
  /** what is wrong with hosts 4 and 5, or the cluster: the fails alone */
  const fails = async (): Promise<string[]> => {
    const {code, report} = await check()
    const found = report.findings.filter(({level}) => level === 'fail')
    expect(code).toBe(found.length > 0 ? 3 : 0)
    return found.map(told)
  }
  const told = ({host, id, found}: Finding): string => `${host} ${id}: ${found}`

  const file = (i: number, path: string): string => join(cluster.host(i).folder, path)
  /** Changes a file of a host while something is looked at. */
  const changed = async <T>(
    path: string,
    change: (text: string) => string,
    act: () => Promise<T>,
  ): Promise<T> => {
    const before = readFileSync(path, 'utf8')
    writeFileSync(path, change(before))
    try {
      return await act()
    } finally {
      writeFileSync(path, before)
    }
  }
  const conf = (change: (text: string) => string): Promise<string[]> =>
    changed(file(4, 'opt/riak/etc/riak.conf'), change, fails)

  beforeAll(async () => {
    home = ringupHome()
    cluster = await startRealCluster({nodes: 3, spare: 2, diskMegabytes: 64})
    await cluster.join(3)
    await cluster.load(50, 2000)
  })
  afterAll(async () => {
    await cluster?.down()
    home?.remove()
  })

  test('healthy hosts pass: no fail, and no warning but of how this machine is set', async () => {
    const {code, report} = await check()

    const {counts, findings} = report
    expect(findings.filter(({level}) => level === 'fail')).toEqual([])
    expect(code).toBe(0)
    expect(counts.pass).toBeGreaterThan(55)
    // hosts share this machine's kernel: what it warns of must be so
    const machine: Readonly<Record<string, () => boolean>> = {
      'open-files': () =>
        Number(/\d+/.exec(findings.find(({id}) => id === 'open-files')!.found)![0]) < 65_536,
      thp: () => readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').includes('[always]'),
      swap: () => readFileSync('/proc/swaps', 'utf8').trim().split('\n').length > 1,
    }
    for (const {id} of findings.filter(({level}) => level === 'warn'))
      expect({[id]: machine[id]?.()}).toEqual({[id]: true})
    // a loop device has no scheduler of note
    expect(
      findings
        .filter(({level}) => level === 'skip')
        .map(({id}) => id)
        .filter(id => id !== 'scheduler'),
    ).toEqual([])
  })

  test('every way between the hosts and the members is measured, both ways', async () => {
    const {report} = await check('r4', 'r5', '--only', 'port-epmd,port-distribution,port-handoff')

    const ways = report.findings.flatMap(
      ({details}) => details?.pairs as {from: string; to: string; port: number}[],
    )
    expect(ways.length).toBe(3 * 2 * 2 * 3)
    expect(new Set(ways.map(({from, to}) => `${from} ${to}`)).size).toBe(12)
    expect(new Set(ways.map(({port}) => port))).toEqual(new Set([4369, 6000, 8099]))
  })

  test('a host that runs already, by itself, is healthy too', async () => {
    await cluster.start(5)
    try {
      expect(await fails()).toEqual([])
      const {report} = await check('r5', '--only', 'epmd,other-cluster,open-files')
      expect(report.findings.map(({id, found}) => `${id}: ${found}`)).toEqual(
        expect.arrayContaining(['epmd: port 6000', 'other-cluster: a cluster of its own']),
      )
    } finally {
      await cluster.stop(5)
      await cluster.inside(5, ['sh', '-c', 'rm -rf /var/lib/riak/*'])
    }
  })

  test('another cookie, which is shown nowhere', async () => {
    const secret = 'a-cookie-of-another-cluster'
    expect(
      await conf(text => text.replace('distributed_cookie = riak', `distributed_cookie = ${secret}`)),
    ).toEqual(['r4 cookie: another cookie'])
    const spoken = await changed(
      file(4, 'opt/riak/etc/riak.conf'),
      text => text.replace('distributed_cookie = riak', `distributed_cookie = ${secret}`),
      async () => [
        await ringup('check', 'r4', '--json'),
        await ringup('check', 'r4'),
        await ringup('plan', '--add', 'r4'),
      ],
    )
    for (const {code, stdout, stderr} of spoken) {
      expect(code).toBe(3)
      expect(stdout + stderr).not.toContain(secret)
      expect(stdout + stderr).not.toMatch(/\b[0-9a-f]{32}([0-9a-f]{32})?\b(?<!sha256:.*)/)
    }
  })

  test('another ring size', async () => {
    expect(await conf(text => text.replace('ring_size = 16', 'ring_size = 32'))).toEqual(['r4 ring-size: 32'])
  })

  test('another backend', async () => {
    const other = backend === 'leveled' ? 'bitcask' : 'leveled'
    const changed = (text: string): string =>
      text.replace(`storage_backend = ${backend}`, `storage_backend = ${other}`)
    expect(await conf(changed)).toEqual([`r4 backend: ${other}`])
  })

  test('the name of a member', async () => {
    const [own, taken] = [cluster.host(4).node, cluster.host(1).node]
    expect(await conf(text => text.replace(`nodename = ${own}`, `nodename = ${taken}`))).toEqual([
      `r4 node-name: ${taken}`,
      `r4 name-free: ${taken} is r1 already`,
    ])
  })

  test('an old ring that was left over', async () => {
    await cluster.inside(4, [
      'sh',
      '-c',
      'mkdir -p /var/lib/riak/ring && echo old > /var/lib/riak/ring/riak_core_ring.default.20260101000000',
    ])
    try {
      expect(await fails()).toEqual([
        'r4 ring-empty: /var/lib/riak is not empty: /var/lib/riak/ring/riak_core_ring.default.20260101000000',
      ])
      const applied = await ringup('add', 'r4', '--yes', '--skip-check', 'ring-empty')
      expect(applied).toMatchObject({code: 3, stderr: expect.stringContaining('r4: ring-empty')})
      expect(cluster.running(4)).toBe(false)
    } finally {
      await cluster.inside(4, ['rm', '-rf', '/var/lib/riak/ring'])
    }
  })

  test.each([
    ['from the new host to a member', 4, 2],
    ['from a member to the new host', 2, 4],
  ])('port 8099 blocked one way between one pair: %s', async (_, from, to) => {
    const lift = await cluster.block(from, to, 8099)
    try {
      expect(await fails()).toEqual([`r4 port-handoff: r${from} -> r${to} port 8099: no answer in 3 s`])
    } finally {
      await lift()
    }
  })

  test('epmd blocked, and the Erlang port', async () => {
    const lift = [await cluster.block(4, 1, 4369), await cluster.block(4, 3, 6000)]
    try {
      expect(await fails()).toEqual([
        'r4 port-epmd: r4 -> r1 port 4369: no answer in 3 s',
        'r4 port-distribution: r4 -> r3 port 6000: no answer in 3 s',
      ])
    } finally {
      for (const undo of lift) await undo()
    }
  })

  test('a clock that is off, by a date that is false', async () => {
    const date = '/usr/local/bin/date'
    await cluster.inside(4, [
      'sh',
      '-c',
      `printf '#!/bin/sh\\nexec /bin/date -d "+1 hour" "$@"\\n' > ${date} && chmod 755 ${date}`,
    ])
    try {
      const found = await fails()
      expect(found.length).toBe(1)
      expect(found[0]).toMatch(/^r4 clock: (1 h|59 min 59 s|60 min) ahead$|^r4 clock: 59 min \d+ s ahead$/)
    } finally {
      await cluster.inside(4, ['rm', date])
    }
  })

  test('a data volume that is full', async () => {
    await cluster.inside(4, ['sh', '-c', 'head -c 70M /dev/zero > /var/lib/riak/.filler || true'])
    try {
      const found = await fails()
      expect(found.length).toBe(1)
      expect(found[0]).toMatch(/^r4 disk: 0 B of \d+\.\d MB free.*(99|100|101) % full$/)
    } finally {
      await cluster.inside(4, ['rm', '/var/lib/riak/.filler'])
    }
  })

  test('no sudo', async () => {
    const found = await changed(file(4, 'etc/sudoers'), text => text.replace('NOPASSWD: ALL', 'ALL'), fails)
    expect(found[0]).toMatch(/^r4 sudo: .*sudo: a (password|terminal) is required/)
    expect(found.filter(line => !/^r4 (sudo|data-empty|ring-empty)/.test(line))).toEqual([])
  })

  test('sudo for riak and what ringup needs alone is enough', async () => {
    const found = await changed(
      file(4, 'etc/sudoers'),
      text => text.replace('NOPASSWD: ALL', 'NOPASSWD: /usr/local/bin/riak, /usr/bin/find, /usr/bin/du'),
      fails,
    )
    expect(found).toEqual([])
  })

  test('no Riak', async () => {
    const [riak, aside] = ['/usr/local/bin/riak', '/usr/local/bin/riak.aside']
    await cluster.inside(4, ['mv', riak, aside])
    try {
      const found = await fails()
      expect(found[0]).toMatch(/^r4 riak-found: .*riak: command not found/)
      expect(found.length).toBe(1)
    } finally {
      await cluster.inside(4, ['mv', aside, riak])
    }
  })

  test('a host that cannot be reached', async () => {
    await cluster.cut(4)
    try {
      const found = await fails()
      expect(found.length).toBe(1)
      expect(found[0]).toMatch(/^r4 reachable: r4: /)
    } finally {
      await cluster.heal(4)
    }
  })

  test('a change that somebody else has staged', async () => {
    await cluster.inside(1, ['riak', 'admin', 'cluster', 'leave', cluster.host(2).node])
    try {
      expect(await fails()).toEqual([`cluster staged: leave ${cluster.host(2).node}`])
      expect((await ringup('plan', '--add', 'r4', '--skip-check', 'staged')).code).toBe(3)
    } finally {
      await cluster.inside(1, ['riak', 'admin', 'cluster', 'clear'])
    }
    expect(await fails()).toEqual([])
  })

  test('a member that is stopped', async () => {
    await cluster.stop(3)
    try {
      expect(await fails()).toEqual([`cluster member-unreachable: ${cluster.host(3).node}`])
    } finally {
      await cluster.start(3)
      await cluster.settled(3)
    }
    expect(await fails()).toEqual([])
  })

  test('nothing of all this was written anywhere', async () => {
    for (const i of [4, 5]) {
      expect(cluster.running(i)).toBe(false)
      const {stdout} = await cluster.inside(i, ['find', '/var/lib/riak', '/var/tmp', '/tmp', '-type', 'f'])
      expect(stdout).toBe('')
    }
  })
})
