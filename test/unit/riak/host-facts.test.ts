/** The fact script as this machine runs it, and its answers as they are read. */

import {execFile} from 'node:child_process'
import {createHash} from 'node:crypto'
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {Answer} from '../../../src/riak/answers/answer.ts'
import type {Door} from '../../../src/riak/door.ts'
import {askFacts, factsArgv, readFacts} from '../../../src/riak/host/host-facts.ts'
import {quoteArgv} from '../../../src/ssh/quote.ts'

let folder: string
const servers: Server[] = []

/** As sshd does it: by the login's shell. */
const run = (argv: readonly string[]): Promise<Answer> =>
  new Promise(resolve => {
    const child = execFile('sh', ['-c', quoteArgv(argv)], (_, stdout, stderr) =>
      resolve({stdout, stderr, code: child.exitCode ?? undefined}),
    )
  })

/** A program of that name, found first. */
const program = (name: string, script: string): void => {
  const file = join(folder, 'bin', name)
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringup-facts-'))
  for (const name of ['bin', 'etc', 'releases', 'data/ring']) mkdirSync(join(folder, name), {recursive: true})
  program('riak', 'echo "Node riak@127.0.0.1 is not responding to pings."; exit 1')
  writeFileSync(join(folder, 'releases/start_erl.data'), '13.1.5 3.2.3')
})
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  rmSync(folder, {recursive: true, force: true})
})

const door = (): Door => ({
  host: 'r9',
  node: 'riak@127.0.0.1',
  riak: ['env', join(folder, 'bin/riak')],
  eval: true,
  dataDir: join(folder, 'data'),
  ask: run,
})

const ask = (peers: string[] = []) =>
  askFacts(door(), Date.now, {salt: 'ab12', isNew: true, size: true, peers})

