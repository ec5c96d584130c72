/** The lock's own script, run by shells of this machine in a folder a host. */
import {spawnSync} from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {acquireLock, askLock, type LockRecord, lockTiming} from '../../../src/execute/lock.ts'
import type {Door} from '../../../src/riak/door.ts'
import {door, eachTestItsHosts, folder, type Login, shells} from '../../support/host-shells.ts'
import {randomFrom} from '../../support/random.ts'

const isRoot = process.getuid?.() === 0
eachTestItsHosts()

const record = (run: string): LockRecord => ({
  run,
  holder: 'mäts',
  host: 'laptop',
  pid: 42,
  reason: 'OPS-1432 "é" $(id)',
  startedAt: 0,
  cluster: 'practice',
})
type Taking = Login & {readonly gone?: readonly string[]; readonly taken?: string[]}
const take = (run: string, hosts: readonly string[], {gone = [], taken, ...login}: Taking = {}) =>
  acquireLock({
    doors: hosts.map(host => door(host, login)),
    record: record(run),
    isGone: ({run: of}) => gone.includes(of),
    clock: {now: Date.now, sleep: async () => {}},
    onTaken: (host, claim) =>
      taken?.push(`${host} from ${claim.record === 'unreadable' ? claim.record : claim.record.run}`),
  })
const tmpOf = (host: string): string => join(folder, host, 'var/tmp')
const files = (): string[] =>
  readdirSync(folder, {recursive: true})
    .map(String)
    .filter(name => name.includes('.lock.'))
    .sort()
const onlyFile = (): string => join(folder, files()[0]!)
/** As if nothing had been heard of its holder for so long. */
const silent = (file: string, seconds: number): void => {
  const then = Date.now() / 1000 - seconds
  utimesSync(file, then, then)
}
/** Something of another user's, where the claims on the node of host `a` lie. */
const planted = (name: string): string => {
  mkdirSync(tmpOf('a'), {recursive: true})
  return join(tmpOf('a'), `ringup-riak@a.lock.${name}`)
}

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
      record: record('one'),
      isGone: () => false,
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

  it('is given back also where the answer to its claim was lost', async () => {
    let lost = false
    const losing: Door = {
      ...door('a'),
      ask: async argv => {
        const answer = await door('a').ask(argv)
        if (lost) return answer
        lost = true
        throw new Error('read ECONNRESET')
      },
    }
    const asked = {record: record('one'), isGone: () => false, onTaken: () => {}}

    await expect(
      acquireLock({...asked, doors: [losing], clock: {now: Date.now, sleep: async () => {}}}),
    ).rejects.toThrow('ECONNRESET')
    expect(files()).toEqual([])
  })

  it('is had on all hosts or on none, and says who has it', async () => {
    const lock = await take('one', ['b'])

    await expect(take('two', ['a', 'b', 'c'])).rejects.toMatchObject({
      kind: 'locked',
      exitCode: 5,
      message: expect.stringMatching(
        /^b is locked by mäts on laptop \(process 42, run one\): OPS-1432 "é" \$\(id\), last heard of .* ago$/,
      ),
    })
    expect(files().every(name => name.startsWith('b'))).toBe(true)
    await lock.release()
  })

  it('of one who is gone is taken over once it has expired, and that is told', async () => {
    const lock = await take('one', ['a'])
    silent(onlyFile(), 121)
    const taken: string[] = []

    const other = await take('two', ['a'], {taken})

    expect(taken).toEqual(['a from one'])
    // the first must not take away what is the other's by now
    await lock.release()
    expect(files()).toHaveLength(1)
    await other.release()
  })

  it('is another process’s also where it is of the same run; of a process that is gone it is nobody’s', async () => {
    await take('one', ['a'])

    await expect(take('one', ['a'])).rejects.toMatchObject({kind: 'locked'})
    const taken: string[] = []
    const resumed = await take('one', ['a'], {gone: ['one'], taken})
    expect(taken).toEqual(['a from one'])
    expect(files()).toHaveLength(1)
    await resumed.release()
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

  it('is lost to whoever took it over while its holder was silent, and one of two only goes on', async () => {
    const asleep = {token: 'asleep', record: record('asleep')}
    expect(await askLock(door('a'), 'acquire', asleep)).toMatchObject({outcome: 'acquired'})
    silent(onlyFile(), 300)
    expect(await askLock(door('a'), 'acquire', {token: 'next', record: record('next')})).toMatchObject({
      outcome: 'acquired',
    })

    expect(await askLock(door('a'), 'keep', asleep)).toMatchObject({outcome: 'lost'})
    expect(await askLock(door('a'), 'keep', {token: 'next'})).toMatchObject({outcome: 'kept'})
  })

  it('that was taken away by force lets no further write be sent, also before the next heartbeat', async () => {
    const lock = await take('one', ['a', 'b'])
    await lock.guard()
    await askLock(door('b'), 'clear')

    await expect(lock.guard()).rejects.toMatchObject({kind: 'locked', message: 'b: the lock was taken away'})
    await lock.release()
  })

  it('is not had again after a gap in which somebody may have come and gone', async () => {
    vi.useFakeTimers()
    let now = 0
    const lock = await acquireLock({
      doors: [door('a')],
      record: record('asleep'),
      isGone: () => false,
      clock: {now: () => now, sleep: async () => {}},
      onTaken: () => {},
    })
    now += lockTiming.stale + 1000
    await vi.advanceTimersByTimeAsync(lockTiming.heartbeat)
    vi.useRealTimers()

    await expect(lock.guard()).rejects.toMatchObject({
      kind: 'locked',
      message: expect.stringContaining('no further write is sent'),
    })
    await lock.release()
  })

  it('is kept after a clock was put forward while nobody else asked', async () => {
    const one = {token: 'one', record: record('one')}
    await askLock(door('a'), 'acquire', one)
    silent(onlyFile(), 4000)

    expect(await askLock(door('a'), 'keep', one)).toMatchObject({outcome: 'kept'})
  })
})

