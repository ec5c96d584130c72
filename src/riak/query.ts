/**
 * Every remote command that only reads. plan, status, watch and check can reach this list and no other; what
 * changes anything is in `mutation.ts`.
 */

import {OpsError} from '../errors.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {type Answer, isNotRunning, printed} from './answer.ts'
import {DecodeError} from './decode.ts'
import type {Ask, Door} from './door.ts'
import {type PingOutcome, readPing, readServices} from './node-state.ts'
import {decodeSnapshot, snapshotExpression} from './snapshot-eval.ts'
import {readTerm, type Term, TermError} from './term.ts'

type Riak = Door['riak']
type Options = Parameters<Ask>[1]

/** The argv of each read command, by name. */
export const readCommands = {
  ping: (riak: Riak) => [...riak, 'ping'],
  services: (riak: Riak) => [...riak, 'admin', 'services'],
  /** by erl_call: a quarter of the time of `eval`, but sudo must allow `env` */
  fastEval: (riak: Riak, expression: string) => [
    ...riak.slice(0, -1),
    'env',
    'USE_NODETOOL=false',
    ...riak.slice(-1),
    'eval',
    expression,
  ],
  eval: (riak: Riak, expression: string) => [...riak, 'eval', expression],
  /** a file that a data directory holds; hidden ones do not count, it may be the home of Riak's user */
  dataFiles: (riak: Riak, dataDir: string) => [
    ...riak.slice(0, -1),
    'find',
    dataDir,
    '-mindepth',
    '1',
    '-type',
    'f',
    '-not',
    '-name',
    '.*',
    '-print',
    '-quit',
  ],
} as const

/** One member's view of the whole cluster. Throws `OpsError`: `unreachable` when its Riak is stopped, `notUnderstood`. */
export async function askSnapshot(door: Door, now: () => number, options?: Options): Promise<Snapshot> {
  const term = await evaluate(door, snapshotExpression, options)
  try {
    return decodeSnapshot(term, now())
  } catch (error) {
    if (error instanceof DecodeError) throw notUnderstood(door, 'riak eval', error.message)
    throw error
  }
}

async function evaluate(door: Door, expression: string, options?: Options): Promise<Term> {
  const fast = await door.ask(readCommands.fastEval(door.riak, expression), options)
  // sudo may be allowed for riak alone, and older releases have no erl_call: ask in the slower way
  const answer =
    isTerm(fast) || isNotRunning(fast)
      ? fast
      : await door.ask(readCommands.eval(door.riak, expression), options)
  if (isNotRunning(answer)) throw stopped(door)
  // erl_call prints the quotes inside a string as they are: an error is no term that can be read
  if (/^\s*\{error, ?"/.test(answer.stdout)) throw notUnderstood(door, 'riak eval', excerpt(printed(answer)))
  try {
    return readTerm(answer.stdout)
  } catch (error) {
    if (!(error instanceof TermError)) throw error
    throw notUnderstood(door, 'riak eval', `${error.message}: ${excerpt(printed(answer))}`)
  }
}

const isTerm = ({stdout, code}: Answer): boolean => code === 0 && /^\s*\{/.test(stdout)

const excerpt = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)} ...` : text)

export async function askPing(door: Door, options?: Options): Promise<PingOutcome> {
  return readPing(await door.ask(readCommands.ping(door.riak), options))
}

/** Services that are up, as `riak_kv`; none while the node is stopped or starting. */
export async function askServices(door: Door, options?: Options): Promise<readonly string[]> {
  const answer = await door.ask(readCommands.services(door.riak), options)
  if (isNotRunning(answer)) return []
  const services = readServices(answer)
  if (services === undefined) throw notUnderstood(door, 'riak admin services', excerpt(printed(answer)))
  return services
}

/** A file that a data directory holds already, or undefined when it is empty or not there. */
export async function askDataFile(door: Door, options?: Options): Promise<string | undefined> {
  const answer = await door.ask(readCommands.dataFiles(door.riak, door.dataDir), options)
  const file = answer.stdout.trim()
  if (file !== '') return file
  if (answer.code === 0 || /No such file or directory/.test(answer.stderr)) return undefined
  throw notUnderstood(door, 'find', excerpt(printed(answer)))
}

const stopped = (door: Door): OpsError =>
  new OpsError('unreachable', `${door.host}: Riak does not answer there (${door.node})`, {
    where: door.host,
    hint: `look at it: ${[...door.riak, 'ping'].join(' ')}`,
    facts: {class: 'riak-stopped', host: door.host},
  })

export const notUnderstood = (door: Door, command: string, what: string): OpsError =>
  new OpsError('notUnderstood', `${door.host}: the answer of ${command} is not understood: ${what}`, {
    where: door.host,
    hint: 'nothing was done on it; please report the answer with the version of Riak',
  })
