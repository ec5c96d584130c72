/**
 * One SSH connection. What ssh2 leaves to its user is decided here: no Nagle delay, host keys judged by
 * known_hosts and asked for by the types known, keys parsed once, no group exchange (seconds of blocked CPU), one
 * timer over connect and authentication, keepalive, and an end without an exit status is a lost connection.
 */
import {readFileSync} from 'node:fs'
import type {Duplex} from 'node:stream'
import ssh2, {type AuthHandlerMiddleware, type ParsedKey, type Client as Ssh2Client} from 'ssh2'
import {classify, type FailureClass, hostFailure} from './failure.ts'
import {
  fingerprint,
  judgeHostKey,
  type KnownHost,
  keyTypeOf,
  knownKeyTypes,
  parseKnownHosts,
} from './known-hosts.ts'
import {knownHostsName, type Target} from './target.ts'

const {Client, utils} = ssh2

export type ExecResult = {
  readonly stdout: string
  readonly stderr: string
  /** undefined when a signal ended the command */
  readonly code: number | undefined
  readonly signal: string | undefined
  readonly ms: number
}

export type ExecOptions = {
  /** ms until the command must have ended; default 60 s */
  readonly timeout?: number
  readonly signal?: AbortSignal
  /** bytes of stdout and of stderr that are kept; more is an error */
  readonly outputLimit?: number
}

export type Connection = {
  /** Runs a command line. Throws a `HostFailure`; a command that ends by itself never throws, whatever its status. */
  readonly run: (line: string, options?: ExecOptions) => Promise<ExecResult>
  /** A stream to another host, through this one. */
  readonly forward: (address: string, port: number) => Promise<Duplex>
  readonly close: () => void
  readonly closed: Promise<void>
}

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

/** Opens a connection, through the target's jump host when `through` is its stream. Throws a `HostFailure`. */
export async function connect(target: Target, through?: Duplex): Promise<Connection> {
  const entries = target.knownHostsFiles.flatMap(file => knownHostsFrom(target, file))
  const keys = target.identityFiles.map(file => privateKey(target, file))
  const client = new Client()
  const closed = new Promise<void>(resolve => client.once('close', () => resolve()))
  let refusal: Error | undefined
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(hostFailure(target, 'connect-timeout', `not connected within ${target.connectTimeout} ms`))
      client.destroy()
    }, target.connectTimeout)
    // for good: ssh2 may report several errors, also after the end
    client.on('error', error => {
      clearTimeout(timer)
      reject(refusal ?? classify(target, error))
    })
    client.once('close', () => {
      clearTimeout(timer)
      reject(
        refusal ?? hostFailure(target, 'protocol', 'the server closed the connection before it let us in'),
      )
    })
    client.once('ready', () => {
      clearTimeout(timer)
      resolve()
    })
    client.connect({
      host: target.address,
      port: target.port,
      username: target.user,
      ...(through ? {sock: through} : {}),
      readyTimeout: 0,
      keepaliveInterval: 5000,
      keepaliveCountMax: 3,
      agentForward: false,
      algorithms: {kex: [...algorithms.kex], serverHostKey: hostKeyOrder(entries, knownHostsName(target))},
      hostVerifier: (key: Buffer) => {
        refusal = judge(target, entries, key)
        return refusal === undefined
      },
      authHandler: authentication(target, keys),
    })
    client.setNoDelay(true)
  })
  return {
    run: (line, options) => run(target, client, line, options),
    forward: (address, port) => forward(target, client, address, port),
    close: () => client.end(),
    closed,
  }
}

function knownHostsFrom(target: Target, file: string): KnownHost[] {
  try {
    return parseKnownHosts(readFileSync(file, 'utf8'), file)
  } catch (error) {
    // no file is an empty one: every host is unknown then
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    throw hostFailure(
      target,
      'host-key-unknown',
      `${file} cannot be read (${code}), so no host key is known`,
      error,
    )
  }
}

function hostKeyOrder(entries: readonly KnownHost[], name: string): HostKeyAlgorithm[] {
  const types = knownKeyTypes(entries, name)
  const known = (algorithm: string): boolean =>
    types.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm)
  return [...algorithms.hostKey.filter(known), ...algorithms.hostKey.filter(algorithm => !known(algorithm))]
}