// it asks what hosts of Riak have: GNU's date and du, /proc, bash
describe.runIf(process.platform === 'linux')('the fact script', () => {
  it('reads configuration, release, disk and machine of a host with Riak stopped', async () => {
    writeFileSync(
      join(folder, 'etc/riak.conf'),
      `## nodename = riak@commented.out
nodename = riak@127.0.0.1
distributed_cookie = s3cret=x
  ring_size = 128\r
storage_backend = leveled
platform_data_dir = ${folder}/data
handoff.port = 8199
`,
    )
    writeFileSync(
      join(folder, 'etc/advanced.config'),
      '[{riak_core, [\n  % {target_n_val, 9},\n  {choose_claim_fun,\n   {riak_core_membership_claim, choose_claim_v4}}, {target_n_val, 5}]}].',
    )
    writeFileSync(join(folder, 'data/ring/riak_core_ring.default.1'), 'ring')
    const facts = await ask()

    expect(facts).toMatchObject({
      state: 'stopped',
      riak: join(folder, 'bin/riak'),
      version: '3.2.3',
      otp: '25',
      ringFile: join(folder, 'data/ring/riak_core_ring.default.1'),
      dataFile: undefined,
      dataDir: join(folder, 'data'),
      config: {
        node: 'riak@127.0.0.1',
        cookieHash: createHash('sha256').update('ab12s3cret=x').digest('hex'),
        ringSize: 128,
        backend: 'leveled',
        claim: 'choose_claim_v4',
        targetN: 5,
        handoffPort: 8199,
      },
    })
    expect(facts.disk!.size).toBeGreaterThan(facts.disk!.free)
    expect(facts.dataBytes).toBeGreaterThan(3)
    expect(facts.memory).toBeGreaterThan(1e8)
    expect(facts.clock!.lowest).toBeLessThanOrEqual(0)
    expect(facts.clock!.highest).toBeGreaterThanOrEqual(0)
  })

  it('takes the backend that the release has where none is set', async () => {
    writeFileSync(join(folder, 'etc/riak.conf'), 'nodename = riak@127.0.0.1\n')
    expect((await ask()).config?.backend).toBe('bitcask')

    writeFileSync(join(folder, 'releases/start_erl.data'), '14.2.5 3.4.0')
    expect((await ask()).config?.backend).toBe('leveled')
  })

  it('takes the default cookie where none is set, and never shows one', async () => {
    writeFileSync(join(folder, 'etc/riak.conf'), 'nodename = riak@127.0.0.1\n')
    const {stdout} = await run(factsArgv(door(), {salt: 'ab', isNew: false, size: false, peers: []}))
    expect(stdout).toContain(`cookie=${createHash('sha256').update('abriak').digest('hex')}`)

    writeFileSync(join(folder, 'etc/riak.conf'), 'distributed_cookie = hushhush\n')
    const secret = await run(factsArgv(door(), {salt: 'ab', isNew: false, size: false, peers: []}))
    expect(secret.stdout + secret.stderr).not.toContain('hushhush')
  })

  it('asks epmd for the port of a node and connects to it, and to handoff', async () => {
    const listen = (port: number, answer?: Buffer): Promise<number> =>
      new Promise(resolve => {
        const server = createServer(socket => {
          socket.on('error', () => {})
          if (answer) socket.once('data', () => socket.end(answer))
        })
        servers.push(server)
        server.listen(port, '127.0.77.9', () => resolve((server.address() as {port: number}).port))
      })
    const erlang = await listen(0)
    const asked: Buffer = Buffer.from([119, 0, erlang >> 8, erlang & 255, 77, 0, 0, 6, 0, 5])
    await listen(4369, asked)
    await listen(8099)

    const {peers} = await ask(['riak@127.0.77.9', 'riak@127.0.77.10', 'riak@no-such-host.invalid'])

    expect(peers.find(({node}) => node === 'riak@127.0.77.9')).toEqual({
      node: 'riak@127.0.77.9',
      address: '127.0.77.9',
      epmd: {port: 4369, outcome: 'open'},
      handoff: {port: 8099, outcome: 'open'},
      distribution: {port: erlang, outcome: 'open'},
      registered: erlang,
    })
    expect(peers.find(({node}) => node === 'riak@127.0.77.10')).toMatchObject({
      epmd: {outcome: 'refused'},
      handoff: {outcome: 'refused'},
      registered: undefined,
    })
    expect(peers.find(({node}) => node === 'riak@no-such-host.invalid')?.address).toBeUndefined()
  })

  it.each([
    ['sudo: a password is required', 'unknown'],
    ['pong', 'running'],
    ['Node riak@127.0.0.1 is not responding to pings', 'stopped'],
  ])('takes riak at its word: %s', async (words, state) => {
    program('riak', `echo "${words}"`)
    expect(await ask()).toMatchObject({state, said: expect.stringContaining(words)})
  })

  it('tells what a running node says of itself, past the chatter before', async () => {
    program(
      'riak',
      `echo "sudo: unable to resolve host r9"; echo '{ringup_facts,1,[{node,'"'riak@127.0.0.1'"'},{cookie,"cc"},{version,"3.2.3"},{otp,"25"},{ring,{64,[riak@a,riak@b]}},{backend,{ok,riak_kv_eleveldb_backend}},{handoff_port,{ok,8099}},{handoff_ip,{ok,"0.0.0.0"}},{data_dir,{ok,"/var/lib/riak"}},{target_n,undefined},{claim,{ok,{riak_core_membership_claim,choose_claim_v3}}},{files,65536}]}'`,
    )
    expect(await ask()).toMatchObject({
      state: 'running',
      said: '',
      members: ['riak@a', 'riak@b'],
      openFiles: {limit: 65536, of: 'node'},
      config: {
        from: 'running',
        cookieHash: 'cc',
        ringSize: 64,
        backend: 'leveldb',
        claim: 'choose_claim_v3',
        targetN: 4,
      },
    })
  })
})

describe('an answer that breaks off', () => {
  it('is no answer', () => {
    const who = {host: 'r9', node: 'riak@r9'}
    const times = {sent: 0, received: 10}
    expect(readFacts(who, 'start=1.5\nriak=/usr/sbin/riak\n', times)).toBeUndefined()
    expect(readFacts(who, 'bash: sh: command not found\n', times)).toBeUndefined()
  })

  it.each([
    ['9.3', '20'],
    ['10.3.5', '21'],
    ['10.7', '22'],
    ['13.1.5', '25'],
  ])('has the OTP that ERTS %s came with: %s', (erts, otp) => {
    const text = `start=1.0\nrelease=${erts} 3.0.1\nend=1.%N\n`
    expect(readFacts({host: 'r', node: 'r@r'}, text, {sent: 0, received: 0})).toMatchObject({otp})
  })
})
