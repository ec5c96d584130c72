/** What we make of an ssh_config, against what OpenSSH itself makes of it (`ssh -G`). */
import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {hereAndNow, resolveTarget} from '../../src/ssh/resolve-target.ts'
import type {Target} from '../../src/ssh/target.ts'
import {whoIsHere} from '../../src/who-is-here.ts'
import {sshdMissing} from '../support/sshd.ts'

const configs: Readonly<Record<string, string>> = {
  empty: '',
  'first value wins': `
Host r*
  User first
  Port 2201
Host *
  User second
  Port 2202
  HostName 10.0.0.9
`,
  negation: `
Host * !r02
  User most
Host r02,r03
  User comma
Host r0? !r03
  Port 2300
`,
  'match host and user': `
Host alpha
  HostName r01.example.net
Match host *.example.net
  Port 4000
  User inside
Match user inside host "r01.*,r02.*"
  HostKeyAlias seen
Match originalhost r02 !user nobody
  Port 4100
Match all
  ConnectTimeout 7
`,
  'files and tokens': `
IdentityFile ~/.ssh/first
Host r01
  IdentityFile ~/keys/%r@%h-%p
  IdentityFile "/with space/%n"
  UserKnownHostsFile ~/.ssh/kh-%h /etc/other
  GlobalKnownHostsFile /etc/ssh/g1 /etc/ssh/g2
  Port 2022
  User ops
Host *
  IdentityFile /tmp/last
  IdentitiesOnly yes
  StrictHostKeyChecking accept-new
  ServerAliveInterval 15
  ServerAliveCountMax 4
`,
  'an equals sign, tabs, quotes and capitals': `
host=R01 r01
\tUSER = "quoted"
\tport\t=\t99
  HOSTNAME "10.1.1.1"
`,
  'global lines before, Include after': `
ConnectTimeout 3
Include included/*
Host *
  User late
  Port 7777
`,
  'an Include inside of a Host that does not apply': `
Host nothing
  Include included/10-first
Host *
  Port 1234
`,
  'a Host inside of an Include ends with it': `
Host r01
  Include included/20-hosts
  User after-include
Host *
  User last
`,
  'hostname of the host': `
Host r0*
  HostName %h.example.net
`,
  'no key of a file': `
Host r01
  IdentityFile none
`,
  'comments and what is unknown': `
# a comment
IgnoreUnknown Foo
Host r01
  Foo bar
  # another
  Port 2500
`,
}

const hosts = ['r01', 'r02', 'r03', 'alpha', '10.0.0.1', 'r01.example.net']

