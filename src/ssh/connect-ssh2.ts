/**
 * One SSH connection by ssh2. What ssh2 leaves to its user is decided here: no Nagle delay, host keys judged by
 * known_hosts and asked for by the types known, no group exchange (seconds of blocked CPU), one timer over connect and
 * authentication, keepalive, and an end without an exit status is a lost connection.
 */
import type {Duplex} from 'node:stream'
import ssh2, {type Algorithms, type AuthHandlerMiddleware, type Client as Ssh2Client} from 'ssh2'
import {later, longestTimer} from '../timer.ts'
import {helpProtocol} from './certificate.ts'
import type {Connection, ConnectOptions} from './connection.ts'
import {type Patience, patience} from './deadline.ts'
import {classify, type HostFailure, hostFailure} from './failure.ts'
import {judgeShownKey, knownFor} from './host-key.ts'
import {type Identities, identitiesOf} from './identities.ts'
import {type KnownHost, knownKeyTypes} from './known-hosts.ts'
import {offered} from './policy.ts'
import {runCommand} from './run-ssh2.ts'
import {channelSlots} from './slots.ts'
import {knownHostsName, type Target} from './target.ts'

const {Client} = ssh2

/** Opens a connection. Throws a `HostFailure`; `facts.early` says that nothing was sent but a greeting. */
export async function connect(
  target: Target,
  {through, askPassphrase, time = patience(target.connectTimeout)}: ConnectOptions = {},
): Promise<Connection> {
  if (target.needsOpenSsh !== undefined)
    throw hostFailure(target, 'unsupported', `its ssh_config has ${target.needsOpenSsh}`)
  const entries = knownFor(target)
  const identities = await identitiesOf(target, askPassphrase, time)
  const client = new Client()
  const ended: Ending = {}
  const closed = new Promise<void>(resolve => client.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    let stage = 'not connected'
    let early = true
    let isIn = false
    let accepted: Buffer | undefined
    const fail = (failure: HostFailure): void => {
      timer.clear()
      ended.because ??= failure
      reject(failure)
    }
    const timer = later(time.left(), () => {
      fail(hostFailure(target, 'connect-timeout', `${stage} within ${target.connectTimeout} ms`))
      client.destroy()
    })
    client.once('connect', () => {
      stage = 'it accepted the connection, but no SSH session was agreed'
    })
    // again at each new key exchange
    client.on('handshake', () => {
      early = false
      stage = 'it did not let us in'
    })
    // for good: ssh2 may report several errors, also after the end
    client.on('error', (error: Error & {level?: string}) => {
      // the next key is tried
      if (error.level === 'agent') identities.leftOut.push(`the agent did not sign: ${error.message}`)
      else fail(told(target, error, identities, early, ended.methodsLeft))
    })
    client.once('close', () =>
      fail(
        isIn
          ? hostFailure(target, 'lost', 'the server closed the connection')
          : hostFailure(target, 'protocol', `${closedBy(target)} before it let us in`, undefined, {early}),
      ),
    )
    client.once('ready', () => {
      timer.clear()
      isIn = true
      resolve()
    })
    const {interval, count} = target.keepalive ?? {interval: 5000, count: 3}
    client.connect({
      host: target.address,
      port: target.port,
      username: target.user,
      ...(through ? {sock: through} : {}),
      readyTimeout: 0,
      keepaliveInterval: Math.min(interval, longestTimer),
      keepaliveCountMax: count,
      agentForward: false,
      algorithms: algorithmsFor(target, entries),
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
    forward: (to, time) => forward(target, client, to, time),
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

/** Host keys of the types that are known first. */
export function algorithmsFor({policy = {}, ...target}: Target, entries: readonly KnownHost[]): Algorithms {
  const {kex = offered.kex, hostKey = offered.hostKey, cipher = offered.cipher, hmac = offered.hmac} = policy
  const types = knownKeyTypes(entries, knownHostsName(target))
  const isKnown = (algorithm: string): boolean =>
    types.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm)
  const order = [...hostKey.filter(isKnown), ...hostKey.filter(algorithm => !isKnown(algorithm))]
  // names that ssh2's types do not all have
  return {kex: [...kex], serverHostKey: order, cipher: [...cipher], hmac: [...hmac]} as Algorithms
}

/** No `none`, which costs a round trip and leaves a failure in the server's log. */
function inTurn({methods}: Identities, ended: Ending): AuthHandlerMiddleware {
  let next = 0
  return ((left: string[] | null) => {
    if (left) ended.methodsLeft = left
    return methods[next++] ?? false
  }) as unknown as AuthHandlerMiddleware
}

const closedBy = ({jump}: Target): string =>
  `the server${jump ? `, or ${jump.name} on the way to it,` : ''} closed the connection`

/** What fails is the host behind, but for a connection to the jump host that is lost. */
function forward(jump: Target, client: Ssh2Client, to: Target, time: Patience): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const settle = (end: () => void): void => {
      timer.clear()
      isOver = true
      end()
    }
    const timer = later(time.left(), () =>
      settle(() => {
        const message = `${jump.name} opened no way to ${to.address}:${to.port} within ${to.connectTimeout} ms`
        reject(hostFailure(to, 'connect-timeout', message))
      }),
    )
    const failed = (error: Error & {reason?: number}): void =>
      settle(() => {
        const lost = error.reason === undefined
        const message = `cannot reach ${to.address}:${to.port}: ${error.message}`
        reject(
          lost
            ? hostFailure(jump, 'unreachable', `its connection was lost on the way to ${to.name}`, error)
            : hostFailure(to, 'unreachable', `${jump.name} ${message}`, error),
        )
      })
    try {
      client.forwardOut('127.0.0.1', 0, to.address, to.port, (error, stream) => {
        // one that comes too late leads nowhere
        if (isOver) stream?.destroy()
        else if (error) failed(error)
        else settle(() => resolve(stream))
      })
    } catch (error) {
      failed(error as Error)
    }
  })
}
