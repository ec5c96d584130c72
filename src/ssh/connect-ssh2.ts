/**
 * One SSH connection by ssh2. What ssh2 leaves to its user is decided here: no Nagle delay, host keys judged by
 * known_hosts and asked for by the types known, no group exchange (seconds of blocked CPU), one timer over connect and
 * authentication, keepalive, and an end without an exit status is a lost connection.
 */
import type {Duplex} from 'node:stream'
import ssh2, {type AuthHandlerMiddleware, type Client as Ssh2Client} from 'ssh2'
import {helpProtocol} from './certificate.ts'
import type {Connection, ConnectOptions} from './connection.ts'
import {classify, type HostFailure, hostFailure} from './failure.ts'
import {judgeShownKey, knownFor} from './host-key.ts'
import {type Identities, identitiesOf} from './identities.ts'
import {type KnownHost, knownKeyTypes} from './known-hosts.ts'
import {runCommand} from './run-ssh2.ts'
import {channelSlots} from './slots.ts'
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
    let accepted: Buffer | undefined
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
    client.on('error', error => fail(told(target, error, identities, early, ended.methodsLeft)))
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
        // it is shown again at each new key exchange
        if (accepted?.equals(key)) return true
        ended.because ??= judgeShownKey(target, entries, key)
        accepted = ended.because === undefined ? Buffer.from(key) : undefined
        return accepted !== undefined
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
  const lost = (cause?: unknown): HostFailure => {
    const why = ended.because?.message.replace(`${target.name}: `, '')
    const message = `the connection was lost before the command ended${why === undefined ? '' : `: ${why}`}`
    return hostFailure(target, 'lost', message, cause)
  }
  return {
    run: (line, options = {}) => runCommand({target, client, slots, lost}, line, options),
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
  wanted: readonly string[] = ['publickey'],
): HostFailure {
  const failure = classify(target, error, early)
  if (failure.facts.class === 'authentication' && !wanted.includes('publickey')) {
    // only ssh itself has Kerberos; a password is never sent
    const kind = wanted.some(method => method.startsWith('gssapi')) ? 'unsupported' : 'authentication'
    return hostFailure(
      target,
      kind,
      `${target.user} is not let in: it takes ${wanted.join(', ')} only`,
      error,
    )
  }
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
