/** What was sent to each host: for tests that must show that something did, or did not, happen. */
import {uncarried} from '../../riak/expression.ts'
import {argvOf} from '../shell/run-line.ts'

export type LoggedCommand = {
  /** ms of the cluster's time */
  readonly at: number
  /** the host's name */
  readonly host: string
  readonly user: string
  /** the same for what came over one connection */
  readonly connection: number
  readonly line: string
  readonly argv: readonly string[]
  readonly kind: 'read' | 'write'
  /** undefined: it has not ended, or its connection was lost */
  readonly exit: number | undefined
  /** the first line of what it answered; of the lock's script, what became of it */
  readonly said: string
}

/** A command that could change something counts as `write`, also when it is refused. */
export function kindOf(line: string): LoggedCommand['kind'] {
  const words = (argvOf(line) ?? line.split(/\s+/)).filter(word => word !== 'sudo' && word !== '-n')
  const at = words.findIndex(word => /(?:^|\/)riak(?:-admin)?$/.test(word))
  if (at < 0) return 'read'
  const [verb = '', first = '', second, ...rest] = [
    ...(words[at]!.endsWith('-admin') ? ['admin'] : []),
    ...words.slice(at + 1),
  ]
  if (['start', 'daemon', 'stop', 'restart', 'reboot'].includes(verb)) return 'write'
  if (verb === 'eval') return /\b(?:un)?set_env\b/.test(uncarried(first)) ? 'write' : 'read'
  if (verb !== 'admin') return 'read'
  const readers = ['status', 'partitions', 'partition', 'partition-count', 'partition_count', undefined]
  if (first === 'cluster') return readers.includes(second) ? 'read' : 'write'
  if (first === 'handoff') return second === 'enable' || second === 'disable' ? 'write' : 'read'
  if (first === 'transfer-limit' || first === 'transfer_limit') return second === undefined ? 'read' : 'write'
  if (first === 'set' || first === 'down') return 'write'
  return ['join', 'leave', 'force-remove'].includes(first) && [second, ...rest].includes('-f')
    ? 'write'
    : 'read'
}

/** `2026-11-23T12:00:00Z r06 sudo riak daemon: 0`; long lines, as expressions are, are cut. */
export function logLine({at, host, line, exit}: LoggedCommand): string {
  const shown = line.length > 160 ? `${line.slice(0, 160)}...` : line
  return `${new Date(at).toISOString().slice(0, 19)}Z ${host} ${shown}: ${exit ?? 'no answer'}`
}