function judge(target: Target, entries: readonly KnownHost[], key: Buffer): Error | undefined {
  const shown = `${keyTypeOf(key)} ${fingerprint(key)}`
  const judged = judgeHostKey(entries, knownHostsName(target), key)
  const messages: Readonly<Record<string, readonly [FailureClass, string]>> = {
    unknown: ['host-key-unknown', `its host key is not known: ${shown}`],
    changed: [
      'host-key-changed',
      `its host key has CHANGED: ${shown}, but ${'entry' in judged ? judged.entry : ''} has another`,
    ],
    revoked: [
      'host-key-revoked',
      `its host key is revoked by ${'entry' in judged ? judged.entry : ''}: ${shown}`,
    ],
  }
  const refused = messages[judged.verdict]
  return refused && hostFailure(target, refused[0], refused[1])
}

const parsedKeys = new Map<string, ParsedKey>()

/** Parsed once for all hosts: parsing costs more than a handshake. */
function privateKey(target: Target, file: string): ParsedKey {
  const known = parsedKeys.get(file)
  if (known) return known
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw hostFailure(
      target,
      'key-file',
      `the key file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
      error,
    )
  }
  const parsed = utils.parseKey(bytes)
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (key === undefined || key instanceof Error) {
    const encrypted = key !== undefined && /encrypted|passphrase/i.test(key.message)
    throw hostFailure(
      target,
      'key-file',
      `the key file ${file} ${encrypted ? 'is encrypted' : 'holds no private key'}`,
      key,
    )
  }
  parsedKeys.set(file, key)
  return key
}

/** Key files first, then the agent; no `none`, which costs a round trip and leaves a failure in the server's log. */
function authentication(target: Target, keys: readonly ParsedKey[]): AuthHandlerMiddleware {
  const methods = [
    ...keys.map(key => ({type: 'publickey' as const, username: target.user, key})),
    ...(target.agent === undefined
      ? []
      : [{type: 'agent' as const, username: target.user, agent: target.agent}]),
  ]
  let next = 0
  return (() => methods[next++] ?? false) as unknown as AuthHandlerMiddleware
}

function forward(target: Target, client: Ssh2Client, address: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, address, port, (error, stream) =>
      error
        ? reject(
            hostFailure(
              target,
              'unreachable',
              `cannot reach ${address}:${port} from here: ${error.message}`,
              error,
            ),
          )
        : resolve(stream),
    )
  })
}

const defaults = {timeout: 60_000, outputLimit: 8 * 2 ** 20}

function run(
  target: Target,
  client: Ssh2Client,
  line: string,
  options: ExecOptions = {},
): Promise<ExecResult> {
  const {timeout = defaults.timeout, outputLimit = defaults.outputLimit, signal} = options
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle(hostFailure(target, 'command-timeout', `no end of the command within ${timeout} ms`)),
      timeout,
    )
    const cancel = (): void => settle(hostFailure(target, 'cancelled', 'cancelled'))
    let settled = false
    const settle = (outcome: ExecResult | Error): void => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      if (outcome instanceof Error) reject(outcome)
      else resolve(outcome)
    }
    if (signal?.aborted) return cancel()
    signal?.addEventListener('abort', cancel, {once: true})
    const lost = (cause?: unknown): void =>
      settle(hostFailure(target, 'lost', 'the connection was lost before the command ended', cause))
    try {
      client.exec(line, (error, channel) => {
        if (error) return lost(error)
        const [stdout, stderr] = [collector(outputLimit), collector(outputLimit)]
        let exit: Pick<ExecResult, 'code' | 'signal'> | undefined
        channel.on('data', stdout.add)
        // stderr must be read as well, or the server waits for ever
        channel.stderr.on('data', stderr.add)
        channel.on('exit', (code: number | null, name?: string) => {
          exit = {code: code ?? undefined, signal: name?.replace(/^SIG/, '')}
        })
        channel.on('close', () => {
          if (!exit) return lost()
          if (stdout.full() || stderr.full())
            return settle(hostFailure(target, 'protocol', `the command wrote more than ${outputLimit} bytes`))
          settle({
            stdout: stdout.text(),
            stderr: stderr.text(),
            ...exit,
            ms: Math.round(performance.now() - started),
          })
        })
        if (settled) channel.close()
      })
    } catch (error) {
      // ssh2 throws at once when the connection is gone
      lost(error)
    }
  })
}

function collector(limit: number) {
  const chunks: Buffer[] = []
  let bytes = 0
  return {
    add: (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes <= limit) chunks.push(chunk)
    },
    full: (): boolean => bytes > limit,
    text: (): string => Buffer.concat(chunks).toString('utf8'),
  }
}
