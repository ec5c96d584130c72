/** Many real SSH servers on loopback, on one core, for the bench: they end with the process that started them. */
import {execFileSync, spawn} from 'node:child_process'
import {copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'

export type ServerKind = 'sshd' | 'dropbear'

export type Servers = {
  readonly folder: string
  readonly hosts: readonly string[]
  readonly port: number
  readonly inventory: string
  /** for the peers: the same key exchange as ours */
  readonly sshConfig: string
  readonly hostsFile: string
  readonly stop: () => Promise<void>
}

export type ServerOptions = {
  /** cores of the servers, as taskset takes them */
  readonly cores: string
  /** hosts are reached only through one more server, with sshd's own MaxStartups */
  readonly bastion?: boolean
}

const port = 2290

export async function startServers(
  kind: ServerKind,
  count: number,
  {cores, bastion = false}: ServerOptions,
): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), 'ringup-bench-'))
  const at = (name: string): string => join(folder, name)
  const network = `127.${60 + Math.floor(Math.random() * 60)}.${1 + Math.floor(Math.random() * 250)}`
  const hosts = Array.from({length: count}, (_, index) => `${network}.${index + 1}`)
  const gate = `${network}.250`
  const all = bastion ? [...hosts, gate] : hosts
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('id')])
  for (const host of all)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(`key-${host}`)])
  const known = all.map(host => {
    const [type, key] = readFileSync(at(`key-${host}.pub`), 'utf8').split(' ')
    return `[${host}]:${port} ${type} ${key}\n`
  })
  writeFileSync(at('known_hosts'), known.join(''))
  const supervisor = kind === 'sshd' ? sshd(at, all) : dropbear(at, all)
  const child = spawn('taskset', ['-c', cores, 'bash', '-c', supervisor], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', code => reject(new Error(`the servers ended: ${code}`)))
  })
  for (const host of all) await listening(host)

  const user = userInfo().username
  const jump = bastion ? [`${user}@${gate}:${port}`] : []
  writeFileSync(
    at('inventory.yaml'),
    `version: 1
cluster: bench
ssh:
  user: ${user}
  port: ${port}
  identityFile: ${at('id')}
  knownHostsFile: ${at('known_hosts')}
  proxyJump: ${JSON.stringify(jump)}
  configFile: none
  connectTimeout: 60s
hosts:
  - { name: "h[001-${String(count).padStart(3, '0')}]", address: "${network}.[1-${count}]" }
`,
  )
  writeFileSync(
    at('ssh_config'),
    `${bastion ? `Host ${hosts.join(' ')}\n  ProxyJump ${jump[0]}\n` : ''}Host *
  Port ${port}
  User ${user}
  IdentityFile ${at('id')}
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${at('known_hosts')}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
  KexAlgorithms curve25519-sha256
`,
  )
  writeFileSync(at('hosts'), `${hosts.join('\n')}\n`)
  return {
    folder,
    hosts,
    port,
    inventory: at('inventory.yaml'),
    sshConfig: at('ssh_config'),
    hostsFile: at('hosts'),
    stop: async () => {
      child.stdin.end()
      await ended
      rmSync(folder, {recursive: true, force: true})
    },
  }
}

type At = (name: string) => string

const supervised = (starts: readonly string[]): string =>
  `pids=\n${starts.map(start => `${start} & pids="$pids $!"`).join('\n')}\necho started\nread -r _\nkill $pids\nwait`

function sshd(at: At, hosts: readonly string[]): string {
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', {recursive: true})
  return supervised(
    hosts.map(host => {
      writeFileSync(
        at(`conf-${host}`),
        `Port ${port}
ListenAddress ${host}
HostKey ${at(`key-${host}`)}
AuthorizedKeysFile ${at('id.pub')}
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
SetEnv SHLVL=1
`,
      )
      return `/usr/sbin/sshd -D -e -f ${at(`conf-${host}`)} 2>>${at('log')}`
    }),
  )
}

/** dropbear reads only `~/.ssh/authorized_keys`: it gets an /etc/passwd of its own that says where home is. */
function dropbear(at: At, hosts: readonly string[]): string {
  mkdirSync(at('home/.ssh'), {recursive: true, mode: 0o700})
  copyFileSync(at('id.pub'), at('home/.ssh/authorized_keys'))
  const own = `${userInfo().username}:`
  const passwd = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => (line.startsWith(own) ? line.split(':').with(5, at('home')).join(':') : line))
  writeFileSync(at('passwd'), passwd.join('\n'))
  for (const host of hosts)
    execFileSync('dropbearconvert', ['openssh', 'dropbear', at(`key-${host}`), at(`drop-${host}`)], {
      stdio: 'ignore',
    })
  const starts = hosts.map(
    host =>
      `dropbear -F -E -s -p ${host}:${port} -r ${at(`drop-${host}`)} -P ${at(`pid-${host}`)} 2>>${at('log')}`,
  )
  return `exec unshare --mount bash -c 'mount --bind ${at('passwd')} /etc/passwd\n${supervised(starts)}'`
}

/** Asks the kernel; a connection would count as one who wants in. */
async function listening(host: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (execFileSync('ss', ['-ltnH', 'src', `${host}:${port}`], {encoding: 'utf8'}) !== '') return
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  throw new Error(`${host} does not listen`)
}
