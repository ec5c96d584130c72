/**
 * One SSH connection by ssh2. What ssh2 leaves to its user is decided here: no Nagle delay, host keys judged by
 * known_hosts and asked for by the types known, no group exchange (seconds of blocked CPU), one timer over connect and
 * authentication, keepalive, and an end without an exit status is a lost connection.
 */
import type {Duplex} from 'node:stream'
import {setTimeout as delay} from 'node:timers/promises'
import ssh2, {type AuthHandlerMiddleware, type ClientChannel, type Client as Ssh2Client} from 'ssh2'
import {helpProtocol} from './certificate.ts'
import type {Connection, ConnectOptions, ExecOptions, ExecResult} from './connection.ts'
import {execDefaults} from './connection.ts'
import {classify, type HostFailure, hostFailure} from './failure.ts'
import {judgeShownKey, knownFor} from './host-key.ts'
import {type Identities, identitiesOf} from './identities.ts'
import {type KnownHost, knownKeyTypes} from './known-hosts.ts'
import {collector} from './output.ts'
import {aborted, channelSlots} from './slots.ts'
import {knownHostsName, type Target} from './target.ts'

const {Client} = ssh2

const algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
  ],
  hostKey: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
} as const

type HostKeyAlgorithm = (typeof algorithms.hostKey)[number]

/** Opens a connection. Throws a `HostFailure`; `facts.early` says that nothing was sent but a greeting. */
export async function connect(
  target: Target,
  {through, askPassphrase}: ConnectOptions = {},
): Promise<Connection> {
  if (target.needsOpenSsh !== undefined)
    throw hostFailure(target, 'unsupported', `its ssh_config has ${target.needsOpenSsh}`)
  const entries = knownFor(target)
  const identities = await identitiesOf(target, askPassphrase)
  const client = new Client()
  const ended: Ending = {}
  const closed = new Promise<void>(resolve => client.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    let stage = 'not connected'
    let early = true
    const fail = (failure: HostFailure): void => {
      clearTimeout(timer)
      ended.because ??= failure
      reject(failure)
    }
    const timer = setTimeout(() => {
      fail(hostFailure(target, 'connect-timeout', `${stage} within ${target.connectTimeout} ms`))
      client.destroy()
    }, target.connectTimeout)
    client.once('connect', () => {
      stage = 'it accepted the connection, but no SSH session was agreed'
    })
    // again at each new key exchange
    client.on('handshake', () => {
      early = false
      stage = 'it did not let us in'
    })
    // for good: ssh2 may report several errors, also after the end
    client.on('error', error => fail(told(target, error, identities, early)))
    client.once('close', () =>
      fail(
        hostFailure(target, 'protocol', 'the server closed the connection before it let us in', undefined, {
          early,
        }),
      ),
    )
    client.once('ready', () => {
      clearTimeout(timer)
      resolve()
    })
    const {interval, count} = target.keepalive ?? {interval: 5000, count: 3}
    client.connect({
      host: target.address,
      port: target.port,
      username: target.user,
      ...(through ? {sock: through} : {}),
      readyTimeout: 0,
      keepaliveInterval: interval,
      keepaliveCountMax: count,
      agentForward: false,
      algorithms: {kex: [...algorithms.kex], serverHostKey: hostKeyOrder(entries, knownHostsName(target))},
      hostVerifier: (key: Buffer) => {
        ended.because ??= judgeShownKey(target, entries, key)
        return ended.because === undefined
      },
      authHandler: inTurn(identities, ended),
    })
    client.setNoDelay(true)
    helpProtocol(client)
  }).catch(error => {
    client.destroy()
    throw ended.because ?? error
  })
  const slots = channelSlots(most.channels)
  return {
    run: (line, options) => run(target, client, line, options ?? {}, slots, ended),
    forward: (address, port) => forward(target, client, address, port),
    close: () => {
      client.end()
      // the goodbye is sent; its echo is not waited for
      setImmediate(() => client.destroy())
    },
    closed,
  }
}

/** OpenSSH's MaxSessions is 10. */
const most = {channels: 8}

/** Why a connection ended, once it is known. */
type Ending = {because?: HostFailure | undefined; methodsLeft?: readonly string[]}

function told(
  target: Target,
  error: Error & {code?: unknown; level?: string},
  {leftOut}: Identities,
  early: boolean,
): HostFailure {
  const failure = classify(target, error, early)
  if (failure.facts.class !== 'authentication' || leftOut.length === 0) return failure
  return hostFailure(target, 'authentication', `${target.user} is not let in; ${leftOut.join('; ')}`, error)
}

export function hostKeyOrder(entries: readonly KnownHost[], name: string): HostKeyAlgorithm[] {
  const types = knownKeyTypes(entries, name)
  const known = (algorithm: string): boolean =>
    types.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm)
  return [...algorithms.hostKey.filter(known), ...algorithms.hostKey.filter(algorithm => !known(algorithm))]
}

/** No `none`, which costs a round trip and leaves a failure in the server's log. */
function inTurn({methods}: Identities, ended: Ending): AuthHandlerMiddleware {
  let next = 0
  return ((left: string[] | null) => {
    if (left) ended.methodsLeft = left
    return methods[next++] ?? false
  }) as unknown as AuthHandlerMiddleware
}

function forward(target: Target, client: Ssh2Client, address: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void =>
      reject(
        hostFailure(
          target,
          'unreachable',
          `cannot reach ${address}:${port} from here: ${error.message}`,
          error,
        ),
      )
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (error, stream) =>
        error ? failed(error) : resolve(stream),
      )
    } catch (error) {
      failed(error as Error)
    }
  })
}

