/**
 * Real OpenSSH servers on loopback, each with an address and a host key of its own. A server ends with the process
 * that started it, however that ends: a shell beside it waits for the end of its input.
 */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {connect} from 'node:net'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'

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
}

export type SshdFolder = {
  readonly path: string
  readonly identityFile: string
  readonly start: (options?: SshdOptions) => Promise<Sshd>
  /** Stops every server and removes the folder. */
  readonly remove: () => Promise<void>
}

export type SshdOptions = {
  /** first in the PATH of commands */
  readonly bin?: string
  /** lines of sshd_config that win */
  readonly config?: string
  readonly port?: number
  /** a second host key, of type ecdsa */
  readonly ecdsa?: boolean
}

export function sshdFolder(): SshdFolder {
  if (!program) throw new Error('OpenSSH server is required (RINGUP_REQUIRE_SSHD) but not installed')
  const path = mkdtempSync(join(tmpdir(), 'ringup-sshd-'))
  const identityFile = join(path, 'id_ed25519')
  keygen(identityFile)
  const running: Sshd[] = []
  // one /24 a folder, so that tests side by side do not meet
  const network = `127.${20 + (process.pid % 200)}.${1 + Math.floor(Math.random() * 250)}`
  const user = userInfo().username
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', {recursive: true})

  const start = async ({bin, config = '', port = 2222, ecdsa = false}: SshdOptions = {}): Promise<Sshd> => {
    const address = `${network}.${running.length + 1}`
    const name = join(path, `host-${running.length}`)
    keygen(name)
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
        `${program} -D -e -f "$1" 2>"$2" & pid=$!; read -r _; kill $pid; wait $pid`,
        'sshd',
        `${name}.conf`,
        `${name}.log`,
      ],
      {stdio: ['pipe', 'ignore', 'ignore']},
    )
    await listening(address, port, `${name}.log`)
    const known = (file: string): string =>
      `[${address}]:${port} ${readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')}`
    const sshd = {
      address,
      port,
      user,
      knownHost: known(name),
      knownHostEcdsa: ecdsa ? known(`${name}-ecdsa`) : undefined,
      stop: () => ended(child),
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

const keygen = (file: string, type = 'ed25519'): void => {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'ringup-test', '-f', file])
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
