/**
 * The same connection by the system's `ssh` and a control socket: for FIDO keys, GSSAPI, ProxyCommand and whatever
 * else only OpenSSH can do. Each command is a process, so it costs more than ssh2.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {later} from '../timer.ts'
import type {Connection} from './connection.ts'
import {deadline} from './deadline.ts'
import {type ExecOptions, type ExecResult, execDefaults} from './exec.ts'
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
    // as much as its int of ms holds
    ConnectTimeout: String(Math.min(2_000_000, Math.max(1, Math.ceil(target.connectTimeout / 1000)))),
    ...(target.keepalive ? {} : {ServerAliveInterval: '5', ServerAliveCountMax: '3'}),
  }
  const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  // -f: it goes to the background when it is let in, and this one ends
  const {code, stderr, isLate} = await ended(
    [...base, ...words, '-f', '-N', '--', host],
    // its own words are better, if it has any
    target.connectTimeout + 300,
    true,
  )
  if (code !== 0) {
    rmSync(folder, {recursive: true, force: true})
    if (isLate)
      throw hostFailure(target, 'connect-timeout', `ssh was not let in within ${target.connectTimeout} ms`)
    throw refused(target, stderr)
  }
  let close = (): void => {}
  const closed = new Promise<void>(resolve => {
    close = () => {
      resolve()
      void ended([...base, '-O', 'exit', '--', host], most.control).then(() =>
        rmSync(folder, {recursive: true, force: true}),
      )
    }
  })
  const alive = async (): Promise<boolean> =>
    (await ended([...base, '-O', 'check', '--', host], most.control)).code === 0
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

/** ms that the one in the background has to answer */
const most = {control: 5000}

/** @param isGroup it is ended with all that it has started, as the `ssh -W` to a jump host */
const ssh = (args: readonly string[], isGroup = false): ChildProcess =>
  spawn('ssh', args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {...process.env, LC_ALL: 'C'},
    detached: isGroup,
  })

/** A group of its own hears nothing of Ctrl-C: these are ended when we end. */
const openings = new Set<() => void>()
process.on('exit', () => {
  for (const end of openings) end()
})

type Ended = {readonly code: number | null; readonly stderr: string; readonly isLate: boolean}

/** @param ms until it is ended */
async function ended(args: readonly string[], ms: number, isGroup = false): Promise<Ended> {
  const child = ssh(args, isGroup)
  const stderr = collector(64 * 1024)
  child.stderr?.on('data', stderr.add)
  child.stdout?.resume()
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(isGroup ? -child.pid : child.pid)
    } catch {
      // it has ended
    }
  }
  let isLate = false
  const timer = later(ms, () => {
    isLate = true
    end()
  })
  if (isGroup) openings.add(end)
  const result = await new Promise<Ended>(resolve => {
    child.once('error', error => resolve({code: 255, stderr: `ssh cannot be run: ${error.message}`, isLate}))
    // `close` would wait for the one in the background, which has our stderr
    child.once('exit', code => setImmediate(() => resolve({code, stderr: stderr.text(), isLate})))
  })
  timer.clear()
  openings.delete(end)
  child.stderr?.destroy()
  child.stdout?.destroy()
  child.stdin?.destroy()
  return result
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
  const {outputLimit = execDefaults.outputLimit, spill, keepInput = false} = options
  const time = deadline(target, options)
  try {
    const slot = await slots.take(time.up)
    if (!slot) throw time.failure()
    const started = performance.now()
    const child = ssh(args)
    child.once('close', slot.free)
    child.stdin?.on('error', () => {})
    // a command that asks for something hears at once that nobody answers
    if (!keepInput) child.stdin?.end()
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
