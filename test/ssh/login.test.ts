/** Ways to be let in, against OpenSSH: keys, certificates, agents, host keys, and the system's own ssh. */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {isOpsError} from '../../src/errors.ts'
import type {AskPassphrase} from '../../src/ssh/identities.ts'
import {openPool, type PoolOptions} from '../../src/ssh/pool.ts'
import {hereAndNow, resolveTarget} from '../../src/ssh/resolve-target.ts'
import type {Target} from '../../src/ssh/target.ts'
import {wireString} from '../../src/ssh/wire.ts'
import {whoIsHere} from '../../src/who-is-here.ts'
import {
  keygen,
  knownWith,
  type Sshd,
  type SshdFolder,
  sshdFolder,
  sshdMissing,
  sshdTarget,
} from '../support/sshd.ts'

describe.skipIf(sshdMissing)('being let in by OpenSSH', () => {
  let folder: SshdFolder
  let server: Sshd
  const agents: ChildProcess[] = []
  const file = (name: string): string => join(folder.path, name)

  const target = (change: Partial<Target> = {}): Target =>
    sshdTarget(folder, server, {identitiesOnly: true, ...change})
  const tried = async (change: Partial<Target>, options: PoolOptions = {}, argv = ['echo', 'in']) => {
    const pool = openPool(options)
    try {
      const {stdout, code} = await pool.exec(target(change), argv)
      return {stdout, code}
    } catch (error) {
      if (!isOpsError(error)) throw error
      return {exit: error.exitCode, class: error.facts?.class, message: error.message, hint: error.hint}
    } finally {
      pool.close()
    }
  }
  const letIn = {stdout: 'in\n', code: 0}
  /** a server that lets in who has a certificate of an authority, and no plain key */
  const certified = async (type: string) => {
    const [authority, key] = [file(`authority-${type}`), file(`certified-${type}`)]
    keygen(authority)
    keygen(key, type)
    execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'test', '-n', server.user, `${key}.pub`])
    const config = `TrustedUserCAKeys ${authority}.pub\nAuthorizedKeysFile none\n`
    const {address, port, knownHost, stop} = await folder.start({config})
    writeFileSync(file(`known-${type}`), `${knownHost}\n`)
    return {key, stop, at: {address, port, knownHostsFiles: [file(`known-${type}`)], identityFiles: [key]}}
  }
  const agent = async (...keys: string[]): Promise<string> => {
    const socket = file(`agent-${agents.length}`)
    const child = spawn('ssh-agent', ['-D', '-a', socket], {stdio: 'ignore'})
    agents.push(child)
    while (!existsSync(socket)) await delay(10)
    for (const key of keys)
      execFileSync('ssh-add', ['-q', key], {env: {...process.env, SSH_AUTH_SOCK: socket}, stdio: 'pipe'})
    return socket
  }

  beforeAll(async () => {
    folder = sshdFolder()
    server = await folder.start()
    writeFileSync(file('known_hosts'), `${server.knownHost}\n`)
  })
  afterAll(async () => {
    for (const child of agents) child.kill()
    await folder.remove()
  })

  describe.each(['ed25519', 'ecdsa', 'rsa'])('a user certificate of type %s', type => {
    it('beside its key, by CertificateFile, and in the agent; the plain key is not enough', async () => {
      const {key, at, stop} = await certified(type)

      expect(await tried(at)).toEqual(letIn)

      const socket = await agent(key)
      expect(await tried({...at, agent: socket})).toEqual(letIn)
      expect(await tried({...at, identityFiles: [], identitiesOnly: false, agent: socket})).toEqual(letIn)

      const certificate = readFileSync(`${key}-cert.pub`)
      execFileSync('mv', [`${key}-cert.pub`, `${key}-elsewhere.pub`])
      expect(await tried(at)).toMatchObject({exit: 6, class: 'authentication'})
      expect(await tried({...at, certificateFiles: [`${key}-elsewhere.pub`]})).toEqual(letIn)
      expect(certificate.length).toBeGreaterThan(100)
      await stop()
    })
  })

  it('asks for the passphrase of an encrypted key once for many hosts, and again when it is wrong', async () => {
    const key = file('locked')
    keygen(key, 'ed25519', 'open sesame')
    const authorized = `AuthorizedKeysFile ${key}.pub\n`
    const servers = await Promise.all([1, 2, 3].map(() => folder.start({config: authorized})))
    writeFileSync(file('known-locked'), servers.map(({knownHost}) => `${knownHost}\n`).join(''))
    const asked: boolean[] = []
    const ask: AskPassphrase = async (_, again) => {
      asked.push(again)
      return again ? 'open sesame' : 'wrong'
    }
    const pool = openPool({askPassphrase: ask})
    const answers = await Promise.all(
      servers.map(({address, port}) =>
        pool.exec(target({address, port, identityFiles: [key], knownHostsFiles: [file('known-locked')]}), [
          'true',
        ]),
      ),
    )
    pool.close()

    expect(answers.map(({code}) => code)).toEqual([0, 0, 0])
    expect(asked).toEqual([false, true])
  })

  it('says that a key is encrypted when nobody can be asked, and uses the agent where it has it', async () => {
    const key = file('locked-2')
    keygen(key)
    const socket = await agent(key)
    execFileSync('ssh-keygen', ['-q', '-p', '-N', 'shut up', '-f', key])
    const {address, port, knownHost} = await folder.start({config: `AuthorizedKeysFile ${key}.pub\n`})
    writeFileSync(file('known-locked-2'), `${knownHost}\n`)
    const at = {address, port, identityFiles: [key], knownHostsFiles: [file('known-locked-2')]}

    const refused = await tried(at)
    expect(refused).toMatchObject({exit: 6, class: 'authentication'})
    expect(refused.message).toContain(`the key file ${key} is encrypted`)
    expect(refused.message).toContain(`ssh-add ${key}`)
    expect(await tried({...at, agent: socket})).toEqual(letIn)
  })

  it('offers the key of the file first, though the agent has seven others', async () => {
    const others = Array.from({length: 7}, (_, at) => file(`foreign-${at}`))
    for (const other of others) keygen(other)
    const socket = await agent(...others, folder.identityFile)

    expect(await tried({agent: socket, identitiesOnly: false})).toEqual(letIn)
    const lost = await tried({agent: socket, identitiesOnly: false, identityFiles: []})
    expect(lost).toMatchObject({exit: 6, class: 'authentication'})
    expect(lost.message).toContain('3 keys more were not offered')
  })

  it('names a FIDO key, which only ssh can use', async () => {
    const blob = Buffer.concat([
      wireString('sk-ssh-ed25519@openssh.com'),
      wireString(Buffer.alloc(32, 1)),
      wireString('ssh:'),
    ])
    const one = Buffer.from([0, 0, 0, 1])
    const body = Buffer.concat([
      Buffer.from('openssh-key-v1\0'),
      ...['none', 'none', ''].map(wireString),
      one,
      wireString(blob),
      wireString('private'),
    ])
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
    writeFileSync(file('fido'), text)

    const refused = await tried({identityFiles: [file('fido')]})
    expect(refused).toMatchObject({exit: 6, class: 'authentication'})
    expect(refused.message).toContain(`the key file ${file('fido')} is for a FIDO key`)
    expect(await tried({identityFiles: [file('fido'), folder.identityFile]})).toEqual(letIn)
  })

  it.each([
    ['GSSAPIAuthentication yes', 'unsupported', 'gssapi-with-mic'],
    ['PasswordAuthentication yes', 'authentication', 'password'],
  ])('names a server that takes no keys: %s', async (line, kind, method) => {
    const {address, port, knownHost} = await folder.start({config: `PubkeyAuthentication no\n${line}\n`})
    writeFileSync(file('known-other'), `${knownHost}\n`)
    const refused = await tried({address, port, knownHostsFiles: [file('known-other')]})
    expect(refused).toMatchObject({exit: 6, class: kind})
    expect(refused.message).toMatch(new RegExp(`is not let in: it takes .*${method}.* only$`))
  })

  it('knows a host by its alias', async () => {
    const plain = server.knownHost.replace(/^\S+/, 'the-alias')
    writeFileSync(file('aliased'), `${plain}\n`)
    expect(await tried({knownAs: 'the-alias', knownHostsFiles: [file('aliased')]})).toEqual(letIn)
    expect(await tried({knownHostsFiles: [file('aliased')]})).toMatchObject({class: 'host-key-unknown'})
  })

  it('takes a new key with accept-new, once, and never a changed one', async () => {
    const known = file('accepted')
    writeFileSync(known, '# no end of line')
    expect(await tried({acceptNew: true, knownHostsFiles: [known]})).toEqual(letIn)
    expect(readFileSync(known, 'utf8')).toBe(`# no end of line\n${server.knownHost}\n`)
    expect(await tried({knownHostsFiles: [known]})).toEqual(letIn)

    const {address, port} = await folder.start()
    writeFileSync(known, knownWith(server, {address, port}))
    expect(await tried({address, port, acceptNew: true, knownHostsFiles: [known]})).toMatchObject({
      class: 'host-key-changed',
    })
    expect(readFileSync(known, 'utf8').split('\n')).toHaveLength(1)
  })

  it('does not take the word of an authority, and says why', async () => {
    writeFileSync(file('authority'), `@cert-authority * ${server.knownHost.replace(/^\S+ /, '')}\n`)
    const refused = await tried({knownHostsFiles: [file('authority')]})
    expect(refused).toMatchObject({exit: 6, class: 'host-key-authority'})
    expect(refused.message).toContain(`${file('authority')}:1`)
    expect(refused.hint).toContain('--transport openssh')
  })

  it('names a server that speaks only what ssh2 does not, and reaches it by ssh', async () => {
    const config = 'KexAlgorithms sntrup761x25519-sha512@openssh.com\n'
    const {address, port, knownHost} = await folder.start({config})
    writeFileSync(file('known-pq'), `${knownHost}\n`)
    const sshOptions = options(file('known-pq'), {Port: String(port)})
    const at = {address, port, knownHostsFiles: [file('known-pq')], sshOptions}

    const refused = await tried(at)
    expect(refused).toMatchObject({exit: 6, class: 'unsupported'})
    expect(refused.message).toContain('key exchange')
    expect(refused.hint).toContain('--transport openssh')
    expect(await tried(at, {transport: 'openssh'})).toEqual(letIn)
  })

  const options = (known: string, more: Readonly<Record<string, string>> = {}): string[] => [
    '-F',
    'none',
    ...Object.entries({
      UserKnownHostsFile: known,
      IdentityFile: folder.identityFile,
      IdentitiesOnly: 'yes',
      ...more,
    }).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
  ]

  describe('by the ssh of this machine', () => {
    const bySsh = (change: Partial<Target> = {}, argv?: string[]) =>
      tried(
        {sshOptions: options(file('known_hosts'), {Port: String(server.port)}), ...change},
        {transport: 'openssh'},
        argv,
      )

    it('gives back outputs and statuses, 255 as well, over one connection', async () => {
      const pool = openPool({transport: 'openssh'})
      const at = target({sshOptions: options(file('known_hosts'), {Port: String(server.port)})})
      const ask = (script: string) => pool.exec(at, ['sh', '-c', script])
      const both = await ask('echo out; echo err >&2; exit 3')
      expect(both).toMatchObject({stdout: 'out\n', stderr: 'err\n', code: 3})
      expect((await ask('exit 255')).code).toBe(255)
      const peers = await Promise.all(
        Array.from({length: 4}, async () => (await ask('echo $SSH_CONNECTION')).stdout),
      )
      expect(new Set(peers).size).toBe(1)
      await expect(pool.exec(at, ['sleep', '5'], {timeout: 200})).rejects.toMatchObject({
        facts: {class: 'command-timeout'},
      })
      pool.close()
    })

    it('passes words as they are', async () => {
      const words = ["it's", '$HOME', '`id`', '*', '-oProxyCommand=x', '\\', 'é\n!']
      expect((await bySsh({}, ['printf', '%s\\0', ...words])).stdout?.split('\0').slice(0, -1)).toEqual(words)
    })

    it('names what fails as ssh2 does', async () => {
      writeFileSync(file('nothing'), '')
      const port = {Port: String(server.port)}
      expect(await bySsh({sshOptions: options(file('nothing'), port)})).toMatchObject({
        exit: 6,
        class: 'host-key-unknown',
      })
      expect(await bySsh({sshOptions: options(file('known_hosts'), {Port: '2'})})).toMatchObject({
        class: 'refused',
      })
      const other = sshdFolder()
      const wrong = {...port, IdentityFile: other.identityFile}
      expect(await bySsh({sshOptions: options(file('known_hosts'), wrong)})).toMatchObject({
        class: 'authentication',
      })
      await other.remove()
    })

    it('never takes a lost connection for success', async () => {
      expect(await bySsh({}, ['sh', '-c', 'kill -9 $PPID; sleep 3'])).toMatchObject({class: 'lost'})
    })

    it('is given the options of the inventory', () => {
      const given = resolveTarget(
        {name: 'r01', address: 'r01', user: 'ops', port: 2200, proxyJump: [], configFile: 'none'},
        hereAndNow(whoIsHere()),
      )
      expect(given.sshOptions).toEqual([
        '-F',
        'none',
        '-o',
        'User=ops',
        '-o',
        'Port=2200',
        '-o',
        'ProxyJump=none',
      ])
    })
  })
})
