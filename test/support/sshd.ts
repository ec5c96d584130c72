/**
 * Real OpenSSH servers on loopback, each with an address and a host key of its own; where loopback has one address, with
 * a port of it. A server ends with the process that started it, however that ends: a shell beside it waits for the end
 * of its input.
 */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {connect, createServer} from 'node:net'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import type {Target} from '../../src/ssh/target.ts'

const program = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find(existsSync)

/** Why tests with sshd are left out here; with RINGUP_REQUIRE_SSHD set they are never left out. */
export const sshdMissing: string | undefined =
  process.env.RINGUP_REQUIRE_SSHD || program ? undefined : 'no OpenSSH server is installed'

export type Sshd = {
  readonly address: string
  readonly port: number
  readonly user: string
  /** a line for known_hosts */
  readonly knownHost: string
  /** the same for its second host key, when it has one */
  readonly knownHostEcdsa: string | undefined
  readonly stop: () => Promise<void>
  /** It accepts connections no longer, and says nothing; its sessions go on. */
  readonly freeze: () => void
  /** what it has logged */
  readonly log: () => string
  /** path of its host key */
  readonly hostKey: string
  readonly thaw: () => void
}

export type SshdFolder = {
  readonly path: string
  readonly identityFile: string
  readonly start: (options?: SshdOptions) => Promise<Sshd>
  /** Stops every server and removes the folder. */
  readonly remove: () => Promise<void>
}

/** A way to a server by the folder's own key, known by `known_hosts` in the folder. */
export const sshdTarget = (
  {path, identityFile}: SshdFolder,
  {address, port, user}: Sshd,
  change: Partial<Target> = {},
): Target => ({
  name: 'r01',
  address,
  port,
  user,
  identityFiles: [identityFile],
  knownHostsFiles: [join(path, 'known_hosts')],
  connectTimeout: 30_000,
  ...change,
})

export type SshdOptions = {
  /** first in the PATH of commands */
  readonly bin?: string
  /** lines of sshd_config that win */
  readonly config?: string
  readonly port?: number
  /** a second host key, of type ecdsa */
  readonly ecdsa?: boolean
  /** the login shell of its users; needs root */
  readonly shell?: string
  /** a process whose network namespace it is in; needs root */
  readonly within?: number
  readonly address?: string
  readonly sameKeyAs?: Sshd
}

export function sshdFolder(): SshdFolder {
  if (!program) throw new Error('OpenSSH server is required (RINGUP_REQUIRE_SSHD) but not installed')
  const path = mkdtempSync(join(tmpdir(), 'ringup-sshd-'))
  const identityFile = join(path, 'id_ed25519')
  keygen(identityFile)
  const running: Sshd[] = []
  let started = 0
  // one /24 a folder, so that tests side by side do not meet
  const network = `127.${20 + (process.pid % 200)}.${1 + Math.floor(Math.random() * 250)}`
  // below those that systems give to outgoing connections
  const firstPort = 10_000 + Math.floor(Math.random() * 10_000)
  const user = userInfo().username
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', {recursive: true})

  const start = async (options: SshdOptions = {}): Promise<Sshd> => {
    const {bin, config = '', ecdsa = false, shell, within} = options
    started += 1
    const number = started
    const shares = options.address === undefined && (await sharesAddress(`${network}.${number}`))
    const {address = shares ? '127.0.0.1' : `${network}.${number}`} = options
    const {port = shares ? firstPort + number : 2222} = options
    const name = join(path, `host-${number}`)
    if (options.sameKeyAs)
      for (const end of ['', '.pub']) copyFileSync(`${options.sameKeyAs.hostKey}${end}`, `${name}${end}`)
    else keygen(name)
    if (ecdsa) keygen(`${name}-ecdsa`, 'ecdsa')
    writeFileSync(
      `${name}.conf`,
      `${config}
Port ${port}
ListenAddress ${address}
HostKey ${name}
${ecdsa ? `HostKey ${name}-ecdsa` : ''}
AuthorizedKeysFile ${identityFile}.pub
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
SetEnv SHLVL=1 PATH=${bin ? `${bin}:` : ''}/usr/local/bin:/usr/bin:/bin
`,
    )
    const child = spawn(
      '/bin/sh',
      [
        '-c',
        `${entering(within, shell)} ${program} -D -e -f "$1" 2>"$2" & pid=$!; echo $pid >"$3"; read -r _; kill -CONT $pid; kill $pid; wait $pid`,
        'sshd',
        `${name}.conf`,
        `${name}.log`,
        `${name}.pid`,
        ...(shell === undefined ? [] : [withShell(path, shell)]),
      ],
      {stdio: ['pipe', 'ignore', 'ignore']},
    )
    if (within === undefined) await listening(address, port, `${name}.log`)
    else await said(`${name}.log`, /Server listening/)
    const signal = (which: 'SIGSTOP' | 'SIGCONT') => (): void => {
      process.kill(Number(readFileSync(`${name}.pid`, 'utf8')), which)
    }
    const known = (file: string): string =>
      `[${address}]:${port} ${readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')}`
    const sshd = {
      address,
      port,
      user,
      knownHost: known(name),
      knownHostEcdsa: ecdsa ? known(`${name}-ecdsa`) : undefined,
      stop: () => ended(child),
      freeze: signal('SIGSTOP'),
      log: () => readFileSync(`${name}.log`, 'utf8'),
      hostKey: name,
      thaw: signal('SIGCONT'),
    }
    running.push(sshd)
    return sshd
  }

  return {
    path,
    identityFile,
    start,
    remove: async () => {
      await Promise.all(running.map(({stop}) => stop()))
      rmSync(path, {recursive: true, force: true})
    },
  }
}

/** A line for known_hosts that has the key of another server for one. */
export const knownWith = ({knownHost}: Sshd, {address, port}: Pick<Sshd, 'address' | 'port'>): string =>
  `[${address}]:${port} ${knownHost.replace(/^\S+ /, '')}`

/** `exec`s only: the process that is started is the one whose number is kept. */
function entering(within: number | undefined, shell: string | undefined): string {
  const words: string[] = []
  if (within !== undefined) words.push(`exec nsenter --net=/proc/${within}/ns/net`)
  if (shell !== undefined)
    words.push(
      `${words.length === 0 ? 'exec ' : ''}unshare --mount sh -c 'mount --bind "$0" /etc/passwd && exec "$@"' "$4"`,
    )
  return words.join(' ')
}

function withShell(path: string, shell: string): string {
  const file = join(path, 'passwd')
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const own = `${userInfo().username}:`
  writeFileSync(
    file,
    lines.map(line => (line.startsWith(own) ? line.replace(/:[^:]*$/, `:${shell}`) : line)).join('\n'),
  )
  return file
}

/** Where loopback has 127.0.0.1 alone, as on macOS. */
const sharesAddress = (other: string): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(true))
    server.listen(0, other, () => server.close(() => resolve(false)))
  })

async function said(log: string, what: RegExp): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (existsSync(log) && what.test(readFileSync(log, 'utf8'))) return
    await delay(25)
  }
  throw new Error(`sshd did not start: ${readFileSync(log, 'utf8')}`)
}

export const keygen = (file: string, type = 'ed25519', passphrase = ''): void => {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'ringup-test', '-f', file])
}

async function listening(address: string, port: number, log: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const open = await new Promise<boolean>(resolve => {
      const socket = connect(port, address, () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
    if (open) return
    await delay(25)
  }
  throw new Error(`sshd does not listen on ${address}:${port}: ${readFileSync(log, 'utf8')}`)
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise(resolve => {
    if (child.exitCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.stdin?.end()
  })
