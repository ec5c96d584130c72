/** Behind a bastion: each wait on the way has the host's one deadline, and what is named is what is dead. */
import {execFileSync, spawn} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:net'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import ssh2 from 'ssh2'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {ExecReport} from '../../src/actions/exec.ts'
import {isOpsError} from '../../src/errors.ts'
import {openPool} from '../../src/ssh/pool.ts'
import {scanKey} from '../../src/ssh/scan-key.ts'
import type {Target} from '../../src/ssh/target.ts'
import {type Network, networkOf} from '../support/network-namespaces.ts'
import {keygen, type Sshd, type SshdFolder, sshdFolder, sshdMissing, sshdTarget} from '../support/sshd.ts'

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))
const isRoot = process.getuid?.() === 0

describe.skipIf(sshdMissing)('behind a bastion', () => {
  let folder: SshdFolder
  const file = (name: string): string => join(folder.path, name)
  beforeAll(() => {
    folder = sshdFolder()
  })
  afterAll(() => folder.remove())

  const failureOf = async (act: Promise<unknown>) => {
    const begun = performance.now()
    const error = await act.then(
      () => undefined,
      error => error as unknown,
    )
    if (!isOpsError(error)) throw error ?? new Error('it was let in')
    const {facts, exitCode, message, hint} = error
    return {ms: performance.now() - begun, class: facts?.class, host: facts?.host, exitCode, message, hint}
  }

  describe('that never answers', () => {
    let server: ssh2.Server
    let jump: Target
    beforeAll(async () => {
      keygen(file('silent'), 'rsa')
      const key = execFileSync('ssh-keygen', ['-p', '-m', 'PEM', '-N', '', '-f', file('silent')])
      expect(key.length).toBeGreaterThan(0)
      server = new ssh2.Server({hostKeys: [execFileSync('cat', [file('silent')])]}, client => {
        client.on('error', () => {})
        client.on('authentication', context => context.accept())
        // the request for a channel is heard, and that is all
        client.on('tcpip', () => {})
      })
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      const {port} = server.address() as {port: number}
      const [type, data] = execFileSync('cat', [file('silent.pub')], {encoding: 'utf8'}).split(' ')
      writeFileSync(file('known-silent'), `[127.0.0.1]:${port} ${type} ${data}\n`)
      jump = {
        name: 'bastion',
        address: '127.0.0.1',
        port,
        user: 'any',
        identityFiles: [folder.identityFile],
        knownHostsFiles: [file('known-silent')],
        connectTimeout: 30_000,
      }
    })
    afterAll(() => server.close())
    const behind = (): Target => ({
      ...jump,
      name: 'h',
      address: '10.0.0.9',
      port: 22,
      jump,
      connectTimeout: 700,
    })

    it.each([
      ['a command', (pool: ReturnType<typeof openPool>) => pool.exec(behind(), ['true'])],
      [
        'a host key',
        async (pool: ReturnType<typeof openPool>) => scanKey(behind(), await pool.wayTo(behind())),
      ],
    ])('the request for a channel: %s', async (_, act) => {
      const pool = openPool()
      const found = await failureOf(act(pool))
      pool.close()
      expect(found).toMatchObject({class: 'connect-timeout', host: 'h', exitCode: 6})
      expect(found.message).toContain('bastion opened no way to 10.0.0.9:22 within 700 ms')
      expect(found.ms).toBeGreaterThan(600)
      expect(found.ms).toBeLessThan(1800)
    })

    it('a server behind a real one that says nothing: one time for the channel and what follows', async () => {
      const real = await folder.start()
      writeFileSync(file('known-real'), `${real.knownHost}\n`)
      const silent: Server = createServer(socket => socket.on('error', () => {}))
      await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
      const {port} = silent.address() as {port: number}
      const way = sshdTarget(folder, real, {name: 'bastion', knownHostsFiles: [file('known-real')]})
      const pool = openPool()
      const found = await failureOf(
        pool.exec({...way, name: 'h', address: '127.0.0.1', port, jump: way, connectTimeout: 700}, ['true']),
      )
      pool.close()
      silent.close()
      expect(found).toMatchObject({class: 'connect-timeout', host: 'h', exitCode: 6})
      expect(found.ms).toBeLessThan(1800)
    })

    it('a port that is closed there is the host’s, not the bastion’s', async () => {
      const real = await folder.start()
      writeFileSync(file('known-real'), `${real.knownHost}\n`)
      const way = sshdTarget(folder, real, {name: 'bastion', knownHostsFiles: [file('known-real')]})
      const pool = openPool()
      const found = await failureOf(
        pool.exec({...way, name: 'h', address: '127.0.0.1', port: 1, jump: way}, ['true']),
      )
      pool.close()
      expect(found).toMatchObject({class: 'unreachable', host: 'h'})
      expect(found.message).toContain('bastion cannot reach 127.0.0.1:1')
      expect(found.hint).toContain('127.0.0.1 true')
    })
  })

  it('a connection that ends after the login is told as that', async () => {
    const server = await folder.start()
    writeFileSync(file('known-end'), `${server.knownHost}\n`)
    const pool = openPool()
    const target = sshdTarget(folder, server, {knownHostsFiles: [file('known-end')]})
    const killed = await failureOf(pool.exec(target, ['sh', '-c', 'kill -9 $PPID; sleep 3']))
    pool.close()
    expect(killed).toMatchObject({class: 'lost'})
    expect(killed.message).toBe(
      'r01: the connection was lost before the command ended: the server closed the connection',
    )
  })

  describe.skipIf(!isRoot)('on a network where the host behind swallows every packet', () => {
    let network: Network
    let bastion: Sshd
    let inventory: string
    const dead = '10.93.1.77'
    beforeAll(async () => {
      network = await networkOf(1)
      const [{address, holder}] = network.hosts as [Network['hosts'][number]]
      bastion = await folder.start({address, port: 22, within: holder})
      network.hosts[0]!.lose(dead)
      writeFileSync(file('known-bastion'), `${bastion.knownHost.replace(/^\[(.*)\]:22 /, '$1 ')}\n`)
      writeFileSync(
        file('config'),
        `Host ${dead}
  ProxyJump ${bastion.user}@${address}
Host *
  IdentityFile ${folder.identityFile}
  UserKnownHostsFile ${file('known-bastion')}
`,
      )
      inventory = file('inventory.yaml')
      writeFileSync(
        inventory,
        `version: 1
cluster: far
ssh: { user: ${bastion.user}, configFile: ${file('config')}, connectTimeout: 2s }
hosts:
  - { name: gone, address: ${dead} }
  - { name: gate, address: ${address} }
`,
      )
    })
    afterAll(() => network.close())

    it.each(['ssh2', 'openssh'])('ends in its time by %s', async transport => {
      const argv = ['exec', '-i', inventory, '--json', '--transport', transport, '--timeout', '2s', 'all']
      const [first, ...words] = network.asClient([process.execPath, program, ...argv, '--', 'true'])
      const begun = performance.now()
      const child = spawn(first!, words, {stdio: ['ignore', 'pipe', 'ignore']})
      let text = ''
      child.stdout.on('data', chunk => {
        text += chunk
      })
      expect(await new Promise(resolve => child.once('close', resolve))).toBe(6)
      expect(performance.now() - begun).toBeLessThan(30_000)
      const {hosts} = JSON.parse(text) as ExecReport
      expect(hosts).toMatchObject([
        {host: 'gone', failure: {class: 'connect-timeout'}},
        {host: 'gate', code: 0},
      ])
      const [gone] = hosts
      expect(gone?.failure?.hint).toContain(`${dead} true`)
    })
  })
})
