/** What goes wrong on real servers: each named within its limit, and no other host the worse for it. */
import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:net'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {isOpsError} from '../../src/errors.ts'
import type {ExecOptions, ExecResult} from '../../src/ssh/exec.ts'
import {fanOut} from '../../src/ssh/fan-out.ts'
import {openPool, type Pool} from '../../src/ssh/pool.ts'
import {limitedLine} from '../../src/ssh/remote-limit.ts'
import type {Target} from '../../src/ssh/target.ts'
import {type Sshd, type SshdFolder, type SshdOptions, sshdFolder, sshdMissing} from '../support/sshd.ts'
import {stallingProxy} from '../support/stalling-proxy.ts'

const isRoot = process.getuid?.() === 0

describe.skipIf(sshdMissing)('faults', () => {
  let folder: SshdFolder
  let good: Sshd
  const file = (name: string): string => join(folder.path, name)
  let names = 0

  /** a target for a server, with a known_hosts of its own */
  const targetOf = (
    {address, port, user, knownHost}: Pick<Sshd, 'address' | 'port' | 'user' | 'knownHost'>,
    change: Partial<Target> = {},
  ): Target => {
    names += 1
    const known = file(`known-${names}`)
    const at = {address, port, ...change}
    writeFileSync(known, `[${at.address}]:${at.port} ${knownHost.replace(/^\S+ /, '')}\n`)
    return {
      name: `h${names}`,
      user,
      identityFiles: [folder.identityFile],
      knownHostsFiles: [known],
      connectTimeout: 1500,
      keepalive: {interval: 200, count: 3},
      ...at,
    }
  }
  const started = async (options: SshdOptions, change: Partial<Target> = {}): Promise<Target> =>
    targetOf(await folder.start(options), change)

  /** The same command on the bad host and on three good ones; the good ones must all answer. */
  const beside = async (
    bad: Target,
    argv: readonly string[] = ['true'],
    options: ExecOptions & {during?: () => void} = {},
  ) => {
    const pool = openPool()
    const others = [1, 2, 3].map(() => targetOf(good, {user: good.user}))
    const begun = performance.now()
    let ended = 0
    const outcomes: {host: Target; result?: ExecResult | undefined; failure?: Error | undefined}[] = []
    const ask = (host: Target): Promise<ExecResult> =>
      pool.exec(host, host === bad ? argv : ['true'], options).finally(() => {
        if (host === bad) ended = performance.now() - begun
      })
    options.during?.()
    for await (const outcome of fanOut([bad, ...others], 8, ask)) outcomes.push(outcome)
    pool.close()
    const fine = outcomes.filter(({host, result}) => host !== bad && result?.code === 0)
    expect(fine).toHaveLength(3)
    const {result, failure} = outcomes.find(({host}) => host === bad)!
    return {
      ms: ended,
      result,
      class: isOpsError(failure) ? failure.facts?.class : undefined,
      exit: isOpsError(failure) ? failure.exitCode : result?.code,
      message: failure?.message,
    }
  }
  const within = (ms: number, low: number, high: number): void => {
    expect(ms).toBeGreaterThan(low)
    expect(ms).toBeLessThan(high)
  }

  beforeAll(async () => {
    folder = sshdFolder()
    good = await folder.start()
  })
  afterAll(() => folder.remove())

  it('refused', async () => {
    expect(await beside(targetOf(good, {port: 1}))).toMatchObject({class: 'refused', exit: 6})
  })

  const listener = async (greet: string | undefined): Promise<{port: number; server: Server}> => {
    const server = createServer(socket => {
      socket.on('error', () => {})
      if (greet !== undefined) socket.write(greet)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return {port: (server.address() as {port: number}).port, server}
  }

  it.each([
    ['accepts TCP and says nothing', undefined],
    ['greets and then says nothing', 'SSH-2.0-Silent\r\n'],
  ])('%s', async (_, greet) => {
    const {port, server} = await listener(greet)
    const found = await beside(targetOf(good, {address: '127.0.0.1', port}))
    expect(found).toMatchObject({class: 'connect-timeout', exit: 6})
    expect(found.message).toContain(
      'it accepted the connection, but no SSH session was agreed within 1500 ms',
    )
    within(found.ms, 1400, 2500)
    server.close()
  })

  it('is no SSH server at all', async () => {
    const {port, server} = await listener('HTTP/1.1 400 Bad Request\r\n\r\n')
    expect(await beside(targetOf(good, {address: '127.0.0.1', port}))).toMatchObject({exit: 6})
    server.close()
  })

  it('a frozen server', async () => {
    const frozen = await folder.start()
    frozen.freeze()
    const found = await beside(targetOf(frozen))
    frozen.thaw()
    expect(found).toMatchObject({class: 'connect-timeout', exit: 6})
    within(found.ms, 1400, 2500)
  })

  it.each([60, 1100, 1600])('frozen in the handshake, after %i bytes', async bytes => {
    const proxy = await stallingProxy(good)
    proxy.passOnly(bytes)
    const found = await beside(targetOf(good, {address: '127.0.0.1', port: proxy.port}))
    await proxy.close()
    expect(found).toMatchObject({class: 'connect-timeout', exit: 6})
    within(found.ms, 1400, 2500)
  })

  it('frozen in the middle of a command: lost, after the keepalive', async () => {
    const found = await beside(await started({}), [
      'sh',
      '-c',
      '(sleep 3; kill -CONT $PPID) >/dev/null 2>&1 & kill -STOP $PPID; sleep 1',
    ])
    expect(found).toMatchObject({class: 'lost', exit: 6})
    expect(found.message).toContain('the host stopped answering')
    within(found.ms, 700, 2500)
  })

  it('a link that is silent for a moment loses nothing; one that stays so is lost', async () => {
    const proxy = await stallingProxy(good)
    const through = targetOf(good, {
      address: '127.0.0.1',
      port: proxy.port,
      keepalive: {interval: 500, count: 5},
    })
    const cut = async (ms: number | undefined) => {
      setTimeout(proxy.off, 400)
      if (ms !== undefined) setTimeout(proxy.on, 400 + ms)
      return beside(through, ['sh', '-c', 'for i in 1 2 3 4 5; do echo $i; sleep 0.2; done'])
    }
    const blip = await cut(2000)
    expect(blip.result).toMatchObject({code: 0, stdout: '1\n2\n3\n4\n5\n'})
    const gone = await cut(undefined)
    expect(gone).toMatchObject({class: 'lost', exit: 6})
    within(gone.ms, 2000, 5500)
    await proxy.close()
  })

  it.each(['reset', 'end'] as const)('the connection is torn in a command: %s', async how => {
    const proxy = await stallingProxy(good)
    const bad = targetOf(good, {address: '127.0.0.1', port: proxy.port})
    setTimeout(proxy[how], 500)
    const found = await beside(bad, ['sh', '-c', 'echo begun; sleep 3'])
    await proxy.close()
    expect(found).toMatchObject({class: 'lost', exit: 6})
    within(found.ms, 400, 1500)
  })

  it('the session is killed on the host', async () => {
    expect(await beside(await started({}), ['sh', '-c', 'kill -9 $PPID; sleep 3'])).toMatchObject({
      class: 'lost',
      exit: 6,
    })
  })

  it.each([1, 3, 10])('MaxSessions %i: twenty commands at once, all answered', async most => {
    const pool = openPool()
    const target = await started({config: `MaxSessions ${most}\n`})
    const codes = await Promise.all(
      Array.from({length: 20}, (_, at) => pool.exec(target, ['sh', '-c', `sleep 0.05; exit ${at}`])),
    )
    pool.close()
    expect(codes.map(({code}) => code)).toEqual(Array.from({length: 20}, (_, at) => at))
  })

  it('MaxSessions 0 is said', async () => {
    const found = await beside(await started({config: 'MaxSessions 0\n'}))
    expect(found).toMatchObject({class: 'protocol', exit: 6})
    expect(found.message).toContain('MaxSessions')
  })

  it('MaxStartups 1: six who come at once are all let in', async () => {
    const target = await started({config: 'MaxStartups 1\n'}, {connectTimeout: 10_000})
    const pools: Pool[] = Array.from({length: 6}, () => openPool())
    const codes = await Promise.all(pools.map(async pool => (await pool.exec(target, ['true'])).code))
    for (const pool of pools) pool.close()
    expect(codes).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('60 hosts behind a bastion with default MaxStartups, over one connection to it', async () => {
    const bastion = await folder.start({config: 'LogLevel VERBOSE\n'})
    const jump = targetOf(bastion, {connectTimeout: 10_000})
    const inner = await Promise.all(Array.from({length: 6}, () => folder.start()))
    const targets = Array.from({length: 60}, (_, at) => ({
      ...targetOf(inner[at % 6]!, {connectTimeout: 15_000}),
      jump,
      // a connection of its own each
      identityFiles: [folder.identityFile, ...Array.from({length: at}, () => folder.identityFile)],
      identitiesOnly: true,
    }))
    const pool = openPool()
    const reached: number[] = []
    for await (const {result} of fanOut(targets, 64, host => pool.exec(host, ['true'])))
      reached.push(result?.code ?? 255)
    pool.close()
    expect(reached).toEqual(targets.map(() => 0))
    expect(bastion.log().match(/Accepted publickey/g)).toHaveLength(1)
  })

  it('5 MB on stderr that nobody asked for', async () => {
    const {result} = await beside(await started({}), ['sh', '-c', 'head -c 5000000 /dev/zero >&2; echo done'])
    expect(result).toMatchObject({code: 0, stdout: 'done\n'})
    expect(result?.stderr.length).toBe(5_000_000)
  })

  it('200 MB of output: kept in a file, not in memory', async () => {
    const spill = file('flood')
    const before = process.memoryUsage.rss()
    const {result} = await beside(await started({}), ['head', '-c', '200000000', '/dev/zero'], {
      outputLimit: 2 ** 20,
      spill,
    })
    expect(result).toMatchObject({code: 0, files: {stdout: `${spill}.stdout`}})
    expect(result?.stdout.length).toBe(2 ** 20)
    expect(statSync(`${spill}.stdout`).size).toBe(200_000_000)
    expect(statSync(`${spill}.stdout`).mode & 0o777).toBe(0o600)
    expect(process.memoryUsage.rss() - before).toBeLessThan(250e6)
    rmSync(`${spill}.stdout`)
  })

  it('a banner of 64 KB', async () => {
    writeFileSync(file('banner'), `${'x'.repeat(79)}\n`.repeat(820))
    const target = await started({config: `Banner ${file('banner')}\n`})
    expect(await beside(target)).toMatchObject({class: 'unsupported', exit: 6})
    writeFileSync(file('short'), `${'x'.repeat(79)}\n`.repeat(400))
    const shorter = await started({config: `Banner ${file('short')}\n`})
    expect((await beside(shorter, ['echo', 'in'])).result).toMatchObject({code: 0, stdout: 'in\n'})

    const sshOptions = ['-F', 'none', '-o', `UserKnownHostsFile=${target.knownHostsFiles[0]}`]
    const more = ['-o', `Port=${target.port}`, '-o', `IdentityFile=${folder.identityFile}`]
    const pool = openPool({transport: 'openssh'})
    const {stdout} = await pool.exec({...target, sshOptions: [...sshOptions, ...more]}, ['echo', 'in'])
    expect(stdout).toBe('in\n')
    pool.close()
  })

  it('new keys every 300 KB, in the middle of eight outputs', async () => {
    const target = await started({config: 'RekeyLimit 300K\n'})
    const pool = openPool()
    const sums = await Promise.all(
      Array.from({length: 8}, async () => {
        const {stdout} = await pool.exec(target, ['seq', '1', '300000'])
        return stdout.length
      }),
    )
    pool.close()
    expect(new Set(sums)).toEqual(new Set([1_988_895]))
  })

  it('a host key that changes in the middle of a campaign', async () => {
    const first = await folder.start()
    const target = targetOf(first)
    const pool = openPool()
    expect((await pool.exec(target, ['true'])).code).toBe(0)
    await first.stop()
    await folder.start({address: first.address, port: first.port})
    // the session that is open goes on; the next one meets the other key
    await expect(pool.exec(target, ['sh', '-c', 'kill -9 $PPID; sleep 3'])).rejects.toMatchObject({
      facts: {class: 'lost'},
    })
    await expect(pool.exec(target, ['true'])).rejects.toMatchObject({
      exitCode: 6,
      facts: {class: 'host-key-changed'},
    })
    pool.close()
  })

  it('a disk that is full, where output is to be kept', async () => {
    const found = await beside(await started({}), ['head', '-c', '3000000', '/dev/zero'], {
      outputLimit: 2 ** 20,
      spill: '/dev/full/x',
    })
    expect(found).toMatchObject({class: 'protocol', exit: 6})
    expect(found.message).toContain('its output cannot be kept')
  })

  it.skipIf(!isRoot)('a disk that is full on the host', async () => {
    const {result} = await beside(await started({}), ['sh', '-c', 'head -c 9 /dev/zero >/dev/full'])
    expect(result?.code).not.toBe(0)
    expect(result?.stderr).toMatch(/No space left/)
  })

  it.skipIf(!isRoot)('a .bashrc that prints', async () => {
    const home = file('home')
    mkdirSync(home)
    writeFileSync(join(home, '.bashrc'), 'echo "welcome to this host"\n')
    const target = await started({config: `SetEnv SHLVL=0 HOME=${home}\n`, shell: '/bin/bash'})
    const {result} = await beside(target, ['sh', '-c', 'echo out; exit 4'])
    expect(result?.code).toBe(4)
    expect(result?.stdout).toBe('welcome to this host\nout\n')
  })

  it.for(['fish', 'bsd-csh', 'tcsh'])('a login shell that is %s', async (shell, {skip}) => {
    skip(!isRoot || !existsSync(`/usr/bin/${shell}`), 'not root, or no such shell here')
    const target = await started({shell: `/usr/bin/${shell}`})
    const words = [
      "it's",
      '$HOME',
      '(id)',
      'a b',
      '*',
      'x;y',
      '"q"',
      '\\',
      "\\'",
      'é\n!',
      '~',
      '#',
      '{a,b}',
      '%self',
      '^x',
      '&',
      '!!',
      'a\\!b\n',
      `long ${'é\n'.repeat(1500)}`,
      'x'.repeat(90_000),
    ]
    const {result} = await beside(target, ['printf', '%s\\0', ...words])
    expect(result?.stdout.split('\0').slice(0, -1)).toEqual(words)
    const plain = words.filter(word => !word.includes('\n'))
    const oneLine = await beside(target, ['printf', '%s\\0', ...plain])
    expect(oneLine.result?.stdout.split('\0').slice(0, -1)).toEqual(plain)
    const pool = openPool()
    const limited = await pool.shell(target, limitedLine(['printf', '%s\\0', ...words], 5))
    pool.close()
    expect(limited.stdout.split('\0').slice(0, -1)).toEqual(words)
  })

  it('a host without riak in its PATH', async () => {
    const {result} = await beside(await started({}), ['riak', 'version'])
    expect(result?.code).toBe(127)
  })

  describe('a command within its time', () => {
    const running = (mark: string): boolean => {
      try {
        return execFileSync('pgrep', ['-f', `sleep ${mark}`], {encoding: 'utf8'}).trim() !== ''
      } catch {
        return false
      }
    }
    const gone = async (mark: string): Promise<void> => {
      for (let tries = 0; running(mark) && tries < 60; tries += 1) await delay(50)
      expect(running(mark)).toBe(false)
    }
    const mark = (): string => `${300 + Math.floor(Math.random() * 1000)}.${process.pid}${++names}`

    it('exits as the command does', async () => {
      const pool = openPool()
      const line = limitedLine(['sh', '-c', 'cat; echo out; echo err >&2; exit 9'], 10)
      expect(await pool.shell(targetOf(good), line)).toMatchObject({
        stdout: 'out\n',
        stderr: 'err\n',
        code: 9,
      })
      pool.close()
    })

    it('is ended when its time is up, with all that it began', async () => {
      const pool = openPool()
      const one = mark()
      const line = limitedLine(['sh', '-c', `sleep ${one} & sleep ${one}; true`], 1)
      expect((await pool.shell(targetOf(good), line)).code).toBe(124)
      await gone(one)
      pool.close()
    })

    it('is ended when it is cancelled, and when the connection is lost', async () => {
      const pool = openPool()
      const [one, two] = [mark(), mark()]
      const controller = new AbortController()
      const going = pool.shell(targetOf(good), limitedLine(['sleep', one], 300), {signal: controller.signal})
      setTimeout(() => controller.abort(), 500)
      await expect(going).rejects.toMatchObject({facts: {class: 'cancelled'}})
      await gone(one)

      const proxy = await stallingProxy(good)
      const other = targetOf(good, {address: '127.0.0.1', port: proxy.port})
      setTimeout(proxy.reset, 700)
      await expect(pool.shell(other, limitedLine(['sleep', two], 300))).rejects.toMatchObject({
        facts: {class: 'lost'},
      })
      await gone(two)
      await proxy.close()
      pool.close()
    })
  })

  it('two hosts with one key are two hosts', async () => {
    const other = await folder.start({sameKeyAs: good})
    const {result} = await beside(targetOf(other))
    expect(result?.code).toBe(0)
  })
})
