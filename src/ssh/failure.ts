/** How reaching a host can fail, by class, and what to do about each. */
import {isOpsError, OpsError} from '../errors.ts'
import {quoteArgv} from './quote.ts'
import type {Target} from './target.ts'

export type FailureClass =
  | 'refused'
  | 'unreachable'
  | 'name-unknown'
  | 'connect-timeout'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'host-key-authority'
  | 'authentication'
  | 'key-file'
  | 'configuration'
  | 'unsupported'
  | 'protocol'
  | 'lost'
  | 'command-timeout'
  | 'cancelled'

const hints: Readonly<Record<FailureClass, (target: Target) => string>> = {
  refused: target => `is sshd running on ${target.address}, port ${target.port}?`,
  unreachable: target =>
    target.jump
      ? `check the way to it: ${byHand(target)}`
      : `check the route to ${target.address}: ping -c 3 ${target.address}`,
  'name-unknown': target => `check the address ${target.address} in the inventory`,
  'connect-timeout': target => `check the host and the firewall: ${byHand(target)}`,
  'host-key-unknown': target =>
    `compare the fingerprint with the host's console, then: ringup hosts trust ${target.name}`,
  'host-key-changed': () =>
    'somebody may be listening in, or the host was reinstalled: find out which before you remove the old key with ssh-keygen -R',
  'host-key-revoked': () => 'this key is marked @revoked: do not use the host until it has another',
  'host-key-authority': () =>
    'go through ssh itself: --transport openssh, or have the plain key known: ringup hosts trust',
  configuration: ({unusable}) => unusable?.mend ?? 'mend ssh_config, then look: ringup inventory show',
  unsupported: () => 'go through ssh itself: --transport openssh',
  authentication: target => `try it by hand: ${byHand(target)}`,
  'key-file': () => 'name a readable private key in ssh.identityFile, or load it into the agent: ssh-add',
  protocol: target => `look at the server's log on ${target.address}`,
  lost: () => 'whether the command took effect is not known: read the state again',
  'command-timeout': () => 'whether the command took effect is not known: read the state again',
  cancelled: () => 'the remote command may go on',
}

/** The same way by ssh itself: what it is not told it finds in its own configuration, as we do. */
const byHand = ({sshOptions, alias, address, port, user}: Target): string =>
  quoteArgv(['ssh', ...(sshOptions ?? ['-p', String(port), '-l', user]), alias ?? address, 'true'])

export type HostFailure = OpsError & {
  readonly facts: {
    readonly class: FailureClass
    readonly host: string
    /** it ended before anything was sent that could have an effect: to try again is safe */
    readonly early?: true
  }
}

export const isHostFailure = (error: unknown): error is HostFailure =>
  isOpsError(error) && typeof error.facts?.class === 'string' && typeof error.facts.host === 'string'

/** An `OpsError` of kind `unreachable` (exit 6) that says which host failed and how. */
export const hostFailure = (
  target: Target,
  failure: FailureClass,
  message: string,
  cause?: unknown,
  more: {readonly early?: boolean} = {},
): HostFailure =>
  new OpsError('unreachable', `${target.name}: ${message}`, {
    where: `${target.user}@${target.address}:${target.port}`,
    hint: hints[failure](target),
    facts: {class: failure, host: target.name, ...(more.early ? {early: true} : {})},
    cause,
  }) as HostFailure

/**
 * What ssh2 and the socket below it say, as a class. Sources: ssh2's `level`, and errno names.
 * @param early the server had agreed on no session yet
 */
export function classify(
  target: Target,
  error: Error & {code?: unknown; level?: string},
  early = false,
): HostFailure {
  const {code, level, message} = error
  const byCode: Readonly<Record<string, readonly [FailureClass, string]>> = {
    ECONNREFUSED: ['refused', 'connection refused'],
    EHOSTUNREACH: ['unreachable', 'no route to host'],
    ENETUNREACH: ['unreachable', 'network is unreachable'],
    EHOSTDOWN: ['unreachable', 'host is down'],
    ENOTFOUND: ['name-unknown', 'the name does not resolve'],
    EAI_AGAIN: ['name-unknown', 'the name does not resolve'],
    ETIMEDOUT: ['connect-timeout', 'no answer'],
  }
  if (/no matching (key exchange|host key|C->S|S->C|cipher|mac)/i.test(message))
    return hostFailure(target, 'unsupported', lowered(message), error)
  // RFC 4253, section 6.1: 35000 bytes are what everybody must take
  if (/bad packet length/i.test(message))
    return hostFailure(
      target,
      'unsupported',
      'the server sent a packet above 35000 bytes, as a long banner is',
      error,
    )
  const known = typeof code === 'string' ? byCode[code] : undefined
  if (known) return hostFailure(target, known[0], known[1], error)
  if (level === 'client-authentication' || message.includes('authentication failures'))
    return hostFailure(target, 'authentication', `${target.user} is not let in: ${lowered(message)}`, error)
  if (level === 'client-timeout') return hostFailure(target, 'lost', 'the host stopped answering', error)
  const dropped =
    early && (code === 'ECONNRESET' || code === 'EPIPE' || /lost before handshake/i.test(message))
  return hostFailure(target, 'protocol', lowered(message), error, {early: dropped})
}

const lowered = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1)
