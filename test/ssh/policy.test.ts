/** What ssh_config says of who is trusted and how one logs in: honoured, known to change neither, or named. */
import {execFileSync} from 'node:child_process'
import {copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {isOpsError} from '../../src/errors.ts'
import {knownFor} from '../../src/ssh/host-key.ts'
import {judgeHostKey} from '../../src/ssh/known-hosts.ts'
import {harmless, honoured, named, offered} from '../../src/ssh/policy.ts'
import {openPool} from '../../src/ssh/pool.ts'
import {hereAndNow, resolveTarget} from '../../src/ssh/resolve-target.ts'
import {knownHostsName, type Target} from '../../src/ssh/target.ts'
import {whoIsHere} from '../../src/who-is-here.ts'
import {keygen, type Sshd, type SshdFolder, sshdFolder, sshdMissing} from '../support/sshd.ts'

describe('ssh_config, read', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ringup-policy-'))
  })
  afterAll(() => rmSync(folder, {recursive: true, force: true}))
  const resolved = (text: string): Target => {
    writeFileSync(join(folder, 'config'), text)
    return resolveTarget(
      {name: 'r01', address: '10.0.0.1', configFile: join(folder, 'config')},
      hereAndNow(whoIsHere()),
    )
  }

  it.each([
    ['PubkeyAuthentication no', 'PubkeyAuthentication no'],
    ['PreferredAuthentications gssapi-with-mic,password', 'PreferredAuthentications'],
    ['CanonicalizeHostname yes', 'CanonicalizeHostname'],
    ['KnownHostsCommand /bin/keys %H', 'KnownHostsCommand'],
    ['PKCS11Provider /usr/lib/x.so', 'PKCS11Provider'],
    ['CheckHostIP yes', 'CheckHostIP yes'],
    ['KexAlgorithms sntrup761x25519-sha512@openssh.com', 'KexAlgorithms sntrup761x25519-sha512@openssh.com'],
    ['Ciphers arcfour', 'Ciphers arcfour'],
    ['MACs umac-64@openssh.com', 'MACs umac-64@openssh.com'],
    ['HostKeyAlgorithms sk-ssh-ed25519@openssh.com', 'HostKeyAlgorithms sk-ssh-ed25519@openssh.com'],
    ['TrustOnlyTuesdays yes', 'the keyword trustonlytuesdays, which ringup does not know'],
  ])('%s is named', (line, needs) => expect(resolved(`${line}\n`).needsOpenSsh).toBe(needs))

  it.each([
    'PubkeyAuthentication yes',
    'PubkeyAuthentication host-bound',
    'PreferredAuthentications gssapi-with-mic,publickey',
    'CanonicalizeHostname no',
    'KnownHostsCommand none',
    'CheckHostIP no',
    'GSSAPIAuthentication yes',
    'RevokedHostKeys none',
    'IgnoreUnknown Trust*\nTrustOnlyTuesdays yes',
    'Host other\n  PubkeyAuthentication no',
  ])('%s is not', text => expect(resolved(`${text}\n`).needsOpenSsh).toBeUndefined())

  it('takes the lists of algorithms as ssh does, as far as ssh2 has them', () => {
    const policy = resolved(`
KexAlgorithms ^ecdh-sha2-nistp521,sntrup761x25519-sha512
HostKeyAlgorithms -ecdsa-*
Ciphers aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr
MACs +hmac-md5
PubkeyAcceptedAlgorithms ssh-ed25519,rsa-sha2-*
RequiredRSASize 3072
`).policy!
    expect(policy.kex).toEqual(['ecdh-sha2-nistp521', ...offered.kex])
    expect(policy.hostKey).toEqual(['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256'])
    expect(policy.cipher).toEqual(['aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes256-ctr'])
    expect(policy.hmac).toEqual([...offered.hmac, 'hmac-md5'])
    expect(policy.accepted).toEqual([
      'ssh-ed25519',
      'rsa-sha2-512',
      'rsa-sha2-256',
      'rsa-sha2-512-cert-v01@openssh.com',
      'rsa-sha2-256-cert-v01@openssh.com',
    ])
    expect(policy.rsaBits).toBe(3072)
  })

  it.each([
    ['Port 99999', 'its port is 99999, and ports are 1 to 65535'],
    ['Port -1', 'its port is -1, and ports are 1 to 65535'],
    ['Port 0', 'its port is 0, and ports are 1 to 65535'],
    ['ConnectTimeout soon', 'its ssh_config has ConnectTimeout soon, which is no time'],
    ['ServerAliveInterval -5', 'its ssh_config has ServerAliveInterval -5, which is no time'],
    ['ServerAliveCountMax many', 'its ssh_config has ServerAliveCountMax many, which is no count'],
    ['RefuseConnection "use gate2"', 'use gate2'],
  ])('%s makes no way, and costs only that host', async (line, why) => {
    const target = resolved(`${line}\n`)
    expect(target.unusable?.why).toBe(why)
    const pool = openPool()
    await expect(pool.exec(target, ['true'])).rejects.toMatchObject({
      exitCode: 6,
      message: `r01: ${why}`,
      facts: {class: 'configuration', host: 'r01'},
    })
    await expect(pool.wayTo(target)).rejects.toMatchObject({exitCode: 6})
    pool.close()
  })

  it('takes times as ssh does', () => {
    expect(resolved('ConnectTimeout 1m30s\n').connectTimeout).toBe(90_000)
    expect(resolved('ConnectTimeout 0\n').connectTimeout).toBe(10_000)
    expect(resolved('ConnectTimeout none\n').connectTimeout).toBe(10_000)
    expect(resolved('ServerAliveInterval 1w\n').keepalive?.interval).toBe(604_800_000)
  })

  it.skipIf(sshdMissing)(
    'every keyword that this machine’s ssh has is in one of the lists, and in one only',
    () => {
      const all = [...honoured, ...named, ...harmless]
      expect(new Set(all).size).toBe(all.length)
      const config = join(folder, 'empty')
      writeFileSync(config, '')
      const told = execFileSync('ssh', ['-G', '-F', config, 'r01'], {encoding: 'utf8'})
      const keywords = told.split('\n').flatMap(line => line.split(' ')[0]?.toLowerCase() || [])
      expect(keywords.length).toBeGreaterThan(50)
      expect(keywords.filter(word => word !== 'host' && !all.includes(word))).toEqual([])
    },
  )

  it('docs/ssh.md has them', () => {
    const page = readFileSync(new URL('../../docs/ssh.md', import.meta.url), 'utf8').toLowerCase()
    expect([...honoured, ...named].filter(word => !page.includes(word))).toEqual([])
  })
})