async function run(
  target: Target,
  client: Ssh2Client,
  line: string,
  options: ExecOptions,
  slots: ReturnType<typeof channelSlots>,
  ended: Ending,
): Promise<ExecResult> {
  const {timeout = execDefaults.timeout, signal} = options
  const controller = new AbortController()
  const stop = controller.signal
  const abort = (): void => controller.abort()
  const timer = setTimeout(abort, timeout)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, {once: true})
  const stopped = (): HostFailure =>
    signal?.aborted
      ? hostFailure(target, 'cancelled', 'cancelled')
      : hostFailure(target, 'command-timeout', `no end of the command within ${timeout} ms`)
  const lost = (cause?: unknown): HostFailure => {
    const why = ended.because?.message.replace(`${target.name}: `, '')
    return hostFailure(
      target,
      'lost',
      `the connection was lost before the command ended${why === undefined ? '' : `: ${why}`}`,
      cause,
    )
  }
  const stopping = aborted(stop)
  let refusals = 0
  try {
    for (;;) {
      const slot = await slots.take(stopping)
      if (slot === undefined) throw stopped()
      const started = performance.now()
      try {
        const opening = opened(client, line, channel => {
          channel.once('close', slot.free)
          return outcome(target, channel, options, {stop, stopped, lost, started})
        })
        // one that is opened or refused after its time is up
        opening.catch(() => stop.aborted && slot.free())
        const result = await Promise.race([opening, stopping])
        if (result === undefined) throw stopped()
        return result
      } catch (error) {
        if (!isOpenFailure(error)) throw error instanceof Error && 'facts' in error ? error : lost(error)
        // more sessions than the server allows: nothing was sent, so wait for one of ours to end
        if (!slot.refused() && !(await another(refusals++, stop)))
          throw hostFailure(target, 'protocol', 'the server opens no session (MaxSessions 0?)', error)
      }
    }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

/** `use` is called at once: what the command writes may be in the packets that are being read. */
const opened = <T>(
  client: Ssh2Client,
  line: string,
  use: (channel: ClientChannel) => Promise<T>,
): Promise<T> =>
  new Promise((resolve, reject) => {
    // ssh2 throws at once when the connection is gone
    client.exec(line, (error, channel) => (error ? reject(error) : resolve(use(channel))))
  })

/** A session that has just ended may still count on the server. False: it has been waited for long enough. */
async function another(refusals: number, stop: AbortSignal): Promise<boolean> {
  if (refusals === 6) return false
  await delay(20 * 2 ** refusals, undefined, {signal: stop}).catch(() => {})
  return true
}

/** RFC 4254, section 5.1: administratively prohibited, connect failed, resource shortage. */
const isOpenFailure = (error: unknown): error is Error & {reason: number} =>
  error instanceof Error && typeof (error as {reason?: unknown}).reason === 'number'

type Run = {
  readonly stop: AbortSignal
  readonly stopped: () => HostFailure
  readonly lost: (cause?: unknown) => HostFailure
  readonly started: number
}

function outcome(
  target: Target,
  channel: ClientChannel,
  {outputLimit = execDefaults.outputLimit, spill}: ExecOptions,
  {stop, stopped, lost, started}: Run,
): Promise<ExecResult> {
  const [stdout, stderr] = [
    collector(outputLimit, spill && `${spill}.stdout`),
    collector(outputLimit, spill && `${spill}.stderr`),
  ]
  return new Promise<ExecResult>((resolve, reject) => {
    let exit: Pick<ExecResult, 'code' | 'signal'> | undefined
    const cancel = (): void => {
      // its end is not waited for: that comes when the remote process ends, which may be never
      channel.close()
      reject(stopped())
    }
    if (stop.aborted) return cancel()
    stop.addEventListener('abort', cancel, {once: true})
    const keep = (to: typeof stdout) => (chunk: Buffer) => {
      try {
        to.add(chunk)
      } catch (error) {
        reject(
          hostFailure(target, 'protocol', `its output cannot be kept: ${(error as Error).message}`, error),
        )
        channel.close()
      }
    }
    channel.on('data', keep(stdout))
    // stderr must be read as well, or the server waits for ever
    channel.stderr.on('data', keep(stderr))
    channel.on('exit', (code: number | null, name?: string) => {
      exit = {code: code ?? undefined, signal: name?.replace(/^SIG/, '')}
    })
    channel.on('close', () => {
      stop.removeEventListener('abort', cancel)
      const files = {stdout: stdout.file(), stderr: stderr.file()}
      if (!exit) reject(lost())
      else if (stdout.full() || stderr.full())
        reject(hostFailure(target, 'protocol', `the command wrote more than ${outputLimit} bytes`))
      else
        resolve({
          stdout: stdout.text(),
          stderr: stderr.text(),
          ...exit,
          ms: Math.round(performance.now() - started),
          ...((files.stdout ?? files.stderr) ? {files: defined(files)} : {}),
        })
    })
  }).finally(() => {
    stdout.end()
    stderr.end()
  })
}

const defined = (files: {
  stdout: string | undefined
  stderr: string | undefined
}): {
  stdout?: string
  stderr?: string
} => ({
  ...(files.stdout === undefined ? {} : {stdout: files.stdout}),
  ...(files.stderr === undefined ? {} : {stderr: files.stderr}),
})
