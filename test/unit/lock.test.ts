/** The lock's own script, run by this machine's shell in a folder a host. */
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {acquireLock, type LockRecord} from '../../src/execute/lock.ts'
import type {Door} from '../../src/riak/door.ts'
import {runReally} from '../support/local-shell.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringup-lock-'))
})
afterEach(() => rmSync(folder, {recursive: true, force: true}))

const door = (host: string): Door => ({
  host,
  node: `riak@${host}`,
  riak: ['riak'],
  eval: true,
  dataDir: '/d',
  ask: argv => runReally(join(folder, host), argv),
})
const record = (run: string): LockRecord => ({
  run,
  holder: 'mats',
  host: 'laptop',
  pid: 42,
  reason: 'OPS-1432',
  startedAt: 0,
})
const take = (run: string, hosts: readonly string[], more: {adopt?: boolean; taken?: string[]} = {}) =>
  acquireLock({
    doors: hosts.map(door),
    cluster: 'a "strange" name; $(id)',
    record: record(run),
    adopt: more.adopt ?? false,
    clock: {now: Date.now, sleep: async () => {}},
    onTaken: (host, from) => more.taken?.push(`${host} from ${from === 'unreadable' ? from : from.run}`),
  })
const files = (): string[] =>
  readdirSync(folder, {recursive: true})
    .map(String)
    .filter(name => name.includes('.lock'))
    .sort()
const lockOf = (host: string): string => join(folder, files().find(name => name.startsWith(host))!)

describe('the lock', () => {
  it('is had on all hosts, and given back on all', async () => {
    const lock = await take('one', ['a', 'b'])
    expect(files()).toHaveLength(2)

    expect(await lock.release()).toEqual([])
    expect(files()).toEqual([])
  })

  it('is given back over a new connection, once it is known that the old one was cut', async () => {
    let isCut = false
    const cut: Door = {
      ...door('a'),
      ask: argv => (isCut ? Promise.reject(new Error('write ECONNRESET')) : door('a').ask(argv)),
    }
    const lock = await acquireLock({
      doors: [cut],
      cluster: 'c',
      record: record('one'),
      adopt: false,
      clock: {
        now: Date.now,
        sleep: async () => {
          isCut = false
        },
      },
      onTaken: () => {},
    })
    isCut = true

    expect(await lock.release()).toEqual([])
    expect(files()).toEqual([])
  })

  it('is had on all hosts or on none, and says who has it', async () => {
    const lock = await take('one', ['b'])

    await expect(take('two', ['a', 'b', 'c'])).rejects.toMatchObject({
      kind: 'locked',
      exitCode: 5,
      message: expect.stringMatching(
        /^b is locked by mats on laptop \(process 42, run one\): OPS-1432, last heard of .* ago$/,
      ),
    })
    expect(files().every(name => name.startsWith('b'))).toBe(true)
    await lock.release()
  })

  it('of one who is gone is taken over once it is stale, and that is told', async () => {
    const lock = await take('one', ['a'])
    const text = readFileSync(lockOf('a'), 'utf8')
    writeFileSync(lockOf('a'), text.replace(/^one \d+/, `one ${Math.floor(Date.now() / 1000) - 121}`))
    const taken: string[] = []

    const other = await take('two', ['a'], {taken})

    expect(taken).toEqual(['a from one'])
    // the first must not take away what is the other's by now
    await lock.release()
    expect(files()).toHaveLength(1)
    await other.release()
  })

  it('of the same run is taken at once by its resume only', async () => {
    await take('one', ['a'])

    await expect(take('one', ['a'])).rejects.toMatchObject({kind: 'locked'})
    const resumed = await take('one', ['a'], {adopt: true})
    await resumed.release()
  })

  it('with a record that cannot be read is somebody’s all the same', async () => {
    const lock = await take('one', ['a'])
    const text = readFileSync(lockOf('a'), 'utf8')
    writeFileSync(lockOf('a'), `${text.split('\n')[0]}\nnonsense\n`)

    await expect(take('two', ['a'])).rejects.toMatchObject({
      kind: 'locked',
      message: expect.stringContaining('somebody whose record cannot be read'),
    })
    await lock.release()
  })

  it('goes to one of many who ask at the same moment', async () => {
    const results = await Promise.allSettled(
      Array.from({length: 12}, (_, at) => take(`run-${at}`, ['a', 'b'])),
    )

    const won = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    expect(won).toHaveLength(1)
    await won[0]!.release()
    expect(files()).toEqual([])
  })
})
