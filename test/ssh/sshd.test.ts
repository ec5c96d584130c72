import {appendFileSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {isOpsError} from '../../src/errors.ts'
import {openPool} from '../../src/ssh/pool.ts'
import type {Target} from '../../src/ssh/target.ts'
import {knownWith, type Sshd, type SshdFolder, sshdFolder, sshdMissing, sshdTarget} from '../support/sshd.ts'

describe.skipIf(sshdMissing)('against OpenSSH', () => {
  let folder: SshdFolder
  let server: Sshd
  let bastion: Sshd
  const pool = openPool()

  const target = (change: Partial<Target> = {}): Target => sshdTarget(folder, server, {...change})
  /** a known_hosts of its own for a test */
  const knowing = (name: string, lines: string[]): Pick<Target, 'knownHostsFiles'> => {
    writeFileSync(join(folder.path, name), `${lines.join('\n')}\n`)
    return {knownHostsFiles: [join(folder.path, name)]}
  }
  const failure = async (change: Partial<Target>, argv = ['true'], options = {}) => {
    const fresh = openPool()
    try {
      await fresh.exec(target(change), argv, options)
    } catch (error) {
      if (!isOpsError(error)) throw error
      return {exit: error.exitCode, class: error.facts?.class, message: error.message, hint: error.hint}
    } finally {
      fresh.close()
    }
    throw new Error('it did not fail')
  }

  beforeAll(async () => {
    folder = sshdFolder()
    server = await folder.start()
    bastion = await folder.start()
    writeFileSync(join(folder.path, 'known_hosts'), `${server.knownHost}\n${bastion.knownHost}\n`)
  })
  afterAll(async () => {
    pool.close()
    await folder.remove()
  })

  it('gives back stdout, stderr and the exit status, whatever it is', async () => {
    const {stdout, stderr, code, signal, ms} = await pool.exec(target(), [
      'sh',
      '-c',
      'echo out; echo err >&2; exit 3',
    ])

    expect({stdout, stderr, code, signal}).toEqual({
      stdout: 'out\n',
      stderr: 'err\n',
      code: 3,
      signal: undefined,
    })
    expect(ms).toBeGreaterThanOrEqual(0)
  })

  it('names the signal that ended a command', async () => {
    expect(await pool.exec(target(), ['sh', '-c', 'kill -9 $$'])).toMatchObject({
      code: undefined,
      signal: 'KILL',
    })
  })

  it('passes words as they are', async () => {
    const words = ["it's", '$HOME', '`id`', 'a b', '*', 'x;y', '"q"', '\\', 'é\n!']

    const {stdout} = await pool.exec(target(), ['printf', '%s\\0', ...words])

    expect(stdout.split('\0').slice(0, -1)).toEqual(words)
  })

  it('uses one connection for many commands', async () => {
    const peers = await Promise.all(
      Array.from({length: 5}, () => pool.exec(target(), ['sh', '-c', 'echo $SSH_CONNECTION'])),
    )

    expect(new Set(peers.map(({stdout}) => stdout)).size).toBe(1)
  })

  it('reads a flood on stderr, and refuses more output than it may keep', async () => {
    const {stderr} = await pool.exec(target(), ['sh', '-c', 'head -c 3000000 /dev/zero | tr "\\0" x >&2'])

    expect(stderr.length).toBe(3_000_000)
    expect(await failure({}, ['head', '-c', '100000', '/dev/zero'], {outputLimit: 1000})).toMatchObject({
      class: 'protocol',
      message: 'r01: the command wrote more than 1000 bytes',
    })
  })

  it('goes through a bastion, checking both keys', async () => {
    const jump: Target = {...target(), name: 'bastion', address: bastion.address, port: bastion.port}

    const {stdout} = await pool.exec(target({jump}), ['sh', '-c', 'echo $SSH_CONNECTION'])

    expect(stdout).toMatch(new RegExp(` ${server.address} ${server.port}\n$`))
    expect(await failure({jump: {...jump, ...knowing('no-bastion', [server.knownHost])}})).toMatchObject({
      exit: 6,
      class: 'host-key-unknown',
    })
  })

  it('refuses a host key that is not known, and says which it is', async () => {
    const refused = await failure(knowing('empty', ['']))

    expect(refused).toMatchObject({exit: 6, class: 'host-key-unknown'})
    expect(refused.message).toMatch(/its host key is not known: ssh-ed25519 SHA256:[\w+/]{43}$/)
    expect(refused.hint).toContain(
      "compare the fingerprint with the host's console, then: ringup hosts trust r01",
    )
  })

  it('refuses a host key that has changed, and one that is revoked', async () => {
    const other = knownWith(bastion, server)

    const changed = await failure(knowing('changed', [other]))
    const revoked = await failure(knowing('revoked', [server.knownHost, `@revoked ${server.knownHost}`]))

    expect(changed).toMatchObject({exit: 6, class: 'host-key-changed'})
    expect(changed.message).toContain('CHANGED')
    expect(changed.message).toContain(`${join(folder.path, 'changed')}:1`)
    expect(revoked).toMatchObject({exit: 6, class: 'host-key-revoked'})
  })

  it('asks for the key type that is known, so that a second key does not look like a changed one', async () => {
    const two = await folder.start({ecdsa: true})
    const {address, port} = two

    const {code} = await pool.exec(target({address, port, ...knowing('ecdsa', [two.knownHostEcdsa!])}), [
      'true',
    ])

    expect(code).toBe(0)
  })

  it('says that a key is not accepted', async () => {
    const stranger = sshdFolder()
    try {
      expect(await failure({identityFiles: [stranger.identityFile]})).toMatchObject({
        exit: 6,
        class: 'authentication',
      })
      expect(await failure({identityFiles: []})).toMatchObject({exit: 6, class: 'authentication'})
      expect(await failure({user: 'nobody-here'})).toMatchObject({exit: 6, class: 'authentication'})
    } finally {
      await stranger.remove()
    }
  })

  it('says what is wrong with a key file', async () => {
    writeFileSync(join(folder.path, 'no-key'), 'nothing\n')
    appendFileSync(join(folder.path, 'no-key'), readFileSync(`${folder.identityFile}.pub`))

    expect(await failure({identityFiles: [join(folder.path, 'missing')]})).toMatchObject({
      class: 'key-file',
      message: expect.stringContaining('ENOENT'),
    })
    expect(await failure({identityFiles: [join(folder.path, 'no-key')]})).toMatchObject({class: 'key-file'})
  })

  it('tells a host that refuses from one that is silent', async () => {
    expect(await failure({port: 2})).toMatchObject({exit: 6, class: 'refused'})
    expect(await failure({address: '127.0.0.1', port: 2, connectTimeout: 300})).toMatchObject({
      exit: 6,
    })
  })

  it('ends a command that takes too long, and leaves the connection usable', async () => {
    const late = pool.exec(target(), ['sleep', '5'], {timeout: 100})

    await expect(late).rejects.toMatchObject({facts: {class: 'command-timeout'}})
    expect((await pool.exec(target(), ['true'])).code).toBe(0)
  })

  it('never takes a lost connection for success', async () => {
    const fresh = openPool()
    const going = fresh.exec(target(), ['sh', '-c', 'kill -9 $PPID; sleep 5'])

    await expect(going).rejects.toMatchObject({facts: {class: 'lost'}})
    expect((await fresh.exec(target(), ['echo', 'again'])).stdout).toBe('again\n')
    fresh.close()
  })

  it('is cancelled by its signal', async () => {
    const controller = new AbortController()
    const going = pool.exec(target(), ['sleep', '5'], {signal: controller.signal})
    setTimeout(() => controller.abort(), 50)

    await expect(going).rejects.toMatchObject({facts: {class: 'cancelled'}})
  })
})