describe.skipIf(sshdMissing)('ssh_config, kept', () => {
  let folder: SshdFolder
  let server: Sshd
  const file = (name: string): string => join(folder.path, name)
  beforeAll(async () => {
    folder = sshdFolder()
    server = await folder.start({ecdsa: true})
    writeFileSync(file('known_hosts'), `${server.knownHost}\n${server.knownHostEcdsa}\n`)
  })
  afterAll(() => folder.remove())

  const tried = async (lines: string, identityFile = folder.identityFile, at: Sshd = server) => {
    writeFileSync(
      file('config'),
      `${lines}\nPort ${at.port}\nUser ${at.user}\nIdentityFile ${identityFile}\nIdentitiesOnly yes\nUserKnownHostsFile ${file('known_hosts')}\n`,
    )
    const target = resolveTarget(
      {name: 'r01', address: at.address, configFile: file('config')},
      hereAndNow(whoIsHere()),
    )
    const pool = openPool()
    try {
      return {stdout: (await pool.exec(target, ['echo', 'in'])).stdout, target}
    } catch (error) {
      if (!isOpsError(error)) throw error
      return {
        class: error.facts?.class,
        message: error.message,
        hint: error.hint,
        exit: error.exitCode,
        target,
      }
    } finally {
      pool.close()
    }
  }
  const bySsh = (): boolean => {
    try {
      execFileSync('ssh', ['-F', file('config'), '-o', 'BatchMode=yes', server.address, 'true'], {
        stdio: 'pipe',
      })
      return true
    } catch {
      return false
    }
  }

  it('a revoked host key is refused, by a list of keys; so is every key where the list cannot be read', async () => {
    copyFileSync(`${server.hostKey}.pub`, file('revoked'))
    const revoked = await tried(`RevokedHostKeys ${file('revoked')}\nHostKeyAlgorithms ssh-ed25519`)
    expect(revoked).toMatchObject({class: 'host-key-revoked', exit: 6})
    expect(revoked.message).toContain(`${file('revoked')}:1`)
    expect(bySsh()).toBe(false)
    // and hosts trust sees it
    const key = Buffer.from(readFileSync(`${server.hostKey}.pub`, 'utf8').split(' ')[1]!, 'base64')
    expect(judgeHostKey(knownFor(revoked.target), knownHostsName(revoked.target), key)).toMatchObject({
      verdict: 'revoked',
    })

    keygen(file('another'))
    expect(await tried(`RevokedHostKeys ${file('another')}.pub`)).toMatchObject({stdout: 'in\n'})
    expect(bySsh()).toBe(true)

    expect(await tried(`RevokedHostKeys ${file('nowhere')}`)).toMatchObject({
      class: 'configuration',
      message: expect.stringContaining('which cannot be read (ENOENT)'),
    })
    expect(bySsh()).toBe(false)

    execFileSync('ssh-keygen', ['-q', '-k', '-f', file('krl'), `${file('another')}.pub`])
    expect(await tried(`RevokedHostKeys ${file('krl')}`)).toMatchObject({
      class: 'unsupported',
      message: expect.stringContaining('which is a KRL'),
      hint: expect.stringContaining('--transport openssh'),
    })
  })

  it('algorithms are those that are allowed', async () => {
    const one = await folder.start({
      config: 'KexAlgorithms ecdh-sha2-nistp521\nCiphers aes256-ctr\nMACs hmac-sha2-512\n',
    })
    writeFileSync(file('known_hosts'), `${one.knownHost}\n`, {flag: 'a'})
    const lines = 'KexAlgorithms ecdh-sha2-nistp521\nCiphers aes256-ctr\nMACs hmac-sha2-512'
    expect(await tried(lines, undefined, one)).toMatchObject({stdout: 'in\n'})
    for (const refused of [
      'KexAlgorithms -ecdh*',
      'Ciphers aes128-ctr',
      'MACs hmac-sha1\nCiphers aes256-ctr',
    ])
      expect(await tried(refused, undefined, one), refused).toMatchObject({class: 'unsupported', exit: 6})
    expect(await tried('HostKeyAlgorithms rsa-sha2-512')).toMatchObject({class: 'unsupported', exit: 6})
  })

  it('keys are shown only of the types and lengths that are allowed', async () => {
    keygen(file('rsa'), 'rsa')
    const [own, rsa] = ['ed25519', 'rsa'].map((_, at) =>
      readFileSync(`${at === 0 ? folder.identityFile : file('rsa')}.pub`, 'utf8'),
    )
    writeFileSync(`${folder.identityFile}.pub`, `${own}${rsa}`)
    expect(await tried('', file('rsa'))).toMatchObject({stdout: 'in\n'})
    expect(await tried('PubkeyAcceptedAlgorithms ssh-ed25519', file('rsa'))).toMatchObject({
      class: 'authentication',
      message: expect.stringContaining('a key of type ssh-rsa is left out: PubkeyAcceptedAlgorithms'),
    })
    expect(bySsh()).toBe(false)
    expect(await tried('RequiredRSASize 8192', file('rsa'))).toMatchObject({
      class: 'authentication',
      message: expect.stringMatching(/an RSA key of 3072 bits is left out/),
    })
    writeFileSync(`${folder.identityFile}.pub`, own!)
  })
})
