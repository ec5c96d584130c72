/**
 * Every remote command that only reads. plan, status, watch and check can reach this list and no other; what
 * changes anything is in `mutation.ts`.
 */

import {isOpsError, OpsError} from '../errors.ts'
import type {NodeName} from '../ring/ring.ts'
import {isNotRunning, printed} from './answers/answer.ts'
import {excerpt} from './answers/lines.ts'
import {type PingOutcome, readPing, readServices} from './answers/node-state.ts'
import {readVersions} from './answers/versions.ts'
import {adminWords, type Dialect, readOldVersion, refuseUnspoken} from './dialect.ts'
import type {Ask, Door} from './door.ts'
import {carried} from './expression.ts'
import {refuseObstacle} from './way-in.ts'

type Riak = Door['riak']
/** the words before an admin command: see `dialect.ts` */
type Admin = readonly string[]
type Options = Parameters<Ask>[1]

/** The argv of each read command, by name. */
export const readCommands = {
  ping: (riak: Riak) => [...riak, 'ping'],
  services: (admin: Admin) => [...admin, 'services'],
  /** by erl_call: a quarter of the time of `eval`, but sudo must allow `env` */
  fastEval: (riak: Riak, expression: string) => [
    ...riak.slice(0, -1),
    'env',
    'USE_NODETOOL=false',
    ...riak.slice(-1),
    'eval',
    carried(expression),
  ],
  eval: (riak: Riak, expression: string) => [...riak, 'eval', carried(expression)],
  memberStatus: (admin: Admin) => [...admin, 'member-status'],
  ringStatus: (admin: Admin) => [...admin, 'ring-status'],
  ringReady: (admin: Admin) => [...admin, 'ringready'],
  transfers: (admin: Admin) => [...admin, 'transfers'],
  handoffConfig: (admin: Admin) => [...admin, 'handoff', 'config', '--all'],
  partitionCount: (admin: Admin) => [...admin, 'cluster', 'partition-count'],
  partitions: (admin: Admin, node: NodeName) => [
    ...admin,
    'cluster',
    'partitions',
    '--node',
    node,
    '--format=csv',
  ],
  versions: (riak: Riak) => [...riak, 'versions'],
  /** as 2.x has it */
  oldVersion: (riak: Riak) => [...riak, 'version'],
  diskSpace: (dataDir: string) => ['df', '-P', '-k', dataDir],
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

export async function askPing(door: Door, options?: Options): Promise<PingOutcome> {
  const answer = await door.ask(readCommands.ping(door.riak), options)
  await refuseObstacle(door, answer)
  return readPing(answer)
}

/**
 * The release installed on a host, whether its node runs or not. Throws an `OpsError`: exit 10 when it is told in no way
 * that is known, or is one that ringup does not speak; exit 6 where riak cannot be called.
 */
export async function askVersion(door: Door, options?: Options): Promise<string> {
  const answer = await door.ask(readCommands.versions(door.riak), options)
  await refuseObstacle(door, answer)
  const versions = readVersions(answer)
  if (versions.outcome === 'read')
    return (versions.value.find(({state}) => state === 'permanent') ?? versions.value[0]!).version
  const old = readOldVersion(await door.ask(readCommands.oldVersion(door.riak), options))
  if (old !== undefined) {
    refuseUnspoken(door.host, old)
    return old
  }
  throw notUnderstood(door, 'riak versions', excerpt(printed(answer)))
}

/** Riak's data directory, as the node has it; undefined where `riak eval` does not tell. */
export async function askDataDir(door: Door, options?: Options): Promise<string | undefined> {
  const answer = await door.ask(readCommands.eval(door.riak, dataDirExpression), options)
  return /^"(\/[A-Za-z0-9._/-]+)"\s*$/.exec(answer.stdout)?.[1]
}

export const dataDirExpression = 'application:get_env(riak_core,platform_data_dir,unknown).'

/** Services that are up, as `riak_kv`; none while the node is stopped or starting. */
export async function askServices(
  door: Door,
  dialect: Pick<Dialect, 'admin'>,
  options?: Options,
): Promise<readonly string[]> {
  const answer = await door.ask(readCommands.services(adminWords(door.riak, dialect)), options)
  if (isNotRunning(answer)) return []
  const services = readServices(answer)
  if (services === undefined) throw notUnderstood(door, 'riak admin services', excerpt(printed(answer)))
  return services
}

/** A file that a data directory holds already, or undefined when it is empty or not there. */
export async function askDataFile(door: Door, options?: Options): Promise<string | undefined> {
  const answer = await door.ask(readCommands.dataFiles(door.riak, door.dataDir), options)
  const file = answer.stdout.slice(0, 4096).trim()
  if (file !== '') return file
  if (answer.code === 0 || /No such file or directory/.test(answer.stderr)) return undefined
  throw notUnderstood(door, 'find', excerpt(printed(answer)))
}

export const stopped = (door: Door): OpsError =>
  new OpsError('unreachable', `${door.host}: Riak does not answer there (${door.node})`, {
    where: door.host,
    hint: `look at it: ${[...door.riak, 'ping'].join(' ')}`,
    facts: {class: 'riak-stopped', host: door.host},
  })

export const isRiakStopped = (error: unknown): boolean =>
  isOpsError(error) && error.facts?.class === 'riak-stopped'

/** Of a command that only looks. What a write did is said after the ring was read: see `execute/doubt.ts`. */
export const notUnderstood = (door: Door, command: string, what: string): OpsError =>
  new OpsError('notUnderstood', `${door.host}: the answer of ${command} is not understood: ${what}`, {
    where: door.host,
    hint: `look at it yourself, and please report it with the version of Riak: ringup exec ${door.host} -- ${[...door.riak, 'versions'].join(' ')}`,
  })