/** What a lock file is not, and what a shell might do with it. */
const foreign: readonly (readonly [what: string, text: string])[] = [
  ['a command in an arithmetic word', 'z a[$(id > PWNED)]\n{}\n'],
  [
    'a command in the place of a number',
    'ringup lock 2 $(id > PWNED) `id > PWNED`\n{"run":"$(id > PWNED)"}\n',
  ],
  ['options', '-e -n\n-c id\n'],
  ['nothing, as a power cut leaves it', ''],
  ['escape sequences', '\x1b]0;x\x07\x9b31m\n\x00\x00\n'],
  ['a line without an end', 'x'.repeat(3_000_000)],
]
const pwned = (): string => join(folder, 'PWNED')
const plantText = (name: string, text: string): string => {
  const file = planted(name)
  writeFileSync(file, text.replaceAll('PWNED', pwned()), 'latin1')
  return file
}

describe('what lies where a claim would', () => {
  it.each(foreign)('%s runs nothing, is named, blocks for two minutes at most', async (_, text) => {
    const file = plantText('one', text)

    const {claims, outcome} = await askLock(door('a'), 'show')
    expect(outcome).toBe('shown')
    expect(claims).toMatchObject([{file, state: 'fresh', record: 'unreadable'}])
    await expect(take('two', ['a'])).rejects.toMatchObject({
      kind: 'locked',
      message: expect.stringContaining(file),
    })

    silent(file, 121)
    const lock = await take('two', ['a'])
    expect(await askLock(door('a'), 'show')).toMatchObject({claims: [{state: 'fresh'}]})
    await lock.release()
    expect(existsSync(pwned())).toBe(false)
    expect(files()).toEqual([])
  })
})

