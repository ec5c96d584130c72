/** `riak ping`, `riak daemon` and the services of a node: whether Riak runs on a host, and how far it is. */
import {type Answer, isNotRunning, printed} from './answer.ts'

export type PingOutcome =
  | {readonly outcome: 'running' | 'stopped'}
  | {readonly outcome: 'unknown'; readonly text: string}

export function readPing(answer: Answer): PingOutcome {
  if (answer.stdout.trim() === 'pong' && answer.code === 0) return {outcome: 'running'}
  if (isNotRunning(answer)) return {outcome: 'stopped'}
  return {outcome: 'unknown', text: printed(answer)}
}

/** `[riak_kv,riak_pipe]`: the services that `riak admin services` lists, or undefined when it says anything else. */
export function readServices(answer: Answer): readonly string[] | undefined {
  const match = /^\[([a-z_,\s]*)\]$/.exec(answer.stdout.trim())
  return match
    ? match[1]!
        .split(',')
        .map(name => name.trim())
        .filter(Boolean)
    : undefined
}
