/**
 * One host seen from outside: commands run in its namespaces as its root, whatever its network does, and signals to
 * its processes by id.
 */
import {readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {eventually, must, type Ran, type RunOptions, run} from './command.ts'
import {cookie} from './riak-config.ts'

export type RealHost = {
  /** `r1` */
  readonly name: string
  readonly address: string
  /** `riak@10.1.2.11` */
  readonly node: string
  /** was not started with the cluster: waits to join */
  readonly spare: boolean
  /** its root, seen from this machine: `${folder}/opt/riak/log/console.log` */
  readonly folder: string
  /** public half of its SSH host key, as known_hosts has it */
  readonly hostKey: string
  /** its first process */
  readonly pid: number
}

const environment = ['PATH=/usr/local/bin:/usr/sbin:/usr/bin', 'HOME=/root', 'TERM=dumb']

/** Runs a command on a host as root, without SSH. */
export const onHost = (host: RealHost, argv: readonly string[], options?: RunOptions): Promise<Ran> =>
  run(entering(host, argv), options)

/** Evaluates Erlang in the host's node; throws when the node does not answer in time, in seconds. */
export async function evaluate(host: RealHost, expression: string, timeout = 20): Promise<string> {
  // erl_call itself: the riak script around it costs ten times as much
  const call = `exec /opt/riak/erts-*/bin/erl_call -c ${cookie} -name ${host.node} -R -timeout ${timeout} -e`
  const answer = await must(entering(host, ['sh', '-c', call]), {input: `${expression}\n`, timeout: 30_000})
  const value = /^\{ok, (.*)\}\s*$/s.exec(answer)
  if (!value) throw new Error(`${host.name}: ${answer}`)
  return value[1]!
}

const entering = ({pid}: RealHost, argv: readonly string[]): string[] =>
  ['nsenter', '--target', `${pid}`, '--mount', '--pid', '--net', '--uts', '--ipc', '--', 'env', '-i'].concat(
    environment,
    argv,
  )

/** Starts Riak and waits until it serves keys. */
export async function startRiak(host: RealHost): Promise<void> {
  if (riakProcess(host) === undefined) {
    // the script asks the node often while it waits: erl_call costs a tenth of nodetool
    const {code, stdout, stderr} = await onHost(host, ['env', 'USE_NODETOOL=false', 'riak', 'daemon'])
    if (code !== 0)
      throw new Error(`${host.name}: riak daemon: exit ${code}\n${stdout}${stderr}${logOf(host)}`)
  }
  const wait = {timeout: 120_000, interval: 300}
  const question = 'riak_core_node_watcher:services(node()).'
  await eventually(`riak_kv on ${host.name}`, wait, async () =>
    (await evaluate(host, question)).includes('riak_kv') ? true : undefined,
  ).catch((error: Error) => {
    throw new Error(`${error.message}\n${logOf(host)}`, {cause: error.cause})
  })
}

/** The end of the node's log: its file is gone when a test's failure is read. */
const logOf = ({folder}: RealHost): string =>
  readOrNothing(`${folder}/opt/riak/log/console.log`).split('\n').slice(-20).join('\n')

/** Ends Riak in its own way and waits until it is gone. */
export async function stopRiak(host: RealHost): Promise<void> {
  const {code, stdout, stderr} = await onHost(host, ['env', 'USE_NODETOOL=false', 'riak', 'stop'])
  if (code !== 0 && riakProcess(host) !== undefined)
    throw new Error(`${host.name}: riak stop: exit ${code}\n${stdout}${stderr}`)
  await gone(host)
}

/** Ends Riak as a crash does. */
export async function killRiak(host: RealHost): Promise<void> {
  const pid = riakProcess(host)
  if (pid === undefined) return
  process.kill(pid, 'SIGKILL')
  await gone(host)
}

const gone = (host: RealHost): Promise<true> =>
  eventually(`Riak's end on ${host.name}`, {timeout: 60_000, interval: 50}, () =>
    riakProcess(host) === undefined ? true : undefined,
  )

/** Sends a signal to every process of a host, until no new one turns up. */
export function signalAll(host: RealHost, signal: 'SIGSTOP' | 'SIGCONT'): void {
  const done = new Set<number>()
  for (let fresh = processes(host); fresh.length > 0; fresh = processes(host).filter(pid => !done.has(pid)))
    for (const pid of fresh) {
      done.add(pid)
      try {
        process.kill(pid, signal)
      } catch {
        // it has ended by itself
      }
    }
}

/** The process of the host's Erlang node; tools that talk to the node have other node names. */
export const riakProcess = (host: RealHost): number | undefined =>
  processes(host).find(pid => {
    const words = readOrNothing(`/proc/${pid}/cmdline`).split('\0')
    return words[words.indexOf('-name') + 1] === host.node && linkOf(pid, 'exe')?.endsWith('/beam.smp')
  })

/** This machine's ids of all processes in the host. */
function processes({pid: first}: RealHost): number[] {
  const space = linkOf(first, 'ns/pid')
  if (space === undefined) return []
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => linkOf(pid, 'ns/pid') === space)
}

function linkOf(pid: number, name: 'exe' | 'ns/pid'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/${name}`)
  } catch {
    // it has ended
    return undefined
  }
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
