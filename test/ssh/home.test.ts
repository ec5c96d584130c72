/** `~` is where OpenSSH has it: at the home that passwd has, and at $HOME for Include alone. Both programs are asked. */
import {execFileSync, spawnSync} from 'node:child_process'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {beforeEach, describe, expect, it} from 'vitest'
import type {InventoryReport} from '../../src/actions/inventory.ts'
import {eachTestItsOwn, home} from '../support/each-test.ts'
import {sshdMissing} from '../support/sshd.ts'

eachTestItsOwn()

/** As root of a user namespace, whose entry in passwd is in the file that is named first. */
const withPasswd = [
  ...['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c'],
  'mount --bind "$0" /etc/passwd && exec "$@"',
]
const nameless = ['unshare', '--user', '--map-user=54321', '--map-group=54321']
const possible = (by: readonly string[], ...words: string[]): boolean =>
  spawnSync(by[0]!, [...by.slice(1), ...words, 'true']).status === 0

const path = (name: string): string => join(home.path, name)
function write(name: string, text = ''): string {
  mkdirSync(dirname(path(name)), {recursive: true})
  writeFileSync(path(name), text)
  return path(name)
}

/** What `inventory show` says of the ways to the hosts, by their names. */
async function reach(by: readonly string[], env: Readonly<Record<string, string | undefined>>) {
  const {stdout, stderr} = await home.spawn(['inventory', 'show', '--json'], {by, env})
  expect(stderr).toBe('')
  const {hosts} = JSON.parse(stdout) as InventoryReport
  return Object.fromEntries(hosts.map(host => [host.name, host.reach]))
}

beforeEach(() => {
  write(
    'inventory.yaml',
    `version: 1
cluster: c
hosts:
  - { name: r01, address: 10.0.0.1 }
  - { name: r02, address: 10.0.0.2, ssh: { identityFile: ~/key, knownHostsFile: ~/known, configFile: ~/own } }
`,
  )
  for (const place of ['passwd', 'elsewhere']) {
    write(
      `${place}/.ssh/config`,
      `Include more/*
User of-${place}
IdentityFile ~/keys/tilde
IdentityFile %d/keys/token
IdentityFile \${HOME}/keys/variable
`,
    )
    write(`${place}/.ssh/more/port`, `Port ${place === 'passwd' ? 2201 : 2202}\n`)
    write(`${place}/own`, `User own-of-${place}\n`)
    for (const key of ['tilde', 'token', 'variable']) write(`${place}/keys/${key}`)
  }
})

describe.skipIf(sshdMissing || !possible(withPasswd, '/etc/passwd'))('HOME is not the home of passwd', () => {
  const passwd = (): string =>
    write(
      'etc',
      readFileSync('/etc/passwd', 'utf8').replace(/^(root:.*:)[^:\n]*(:.*)$/m, `$1${path('passwd')}$2`),
    )
  const env = () => ({HOME: path('elsewhere'), RINGUP_SSH_CONFIG: undefined})

  it('reads what ssh reads, and takes ~ and %d for what ssh does', async () => {
    const by = [...withPasswd, passwd()]
    const said = execFileSync(by[0]!, [...by.slice(1), 'ssh', '-G', '10.0.0.1'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {PATH: process.env.PATH, HOME: path('elsewhere')},
    })
    const {r01} = await reach(by, env())

    expect(r01).toMatchObject({
      user: 'of-passwd',
      port: 2202,
      identityFiles: ['passwd/keys/tilde', 'passwd/keys/token', 'elsewhere/keys/variable'].map(path),
    })
    expect(said).toContain(`\nuser ${r01!.user}\n`)
    expect(said).toContain(`\nport ${r01!.port}\n`)
    expect(said).toContain(`\nuserknownhostsfile ${r01!.knownHostsFiles.slice(0, 2).join(' ')}\n`)
  })

  it('takes ~ of the inventory for the same', async () => {
    const {r02} = await reach([...withPasswd, passwd()], env())
    expect(r02).toMatchObject({
      user: 'own-of-passwd',
      identityFiles: [path('passwd/key')],
      knownHostsFiles: [path('passwd/known')],
    })
  })

  it('reads the file that RINGUP_SSH_CONFIG names instead, where the inventory names none', async () => {
    const by = [...withPasswd, passwd()]
    const named = {...env(), RINGUP_SSH_CONFIG: write('named', 'User named\n')}

    expect(await reach(by, named)).toMatchObject({
      r01: {user: 'named', port: 22},
      r02: {user: 'own-of-passwd'},
    })
    expect(await reach(by, {...env(), RINGUP_SSH_CONFIG: 'none'})).toMatchObject({
      r01: {user: 'root', port: 22},
    })
  })

  it('gives the same file to ssh', async () => {
    const by = [...withPasswd, passwd()]
    const named = {...env(), RINGUP_SSH_CONFIG: write('named', 'HostName 127.0.0.1\nPort 1\nUser named\n')}
    const {code, stderr} = await home.spawn(['exec', 'r01', '--transport', 'openssh', '--', 'true'], {
      by,
      env: named,
    })

    expect(stderr).toMatch(/connect to host 127\.0\.0\.1 port 1: Connection refused/)
    expect(code).toBe(6)
  })
})

describe.skipIf(!possible(nameless))('a uid without an entry in passwd', () => {
  it('has its ~ where HOME is, for want of another, else at /', async () => {
    const {r01} = await reach(nameless, {HOME: path('elsewhere'), RINGUP_SSH_CONFIG: undefined})
    const none = {HOME: undefined, RINGUP_SSH_CONFIG: 'none'}

    expect(r01).toMatchObject({user: 'of-elsewhere', port: 2202})
    expect((await reach(nameless, none)).r01!.knownHostsFiles).toContain('/.ssh/known_hosts')
  })
})

it.each(['ssh2', 'openssh'])('an ssh_config that cannot be read is said, by %s', async transport => {
  const missing = path('missing')
  const {code, stderr} = await home.spawn(['exec', 'r01', '--transport', transport, '--', 'true'], {
    env: {RINGUP_SSH_CONFIG: missing},
  })

  expect(stderr).toContain(`the ssh_config ${missing} cannot be read`)
  expect(stderr).toContain('ssh.configFile in the inventory, or RINGUP_SSH_CONFIG')
  expect(code).toBe(6)
})