describe.skipIf(sshdMissing)('resolveTarget, against ssh -G', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ringup-config-'))
    mkdirSync(join(folder, 'included'))
    writeFileSync(join(folder, 'included', '10-first'), 'User from-include\n')
    writeFileSync(join(folder, 'included', '20-hosts'), 'Host r02\n  Port 2020\nHost r01\n  Port 2010\n')
    writeFileSync(join(folder, 'included', '.hidden'), 'Port 1\n')
  })
  afterAll(() => rmSync(folder, {recursive: true, force: true}))

  const saidBySsh = (file: string, host: string): Map<string, string[]> => {
    const text = execFileSync('ssh', ['-F', file, '-G', host], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const values = new Map<string, string[]>()
    for (const line of text.split('\n')) {
      const [key = '', ...rest] = line.split(' ')
      values.set(key, [...(values.get(key) ?? []), rest.join(' ')])
    }
    return values
  }

  it.each(Object.keys(configs))('%s', name => {
    const file = join(folder, name.replaceAll(' ', '-'))
    // a relative Include is in ~/.ssh for ssh, whatever file it stands in
    writeFileSync(file, configs[name]!.replaceAll('included/', `${folder}/included/`))
    const here = {...hereAndNow(whoIsHere()), exists: () => true}
    for (const host of hosts) {
      const ours: Target = resolveTarget({name: host, address: host, configFile: file}, here)
      const theirs = saidBySsh(file, host)
      const one = (key: string): string | undefined => theirs.get(key)?.[0]
      const tokens = (text: string): string =>
        text.replace(/%[hnpr]/g, token =>
          token === '%h'
            ? ours.address
            : token === '%n'
              ? host
              : token === '%p'
                ? String(ours.port)
                : ours.user,
        )
      expect({
        host,
        user: ours.user,
        address: ours.address,
        port: ours.port,
        knownAs: ours.knownAs,
        only: ours.identitiesOnly,
        files: ours.identityFiles,
        known: ours.knownHostsFiles.join(' '),
        acceptNew: ours.acceptNew,
        interval: ours.keepalive?.interval ?? 0,
      }).toEqual({
        host,
        user: one('user'),
        address: one('hostname'),
        port: Number(one('port')),
        knownAs: one('hostkeyalias'),
        only: one('identitiesonly') === 'yes',
        files: (theirs.get('identityfile') ?? [])
          .filter(text => text !== 'none')
          .map(text => tokens(text.replace(/^~/, here.home)))
          // ssh's list of files that it tries by itself has one more
          .filter(text => !text.endsWith('id_xmss') && !text.endsWith('id_dsa'))
          .sort((a, b) => usual(a) - usual(b)),
        known: tokens(`${one('userknownhostsfile')} ${one('globalknownhostsfile')}`).replaceAll(
          '~',
          here.home,
        ),
        acceptNew: one('stricthostkeychecking') === 'accept-new',
        interval: Number(one('serveraliveinterval')) * 1000,
      })
      const timeout = one('connecttimeout')
      expect(ours.connectTimeout).toBe(
        timeout === 'none' || timeout === undefined ? 10_000 : Number(timeout) * 1000,
      )
    }
  })

  const usual = (file: string): number =>
    ['id_ed25519', 'id_ecdsa', 'id_rsa', 'id_ed25519_sk', 'id_ecdsa_sk'].findIndex(name =>
      file.endsWith(`/.ssh/${name}`),
    )

  const resolved = (text: string, wanted: Partial<Parameters<typeof resolveTarget>[0]> = {}): Target => {
    const file = join(folder, 'one')
    writeFileSync(file, text)
    return resolveTarget({name: 'r01', address: 'r01', configFile: file, ...wanted}, hereAndNow(whoIsHere()))
  }
  const names = (target: Target): string[] => {
    const chain = [`${target.user}@${target.address}:${target.port}`]
    for (let {jump} = target; jump; {jump} = jump) chain.unshift(`${jump.user}@${jump.address}:${jump.port}`)
    return chain
  }

  it('follows ProxyJump over several hops, each with what ssh_config says of it', () => {
    const chain = names(
      resolved(`
Host r01
  User inner
  ProxyJump ops@gate:2200,second
Host gate
  HostName gate.example.net
Host second
  User two
  ProxyJump never-used
Host never-used
  User three
`),
    )
    expect(chain).toEqual(['ops@gate.example.net:2200', 'two@second:22', 'inner@r01:22'])
  })

  it('takes the first hop where its own ProxyJump leads, and ends a circle', () => {
    const text = 'Host r01\n  ProxyJump a\nHost a\n  ProxyJump b\nHost *\n  User u\n'
    expect(names(resolved(text))).toEqual(['u@b:22', 'u@a:22', 'u@r01:22'])
    expect(names(resolved('Host *\n  ProxyJump a\n  User u\n')).length).toBeLessThan(12)
  })

  it('takes a simple ProxyCommand for a jump, and says by name what it cannot do', () => {
    expect(names(resolved('Host r01\n  User u\n  ProxyCommand ssh -W %h:%p v@gate\n'))).toEqual([
      'v@gate:22',
      'u@r01:22',
    ])
    expect(resolved('ProxyCommand corkscrew proxy 8080 %h %p\n').needsOpenSsh).toBe('ProxyCommand')
    expect(resolved('Match exec "true"\n  User x\n').needsOpenSsh).toBe('Match exec')
    expect(resolved('ProxyCommand none\n').needsOpenSsh).toBeUndefined()
  })

  it('lets the inventory win over ssh_config, and an empty list mean no jump', () => {
    const text =
      'Host *\n  User x\n  Port 99\n  ProxyJump gate\n  ConnectTimeout 3\n  UserKnownHostsFile /k\n'
    const target = resolved(text, {
      user: 'ops',
      port: 22,
      proxyJump: [],
      connectTimeout: 500,
      knownHostsFile: '/own',
      identityFile: '/key',
    })
    expect(target).toMatchObject({
      user: 'ops',
      port: 22,
      jump: undefined,
      connectTimeout: 500,
      knownHostsFiles: ['/own'],
      identityFiles: ['/key'],
      identitiesOnly: true,
    })
  })

  it('reads no file when it is told so', () => {
    const target = resolveTarget(
      {name: 'r01', address: '10.0.0.1', configFile: 'none'},
      hereAndNow(whoIsHere()),
    )
    expect(target).toMatchObject({user: userInfo().username, port: 22, acceptNew: false, jump: undefined})
  })
})
