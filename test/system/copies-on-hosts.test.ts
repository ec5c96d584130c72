/** Copies of chains on hosts, by the scripts themselves, run by shells of this machine in a folder a host. */
import {spawnSync} from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {OpsError} from '../../src/errors.ts'
import {keepChain, refuseFewCopies} from '../../src/records/keep.ts'
import {askRecords, readAnswer} from '../../src/records/read.ts'
import type {Door} from '../../src/riak/door.ts'
import {door, eachTestItsHosts, folder, shells} from '../support/host-shells.ts'

const isRoot = process.getuid?.() === 0
eachTestItsHosts()

const tmp = (host: string): string => join(folder, host, 'var/tmp')

const id = '20261128-201546-4f2a'
const lines = (count: number): string[] =>
  Array.from({length: count}, (_, at) => JSON.stringify({v: 1, at, type: 'step-started', step: `é ${at}`}))

const filesOf = (host: string): string[] => readdirSync(tmp(host)).sort()
const fileOf = (host: string): string => join(tmp(host), filesOf(host)[0]!)

describe('a chain that grows', () => {
  it.each(shells)('is read back as it was written, segment by segment, by %s', async sh => {
    const doors = [door('r01', {sh}), door('r02', {sh})]
    const keeper = keepChain({kind: 'run', id, doors})
    const all = lines(30)
    for (const [at, line] of all.entries()) {
      keeper.add(line)
      if (at % 7 === 0) await keeper.flush()
    }
    await keeper.flush()

    expect(keeper.kept()).toEqual(['r01', 'r02'])
    const {copies, place} = await askRecords(doors[0]!)
    expect(place).toBe('shared')
    expect(copies).toMatchObject([{host: 'r01', kind: 'run', id}])
    expect(copies[0]!.read()).toMatchObject({chain: {lines: all}, damage: undefined})
    expect(readFileSync(fileOf('r01'), 'utf8').split('\n')).toHaveLength(7)
  })

  it('is on the first hosts before an act, and on all with the next sign of life', async () => {
    const doors = ['r01', 'r02', 'r03', 'r04'].map(name => door(name))
    const keeper = keepChain({kind: 'run', id, doors, early: doors.slice(0, 3), lines: lines(2)})
    await keeper.flush({early: true})
    expect(keeper.kept()).toEqual(['r01', 'r02', 'r03'])
    keeper.add(lines(3).at(-1)!)
    await keeper.flush({touch: true})
    expect(keeper.kept()).toEqual(['r01', 'r02', 'r03', 'r04'])
    const {copies} = await askRecords(doors[3]!)
    expect(copies[0]!.read()).toMatchObject({chain: {lines: lines(3)}})
  })

  it('is on the others before an act where two of the first cannot have it', async () => {
    const broken = ['r01', 'r02'].map(
      (name): Door => ({
        ...door(name),
        ask: async () => {
          throw new OpsError('unreachable', 'it is cut off')
        },
      }),
    )
    const doors = [...broken, door('r03'), door('r04')]
    const keeper = keepChain({kind: 'run', id, doors, early: doors.slice(0, 3), lines: lines(2)})
    await keeper.flush({early: true})
    expect(keeper.kept()).toEqual(['r03', 'r04'])
    expect(() => refuseFewCopies(keeper, 'this')).not.toThrow()
  })

  it('is not sent again where it is known', async () => {
    const one = door('r01')
    const keeper = keepChain({kind: 'run', id, doors: [one], lines: lines(5)})
    await keeper.flush()
    const seen = new Map()
    const first = await askRecords(one, {seen})
    const again: string[] = []
    const listening: Door = {
      ...one,
      ask: async argv => {
        const answer = await one.ask(argv)
        again.push(answer.stdout)
        return answer
      },
    }
    const second = await askRecords(listening, {seen})
    expect(again[0]).toContain('\n= 5 ')
    expect(again[0]).not.toContain('| ')
    expect(second.copies[0]!.read()).toEqual(first.copies[0]!.read())
  })

  it('is made anew where a host has something else, as after an answer that was lost', async () => {
    const one = door('r01')
    const keeper = keepChain({kind: 'run', id, doors: [one], lines: lines(3)})
    await keeper.flush()
    appendFileSync(fileOf('r01'), 'half a segm')
    keeper.add(lines(4)[3]!)
    await keeper.flush()

    expect(keeper.kept()).toEqual(['r01'])
    const {copies} = await askRecords(one)
    expect(copies[0]!.read().chain.lines).toEqual(lines(4))
  })

  it('is not sent to a host that was lost a moment ago, but for the last word', async () => {
    const one = door('r01')
    let isLost = true
    const lossy: Door = {
      ...one,
      ask: async argv => {
        if (isLost) throw new OpsError('unreachable', 'r01: the connection was lost')
        return one.ask(argv)
      },
    }
    const keeper = keepChain({kind: 'run', id, doors: [lossy], lines: lines(2)})
    await keeper.flush()
    isLost = false
    keeper.add(lines(3)[2]!)
    await keeper.flush()
    expect(keeper.kept()).toEqual([])
    await keeper.flush({last: true})
    expect(keeper.kept()).toEqual(['r01'])
    const {copies} = await askRecords(one)
    expect(copies[0]!.read().chain.lines).toEqual(lines(3))
  })

  it('costs a host that cannot write it that copy only, and is refused where no two can', async () => {
    const broken: Door = {
      ...door('r03'),
      ask: async () => ({stdout: 'failed 0\nend\n', stderr: '', code: 0}),
    }
    const told: string[] = []
    const keeper = keepChain({
      kind: 'run',
      id,
      doors: [door('r01'), broken, door('r02')],
      lines: lines(2),
      onFailure: (host, why) => told.push(`${host}: ${why}`),
    })
    await keeper.flush()
    await keeper.flush()
    expect(keeper.kept()).toEqual(['r01', 'r02'])
    expect(told).toEqual(['r03: it cannot be written (is the disk full?)'])
    expect(() => refuseFewCopies(keeper, 'the plan')).not.toThrow()

    const alone = keepChain({kind: 'run', id, doors: [door('r01'), broken], lines: lines(2)})
    await alone.flush()
    expect(() => refuseFewCopies(alone, 'the plan')).toThrow(/two hosts.*only r01.*r03: it cannot be written/)
  })

  it('stays within what a host keeps: one segment where there were many, and at last it is too large', async () => {
    const one = door('r01')
    const noise = (length: number): string =>
      JSON.stringify({noise: Array.from({length}, () => Math.random().toString(36).slice(2)).join('')})
    const keeper = keepChain({kind: 'run', id, doors: [one]})
    for (let at = 0; at < 12; at += 1) {
      keeper.add(noise(900))
      await keeper.flush()
    }
    expect(keeper.failures().get('r01')).toBe('the record is too large to be kept')
    expect(readFileSync(fileOf('r01')).length).toBeLessThan(80_001)
  })

  it('keeps the newest eighty of a kind', async () => {
    const one = door('r01')
    for (let at = 0; at < 83; at += 1)
      await keepChain({
        kind: 'run',
        id: `20261128-2015${String(at).padStart(2, '0').slice(-2)}-${at.toString(16).padStart(4, '0')}`,
        doors: [one],
        lines: lines(1),
      }).flush()
    expect(filesOf('r01')).toHaveLength(80)
    expect((await askRecords(one)).copies).toHaveLength(80)
    expect((await askRecords(one, {most: 3})).copies).toHaveLength(3)
  })

  it('lies in the folder that is prepared for the team, for the team alone', async () => {
    mkdirSync(join(folder, 'r01/var/lib/ringup'), {recursive: true, mode: 0o770})
    const keeper = keepChain({kind: 'run', id, doors: [door('r01')], lines: lines(1)})
    await keeper.flush()
    expect(filesOf('r01')).toEqual([])
    const [name] = readdirSync(join(folder, 'r01/var/lib/ringup'))
    expect(name).toMatch(/^riak@r01\.record\.run-20261128-201546-4f2a-[0-9a-f]{16}$/)
    expect(await askRecords(door('r01'))).toMatchObject({place: 'prepared', copies: [{id}]})
    chmodSync(join(folder, 'r01/var/lib/ringup'), 0o777)
    expect(await askRecords(door('r01'))).toMatchObject({place: 'unsafe'})
  })

  it.runIf(isRoot)('of one login is read by another, who makes a copy of its own', async () => {
    await keepChain({kind: 'run', id, doors: [door('r01', {uid: 4001})], lines: lines(2)}).flush()
    await keepChain({kind: 'run', id, doors: [door('r01', {uid: 4002})], lines: lines(3)}).flush()
    const {copies, uid} = await askRecords(door('r01', {uid: 4003}))
    expect(uid).toBe(4003)
    expect(copies.map(copy => [copy.uid, copy.read().chain.lines.length])).toEqual(
      expect.arrayContaining([
        [4001, 2],
        [4002, 3],
      ]),
    )
  })
})