describe.each(shells)('claims and what others put in their place, where sh is %s', sh => {
  it('who holds it is told', async () => {
    const lock = await take('one', ['a'], {sh})

    const {claims} = await askLock(door('a', {sh}), 'show')
    expect(claims).toMatchObject([{state: 'fresh', record: {run: 'one'}}])
    await lock.release()
  })

  it('all of it at once runs nothing, is named, blocks for two minutes at most', async () => {
    const made = foreign.map(([, text], at) => plantText(`x${at}`, text))

    const {claims} = await askLock(door('a', {sh}), 'show')
    expect(claims.map(({file}) => file).sort()).toEqual(made)
    for (const claim of claims) expect(claim).toMatchObject({state: 'fresh', record: 'unreadable'})
    await expect(take('two', ['a'], {sh})).rejects.toMatchObject({kind: 'locked'})

    for (const file of made) silent(file, 121)
    const lock = await take('two', ['a'], {sh})
    expect(await askLock(door('a', {sh}), 'show')).toMatchObject({claims: [{state: 'fresh'}]})
    await lock.release()
    expect(existsSync(pwned())).toBe(false)
    expect(files()).toEqual([])
  })

  it('a folder, a FIFO, a link to something or to nothing are no claims: named, not followed, not waited for', async () => {
    const precious = join(folder, 'precious')
    writeFileSync(precious, 'precious')
    mkdirSync(planted('folder'))
    chmodSync(planted('folder'), 0o777)
    spawnSync('mkfifo', [planted('fifo')])
    symlinkSync(precious, planted('link'))
    symlinkSync('/nowhere/at/all', planted('dangling'))

    const shown = await askLock(door('a', {sh}), 'show')
    expect(shown.claims.map(({token, state}) => `${token} ${state}`).sort()).toEqual([
      'dangling other',
      'fifo other',
      'folder other',
      'link other',
    ])
    const lock = await take('one', ['a'], {sh})
    await expect(take('two', ['a'], {sh})).rejects.toMatchObject({kind: 'locked'})
    expect(await lock.release()).toEqual([])

    expect(await askLock(door('a', {sh}), 'clear')).toMatchObject({outcome: 'released'})
    expect(readFileSync(precious, 'utf8')).toBe('precious')
    expect(files()).toEqual([])
  })

  it('names of files are words too', async () => {
    for (const name of ['$(id)', '-rf', 'a b', 'a\nfresh x', '\x1b[31m', '*', "'"])
      writeFileSync(planted(name), '\\c')

    expect((await askLock(door('a', {sh}), 'show')).claims.map(({token}) => token)).toEqual(
      expect.arrayContaining(['?', '-rf']),
    )
    await expect(take('one', ['a'], {sh})).rejects.toMatchObject({kind: 'locked'})
    expect(await askLock(door('a', {sh}), 'clear')).toMatchObject({outcome: 'released'})
    expect(files()).toEqual([])
  })

  it('more files than can be looked at are held to be a claim', async () => {
    for (let at = 0; at < 501; at += 1) symlinkSync('/nowhere', planted(`x${at}`))

    await expect(take('one', ['a'], {sh})).rejects.toMatchObject({kind: 'locked'})
    expect(await askLock(door('a', {sh}), 'show')).toMatchObject({more: true})
  })
})

describe('files of random bytes', () => {
  it('run nothing and are each named', async () => {
    const random = randomFrom(15)
    const words = [
      '$(',
      '`',
      ')',
      ']',
      'a[',
      '0x',
      '\n',
      '\0',
      '\\c',
      '-',
      ' ',
      '"',
      "'",
      ';',
      '|',
      '>',
      'id',
      '~',
      '*',
    ]
    // a thousand: npm run fuzz -- locks
    for (let at = 0; at < 30; at += 10) {
      const made = Array.from({length: 10}, (_, index) => {
        const text = Array.from({length: 1 + random.below(30)}, () =>
          random.chance(0.5) ? words[random.below(words.length)]! : String.fromCharCode(random.below(256)),
        ).join('')
        const file = planted(`r${at + index}`)
        writeFileSync(file, text, 'latin1')
        return file
      })
      const {claims} = await askLock(door('a', {sh: shells[at % shells.length]!}), 'show')
      expect(claims.map(({file}) => file).sort()).toEqual(made.sort())
      expect(claims.every(({record: said}) => said === 'unreadable')).toBe(true)
      for (const file of made) rmSync(file)
    }
    expect(readdirSync(join(folder, 'a'))).toEqual(['var'])
  })
})

