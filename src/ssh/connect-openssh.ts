/**
 * The same connection by the system's `ssh` and a control socket: for FIDO keys, GSSAPI, ProxyCommand and whatever
 * else only OpenSSH can do. Each command is a process, so it costs more than ssh2.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type Connection, type ExecOptions, type ExecResult, execDefaults} from './connection.ts'
import {deadline} from './deadline.ts'
import {type FailureClass, type HostFailure, hostFailure} from './failure.ts'
import {collector, outputs} from './output.ts'
import {channelSlots} from './slots.ts'
import type {Target} from './target.ts'

/** Throws a `HostFailure`. */
export async function connect(target: Target): Promise<Connection> {
  // the path of a socket is short: 104 bytes at most
  const folder = mkdtempSync(join(tmpdir(), 'ringup-'))
  const control = join(folder, 's')
  const host = target.alias ?? target.address
  const base = ['-S', control, ...(target.sshOptions ?? [])]
  const options = {
    ControlMaster: 'yes',
    // ends by itself when nobody is left who could end it
    ControlPersist: '60',
    BatchMode: 'yes',
    StrictHostKeyChecking: target.acceptNew ? 'accept-new' : 'yes',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    ClearAllForwardings: 'yes',
    PermitLocalCommand: 'no',
    ConnectTimeout: String(Math.max(1, Math.ceil(target.connectTimeout / 1000))),
    ...(target.keepalive ? {} : {ServerAliveInterval: '5', ServerAliveCountMax: '3'}),
  }
  const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  // -f: it goes to the background when it is let in, and this one ends
  const opening = ended(ssh([...base, ...words, '-f', '-N', '--', host]))
  const timer = setTimeout(() => opening.child.kill(), target.connectTimeout + 2000)
  const {code, stderr} = await opening.result
  clearTimeout(timer)
  if (code !== 0) {
    rmSync(folder, {recursive: true, force: true})
    throw refused(target, stderr)
  }
  let close = (): void => {}
  const closed = new Promise<void>(resolve => {
    close = () => {
      resolve()
      void ended(ssh([...base, '-O', 'exit', '--', host])).result.then(() =>
        rmSync(folder, {recursive: true, force: true}),
      )
    }
  })
  const alive = async (): Promise<boolean> =>
    (await ended(ssh([...base, '-O', 'check', '--', host])).result).code === 0
  const slots = channelSlots(8)
  return {
    run: (line, given) =>
      run(target, [...base, '-o', 'ControlMaster=no', '-T', '--', host, line], given ?? {}, {
        alive,
        close,
        slots,
      }),
    forward: async () => {
      throw hostFailure(target, 'unsupported', 'ssh reaches hosts behind others by itself')
    },
    close,
    closed,
  }
}

const ssh = (args: readonly string[]): ChildProcess =>
  spawn('ssh', args, {stdio: ['pipe', 'pipe', 'pipe'], env: {...process.env, LC_ALL: 'C'}})

function ended(child: ChildProcess): {
  readonly child: ChildProcess
  readonly result: Promise<{code: number | null; stderr: string}>
} {
  const stderr = collector(64 * 1024)
  child.stderr?.on('data', stderr.add)
  child.stdout?.resume()
  const result = new Promise<{code: number | null; stderr: string}>(resolve => {
    child.once('error', error => resolve({code: 255, stderr: `ssh cannot be run: ${error.message}`}))
    // `close` would wait for the one in the background, which has our stderr
    child.once('exit', code => setImmediate(() => resolve({code, stderr: stderr.text()})))
  })
  void result.then(() => {
    child.stderr?.destroy()
    child.stdout?.destroy()
    child.stdin?.destroy()
  })
  return {child, result}
}

type Session = {
  readonly alive: () => Promise<boolean>
  readonly close: () => void
  readonly slots: ReturnType<typeof channelSlots>
}

async function run(
  target: Target,
  args: readonly string[],
  options: ExecOptions,
  {alive, close, slots}: Session,
): Promise<ExecResult> {
  const {outputLimit = execDefaults.outputLimit, spill} = options
  const time = deadline(target, options)
  try {
    const slot = await slots.take(time.up)
    if (!slot) throw time.failure()
    const started = performance.now()
    const child = ssh(args)
    child.once('close', slot.free)
    const output = outputs(target, outputLimit, spill)
    const code = await new Promise<number | null>((resolve, reject) => {
      const give = (up: HostFailure): void => {
        child.kill()
        reject(up)
      }
      child.stdout?.on('data', output.keep('stdout', give))
      child.stderr?.on('data', output.keep('stderr', give))
      void time.up.then(() => give(time.failure()))
      child.once('error', error => reject(hostFailure(target, 'lost', `ssh cannot be run: ${error.message}`)))
      child.once('close', resolve)
    }).finally(output.end)
    // 255 is ssh's own, and may be the command's
    if (code === null || (code === 255 && !(await alive()))) {
      close()
      throw hostFailure(target, 'lost', 'the connection was lost before the command ended')
    }
    return {...output.kept(), code, signal: undefined, ms: Math.round(performance.now() - started)}
  } finally {
    time.clear()
  }
}

/** What `ssh` says on stderr, as a class; the order counts. */
const sayings: readonly (readonly [RegExp, FailureClass])[] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED/, 'host-key-changed'],
  [/marked as revoked|REVOKED HOST KEY/i, 'host-key-revoked'],
  [/Host key verification failed|no matching host key/i, 'host-key-unknown'],
  [/Connection refused/, 'refused'],
  [/No route to host|Network is unreachable/, 'unreachable'],
  [/Could not resolve|Name or service not known/, 'name-unknown'],
  [/timed out|banner exchange/i, 'connect-timeout'],
  [/Permission denied|Too many authentication failures/, 'authentication'],
]

function refused(target: Target, stderr: string): HostFailure {
  const lines = stderr.split('\n').filter(line => line.trim() !== '')
  const said = lines.at(-1)?.trim() ?? 'ssh ended without a word'
  const known = sayings.find(([pattern]) => pattern.test(stderr))
  return hostFailure(target, known?.[1] ?? 'protocol', `ssh says: ${said}`)
}