describe('what others put there', () => {
  const start = async (count = 4): Promise<Door> => {
    const one = door('r01')
    const keeper = keepChain({kind: 'run', id, doors: [one]})
    for (const line of lines(count)) {
      keeper.add(line)
      await keeper.flush()
    }
    return one
  }
  const chainOn = async (one: Door) => (await askRecords(one)).copies[0]!.read()

  it('torn at any byte: what is whole before it counts', async () => {
    const one = await start()
    const whole = readFileSync(fileOf('r01'))
    for (let at = whole.length - 1; at > 0; at -= 3) {
      writeFileSync(fileOf('r01'), whole)
      truncateSync(fileOf('r01'), at)
      const {chain} = await chainOn(one)
      expect(lines(4).slice(0, chain.lines.length)).toEqual(chain.lines)
      // an end that only fills up the last byte is no loss
      expect(chain.lines.length).toBeGreaterThanOrEqual(
        whole.subarray(0, at).toString().split('\n').length - 1,
      )
    }
  })

  it('changed in any segment: nothing from there on counts', async () => {
    const one = await start()
    const whole = readFileSync(fileOf('r01'), 'utf8').split('\n')
    for (let at = 0; at < 4; at += 1) {
      const [number, head, data] = whole[at]!.split(' ')
      const changed = [...whole]
      changed[at] = `${number} ${head} ${data!.slice(0, 4)}AAAA${data!.slice(8)}`
      writeFileSync(fileOf('r01'), changed.join('\n'))
      const {chain, damage} = await chainOn(one)
      expect(chain.lines).toEqual(lines(4).slice(0, at))
      expect(damage).toBe('changed')
    }
  })

  it('a bomb that inflates to gigabytes takes no memory', async () => {
    const one = await start(1)
    const {deflateRawSync} = await import('node:zlib')
    const bomb = deflateRawSync(Buffer.alloc(50_000_000)).toString('base64')
    writeFileSync(fileOf('r01'), `1 ${'0'.repeat(24)} ${bomb}\n`)
    expect(await chainOn(one)).toMatchObject({chain: {lines: []}, damage: 'too large'})
  })

  it('links, folders, pipes, endless files and hostile names are passed over', async () => {
    const one = await start()
    const base = join(tmp('r01'), 'ringup-riak@r01.record.run-')
    const name = (digit: string): string => `${base}20261129-000000-000${digit}-${digit.repeat(16)}`
    symlinkSync('/etc/passwd', name('1'))
    mkdirSync(name('2'))
    spawnSync('mkfifo', [name('3')])
    writeFileSync(name('4'), '')
    truncateSync(name('4'), 2 ** 31)
    writeFileSync(`${base}20261129-000000-0005-x\nfile forged\n`, 'x')
    writeFileSync(`${base}$(id > PWNED)`, 'x')
    writeFileSync(name('6'), '\0\0\x1b]0;x\x07| = 1\nend\n')
    const {copies} = await askRecords(one)
    expect(copies.map(copy => [copy.id, copy.read().chain.lines.length])).toEqual(
      expect.arrayContaining([
        [id, 4],
        ['20261129-000000-0006', 0],
      ]),
    )
    expect(copies).toHaveLength(2)
    expect(existsSync('PWNED')).toBe(false)
  })

  it('tells how long ago a copy was touched', async () => {
    const one = await start()
    const then = Date.now() / 1000 - 600
    utimesSync(fileOf('r01'), then, then)
    expect((await askRecords(one)).copies[0]!.age).toBeGreaterThan(598)
  })

  it('an answer that is none is refused by name', () => {
    for (const text of ['', 'end\n', 'hello\nshared\nuid 1\nnow 1\nend\n', 'shared\nuid 1\nnow 1\nend'])
      expect(() => readAnswer({stdout: text, stderr: 'no more memory', code: 2}, 'r01')).toThrow(
        /r01: the answer about what it remembers is not understood: exit 2, ".*no more memory"/,
      )
  })
})
