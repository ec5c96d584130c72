/** The composition root: an inventory becomes doors to hosts. Nothing is connected until it is asked. */
import {existsSync} from 'node:fs'
import {OpsError} from '../errors.ts'
import type {Host, Inventory} from '../inventory/inventory.ts'
import {nearest} from '../nearest.ts'
import {mostBytes, readText} from '../read-text.ts'
import type {Door} from '../riak/door.ts'
import {askCluster, type Clock, type ClusterAnswer} from '../riak/ring/ask-cluster.ts'
import {openPool, type Pool, type PoolOptions} from '../ssh/pool.ts'
import {hereAndNow, resolveTarget} from '../ssh/resolve-target.ts'
import type {Target} from '../ssh/target.ts'
import {pause} from '../timer.ts'
import {sshHome, whoIsHere} from '../who-is-here.ts'

export type Fleet = {
  readonly inventory: Inventory
  /** one for each host, in inventory order */
  readonly doors: readonly Door[]
  readonly clock: Clock
  readonly pool: Pool
  /** how each host is reached; ssh_config is read when the first is asked for */
  readonly targetOf: (host: Host) => Target
  /** The hosts named; throws an `OpsError` with a suggestion for one that is not in the inventory. */
  readonly hostsNamed: (names: readonly string[]) => Host[]
  /** Asks the cluster; spare hosts and those in `except` are not asked. */
  readonly ask: (options?: {
    readonly except?: readonly {readonly node: string}[]
    readonly signal?: AbortSignal
  }) => Promise<ClusterAnswer>
  readonly close: () => void
}

const systemClock: Clock = {
  now: Date.now,
  sleep: pause,
}

export type Way = {
  /** default ssh2 */
  readonly transport?: PoolOptions['transport'] | undefined
  /** default: nobody is asked */
  readonly askPassphrase?: PoolOptions['askPassphrase'] | undefined
}

/** @param inventory a file */
export const openFleet = async (inventory: string, way: Way = {}): Promise<Fleet> =>
  fleetOf(await readInventory(inventory), way)

export function fleetOf(inventory: Inventory, {transport = 'ssh2', askPassphrase}: Way = {}): Fleet {
  const pool = openPool({transport, connecting: inventory.concurrency, askPassphrase})
  const targetOf = targets()
  const doors = inventory.hosts.map((host): Door => {
    return {
      host: host.name,
      node: host.node,
      riak: host.riak.command,
      eval: host.riak.eval,
      dataDir: host.riak.dataDir,
      ask: (argv, options) => pool.exec(targetOf(host), argv, options),
    }
  })
  return {
    inventory,
    doors,
    clock: systemClock,
    pool,
    targetOf,
    hostsNamed: names => names.map(name => hostNamed(inventory, name)),
    ask: ({except = [], signal} = {}) => {
      const left = new Set([...except, ...inventory.hosts.filter(({spare}) => spare)].map(({node}) => node))
      return askCluster(
        doors.filter(({node}) => !left.has(node)),
        systemClock,
        signal,
      )
    },
    close: pool.close,
  }
}

function targets(): (host: Host) => Target {
  const known = new Map<Host, Target>()
  let here: ReturnType<typeof hereAndNow> | undefined
  return host => {
    const found = known.get(host)
    if (found) return found
    here ??= hereAndNow(whoIsHere())
    const target = resolveTarget({name: host.name, address: host.address, ...host.ssh}, here)
    known.set(host, target)
    return target
  }
}

export async function readInventory(file: string): Promise<Inventory> {
  const {loadInventory} = await import('../inventory/load.ts')
  if (!existsSync(file))
    throw new OpsError('usage', `there is no inventory ${file}`, {
      hint: 'write one of a live cluster: ringup init --from HOST; or name it: -i FILE',
    })
  const text = readText(file, {what: 'the inventory', most: mostBytes.inventory})
  const {inventory, problems} = loadInventory(text, file, sshHome())
  if (inventory) return inventory
  const {problemText} = await import('../inventory/problems-text.ts')
  throw new OpsError('usage', problemText(problems), {
    hint: `mend it, then: ringup inventory check -i ${file}`,
    facts: {problems},
  })
}

function hostNamed(inventory: Inventory, name: string): Host {
  const host = inventory.hosts.find(candidate => candidate.name === name || candidate.node === name)
  if (host) return host
  const near = nearest(
    name,
    inventory.hosts.map(candidate => candidate.name),
  )
  throw new OpsError('usage', `${name} is not a host of ${inventory.file}`, {
    hint: near ? `did you mean ${near}?` : 'see the hosts: ringup inventory show',
  })
}