describe.runIf(isRoot)('a team of logins that may not touch each other’s files', () => {
  const [ann, bob, riak] = [20_001, 20_002, 20_003]

  it('shares one lock: one at a time, expired ones taken over, each giving back its own', async () => {
    const first = await take('of-ann', ['a', 'b'], {uid: ann})
    for (const uid of [bob, riak, 0])
      await expect(take('next', ['a', 'b'], {uid})).rejects.toMatchObject({
        kind: 'locked',
        message: expect.stringContaining('run of-ann'),
      })

    for (const name of files()) silent(join(folder, name), 125)
    const taken: string[] = []
    const second = await take('of-bob', ['a', 'b'], {uid: bob, taken})
    expect(taken).toEqual(['a from of-ann', 'b from of-ann'])
    for (const uid of [ann, riak, 0])
      await expect(take('next', ['a', 'b'], {uid})).rejects.toMatchObject({
        message: expect.stringContaining('run of-bob'),
      })
    // whoever wakes up has lost it
    await first.release()
    expect(await second.release()).toEqual([])
    const third = await take('of-riak', ['a', 'b'], {uid: riak})
    expect(await third.release()).toEqual([])
    expect(files()).toEqual([])
  })

  it('of two who both find it expired one has it', async () => {
    await take('of-ann', ['a'], {uid: ann})
    silent(onlyFile(), 125)

    const both = await Promise.allSettled([
      take('of-bob', ['a'], {uid: bob}),
      take('of-riak', ['a'], {uid: riak}),
    ])
    expect(both.filter(({status}) => status === 'fulfilled')).toHaveLength(1)
  })

  it('cannot take away another’s living claim, and is told so; with sudo, or as root, it can', async () => {
    await take('of-ann', ['a'], {uid: ann})

    expect(await askLock(door('a', {uid: bob}), 'clear')).toMatchObject({
      outcome: 'failed',
      claims: [{state: 'fresh', uid: ann, record: {run: 'of-ann'}}],
    })
    expect(files()).toHaveLength(1)
    expect(await askLock(door('a', {uid: 0}), 'clear')).toMatchObject({outcome: 'released'})
    expect(files()).toEqual([])
    expect(await askLock(door('a', {uid: bob}), 'clear')).toMatchObject({outcome: 'none'})
  })

  it('cannot take away what another has left either, and does not say so; it keeps nobody out', async () => {
    await take('of-ann', ['a'], {uid: ann})
    silent(onlyFile(), 3600)

    expect(await askLock(door('a', {uid: bob}), 'clear')).toMatchObject({
      outcome: 'left',
      claims: [{state: 'expired', uid: ann}],
    })
    expect(files()).toHaveLength(1)
    expect(await askLock(door('a', {uid: 0}), 'clear')).toMatchObject({outcome: 'released'})
    expect(files()).toEqual([])
  })

  it('of a colleague who lets nobody read his files it is his all the same, and expires', async () => {
    const lock = await take('of-ann', ['a'], {uid: ann})
    chmodSync(onlyFile(), 0o600)

    await expect(take('of-bob', ['a'], {uid: bob})).rejects.toMatchObject({kind: 'locked'})
    silent(onlyFile(), 121)
    const other = await take('of-bob', ['a'], {uid: bob})
    await lock.release()
    await other.release()
  })

  it('has it in the folder that an administrator has prepared, where nobody else can put anything', async () => {
    const prepared = join(folder, 'a/var/lib/ringup')
    mkdirSync(prepared, {recursive: true})
    spawnSync('chown', [`0:${ann}`, prepared])
    chmodSync(prepared, 0o2770)
    writeFileSync(planted('somebody'), '')

    const lock = await take('of-ann', ['a'], {uid: ann})
    expect(files().filter(name => name.includes('var/lib'))).toHaveLength(1)
    await expect(take('of-root', ['a'], {uid: 0})).rejects.toMatchObject({kind: 'locked'})
    await expect(take('of-bob', ['a'], {uid: bob})).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('your login may not write to'),
    })
    await lock.release()

    chmodSync(prepared, 0o2777)
    await expect(take('of-ann', ['a'], {uid: ann})).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('that the team alone can write to'),
    })
  })
})

it('a claim is for everybody to read and for its owner to change', async () => {
  await take('one', ['a'])
  expect(lstatSync(onlyFile()).mode & 0o777).toBe(0o644)
})
