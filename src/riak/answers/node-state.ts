/** `riak ping`, `riak daemon` and the services of a node: whether Riak runs on a host, and how far it is. */
import type {NodeName} from '../../ring/ring.ts'
import {type Answer, answerText, isNotRunning, printed} from './answer.ts'
import {type Reading, readAnswer} from './reading.ts'

export type PingOutcome =
  | {readonly outcome: 'running' | 'stopped'}
  | {readonly outcome: 'unknown'; readonly text: string}

export function readPing(answer: Answer): PingOutcome {
  if (answerText(answer).trim() === 'pong' && answer.code === 0) return {outcome: 'running'}
  if (isNotRunning(answer)) return {outcome: 'stopped'}
  return {outcome: 'unknown', text: printed(answer)}
}

/** `riak admin wait-for-service`: whether the service came up; `waiting` while it is still printing. */
export const readWaitForService = (answer: Answer): Reading<'up' | 'waiting'> =>
  readAnswer(
    {...answer, code: 0},
    {
      returned: null,
      grammar: lines => {
        lines.many(/^riak_\w+ is not up: (?:\[[a-z_,]*\]|Node \S+ is not responding to pings)$/)
        return lines.take(/^riak_\w+ is up$/) ? 'up' : 'waiting'
      },
    },
  )

/** `riak admin down NODE`: the member is marked as down. */
export const readDown = (answer: Answer): Reading<NodeName> =>
  readAnswer(answer, {
    grammar: lines => lines.expect(/^Success: "(\S+)" marked as down$/, 'that it is marked as down')[1]!,
    refusals: [/^Failed: "?\S+?"? (?:is up|is the only member\.|is not a member of the cluster\.)$/],
  })

/** `[riak_kv,riak_pipe]`: the services that `riak admin services` lists, or undefined when it says anything else. */
export function readServices(answer: Answer): readonly string[] | undefined {
  const match = /^\[([a-z_,\s]*)\]$/.exec(answerText(answer).trim())
  return match
    ? match[1]!
        .split(',')
        .map(name => name.trim())
        .filter(Boolean)
    : undefined
}
