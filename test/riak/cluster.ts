/**
 * A cluster of real Riak nodes on this machine, each on a host of its own: own processes, network, files and name,
 * OpenSSH on port 22. Hosts are counted from 1, as their names are: r1, r2, ... Needs root; nothing of it is left
 * when the process that made it ends, in whatever way.
 */
import {randomBytes} from 'node:crypto'
import {join} from 'node:path'
import {quoteArgv} from '../../src/ssh/quote.ts'
import {type Ran, run} from './command.ts'
import {
  evaluate,
  killRiak,
  onHost,
  type RealHost,
  riakProcess,
  signalAll,
  startRiak,
  stopRiak,
} from './host.ts'
import {makeVolume, newKey, writeHost} from './host-files.ts'
import {joinNodes, membersUp, untilSettled} from './join.ts'
import {startKeeper, sweep} from './keeper.ts'
import {whatIsLacking} from './lacking.ts'
import {connect, freeSubnet, type Network} from './network.ts'
import {trackedObjects, type Verified, type VerifyOptions} from './objects.ts'
import {writeOperatorFiles} from './operator-files.ts'
import {askedVersion, releaseFolder, unpackRelease, workFolder} from './release.ts'
import type {Claim} from './riak-config.ts'

export type RealClusterOptions = {
  /** hosts that run Riak from the start, each a cluster of its own until `join` */
  readonly nodes: number
  /** hosts with Riak installed and stopped; default 0 */
  readonly spare?: number
  /** number of partitions; default 16 */
  readonly ring?: number
  /** default `RINGUP_RIAK_VERSION`, else 3.2.3 */
  readonly version?: string
  /** gives each host a data volume of this size that can fill */
  readonly diskMegabytes?: number
  readonly claim?: Claim
  /** short timers, so that rings settle in seconds; default true. False: as in production */
  readonly fast?: boolean
}

export type RealCluster = Network & {
  readonly version: string
  readonly hosts: readonly RealHost[]
  /** host i */
  readonly host: (i: number) => RealHost
  /** an inventory file for ringup */
  readonly inventory: string
  /** a file for `ssh -F`, with the hosts by name */
  readonly sshConfig: string
  /** Runs an argv on host i through OpenSSH's own client, as the operator would. */
  readonly ssh: (i: number, argv: readonly string[]) => Promise<Ran>
  /** Runs an argv on host i as root, past the network. */
  readonly inside: (i: number, argv: readonly string[]) => Promise<Ran>
  /** Evaluates Erlang in node i. */
  readonly evaluate: (i: number, expression: string) => Promise<string>
  /** Starts Riak on host i until it serves keys; ends it in its own way; ends it as a crash does. */
  readonly start: (i: number) => Promise<void>
  readonly stop: (i: number) => Promise<void>
  readonly kill: (i: number) => Promise<void>
  readonly running: (i: number) => boolean
  /** Halts every process of host i, sshd included, and lets them go on. */
  readonly freeze: (i: number) => void
  readonly thaw: (i: number) => void
  /** Makes the first n nodes one cluster, by Riak's own commands, and waits until it is settled. */
  readonly join: (n: number) => Promise<void>
  /** Waits until the first n nodes agree on a ring in which nothing is pending. */
  readonly settled: (n: number, timeout?: number) => Promise<void>
  /** Writes `count` more objects of `bytes` bytes through HTTP. */
  readonly load: (count: number, bytes: number) => Promise<void>
  /** Reads every object that was loaded, through every member that is up. */
  readonly verifyAll: (options?: VerifyOptions) => Promise<Verified>
  /** Takes the whole cluster down. */
  readonly down: () => Promise<void>
}

export async function startRealCluster(options: RealClusterOptions): Promise<RealCluster> {
  const {nodes, spare = 0, ring = 16, version = askedVersion(), diskMegabytes, claim, fast = true} = options
  const lacking = whatIsLacking(version)
  if (lacking !== undefined) throw new Error(lacking)
  const clusters = join(workFolder, 'clusters')
  sweep(clusters)
  const tag = `ru${randomBytes(3).toString('hex')}`
  const folder = join(clusters, tag)
  const keeper = startKeeper(folder, releaseFolder(version))
  try {
    await unpackRelease(version, folder)
    const subnet = await freeSubnet()
    const publicKey = await newKey(join(folder, 'id_ed25519'), tag)
    const hosts = await Promise.all(
      Array.from({length: nodes + spare}, async (_, at): Promise<RealHost> => {
        const [name, address] = [`r${at + 1}`, `${subnet}.${11 + at}`]
        const root = join(folder, name)
        const hostKey = await writeHost(root, name, publicKey, {address, ring, claim, fast})
        if (diskMegabytes !== undefined) await makeVolume(`${root}.ext4`, diskMegabytes)
        const pid = await keeper.start(name)
        return {name, address, node: `riak@${address}`, spare: at >= nodes, folder: root, hostKey, pid}
      }),
    )
    const network = await connect(keeper.pid, tag, subnet, hosts)
    const files = writeOperatorFiles(folder, hosts)
    await Promise.all(hosts.filter(host => !host.spare).map(startRiak))
    return {version, hosts, ...files, ...network, ...controls(hosts, files.sshConfig), down: keeper.end}
  } catch (error) {
    await keeper.end()
    throw error
  }
}

/** What can be done to hosts and their nodes, apart from the network. */
function controls(hosts: readonly RealHost[], sshConfig: string) {
  const host = (i: number): RealHost => {
    const found = hosts[i - 1]
    if (!found) throw new RangeError(`there are hosts 1 to ${hosts.length}, not ${i}`)
    return found
  }
  const objects = trackedObjects()
  const settled = (n: number, timeout = 180_000): Promise<void> => untilSettled(hosts.slice(0, n), timeout)
  const addresses = async (through?: readonly number[]): Promise<string[]> =>
    (through ? through.map(host) : await membersUp(hosts)).map(({address}) => address)
  return {
    host,
    ssh: (i: number, argv: readonly string[]) => run(['ssh', '-F', sshConfig, host(i).name, quoteArgv(argv)]),
    inside: (i: number, argv: readonly string[]) => onHost(host(i), argv),
    evaluate: (i: number, expression: string) => evaluate(host(i), expression),
    start: (i: number) => startRiak(host(i)),
    stop: (i: number) => stopRiak(host(i)),
    kill: (i: number) => killRiak(host(i)),
    running: (i: number) => riakProcess(host(i)) !== undefined,
    freeze: (i: number) => signalAll(host(i), 'SIGSTOP'),
    thaw: (i: number) => signalAll(host(i), 'SIGCONT'),
    join: async (n: number) => {
      await joinNodes(hosts.slice(0, n))
      await settled(n)
    },
    settled,
    load: async (count: number, bytes: number) => objects.load(await addresses(), count, bytes),
    verifyAll: async ({anyReplica = false, through}: VerifyOptions = {}) =>
      objects.verifyAll(await addresses(through), anyReplica),
  }
}
