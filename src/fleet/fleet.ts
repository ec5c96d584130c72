/** The composition root: an inventory becomes doors to hosts. Nothing is connected until it is asked. */
import {existsSync} from 'node:fs'
import {OpsError} from '../errors.ts'
import type {Host, Inventory} from '../inventory/inventory.ts'
import {nearest} from '../nearest.ts'
import {mostBytes, readText} from '../read-text.ts'
import {type Memory, openMemory} from '../records/memory.ts'
import {askRecords} from '../records/read.ts'
import type {Door} from '../riak/door.ts'
import {askCluster, type Clock, type ClusterAnswer} from '../riak/ring/ask-cluster.ts'
import {openPool, type Pool, type PoolOptions} from '../ssh/pool.ts'
import {hereAndNow, resolveTarget} from '../ssh/resolve-target.ts'
import {slots} from '../ssh/slots.ts'
import type {Target} from '../ssh/target.ts'
import {atMost, pause} from '../timer.ts'
import {sshHome, whoIsHere} from '../who-is-here.ts'
import {askEach} from './ask-each.ts'

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
  /** what hosts have told of runs, limits and approvals: each call of `ask` adds what the asked member has */
  readonly memory: Memory
  /**
   * Asks every host what it remembers, or the first few, which have what is new; never throws for a host. A spare one may
   * have joined since the inventory was written: it is asked, and not waited for long.
   */
  readonly remember: (options?: {readonly few?: boolean}) => Promise<Memory>
  /** Asks the cluster; spare hosts and those in `except` are not asked. */
  readonly ask: (options?: {
    readonly except?: readonly {readonly node: string}[]
    readonly signal?: AbortSignal
  }) => Promise<ClusterAnswer>
  readonly close: () => void
}

/** ms that what hosts remember is waited for: all that are asked, and the one that has told the ring already */
const patience = {all: 10_000, one: 3000}
/** runs of which a member tells when it is asked for the ring */
const newest = 8

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
      service: host.riak.service,
      get login() {
        return targetOf(host).user
      },
      ask: (argv, options) => pool.exec(targetOf(host), argv, options),
    }
  })
  const memory = openMemory()
  const spares = new Set(inventory.hosts.filter(({spare}) => spare).map(({node}) => node))
  const recall = async (door: Door, most?: number, signal?: AbortSignal): Promise<void> => {
    try {
      const shared = {seen: memory.seen, ...(signal ? {signal} : {})}
      memory.hear(await askRecords(door, {...shared, ...(most === undefined ? {} : {most})}))
    } catch (error) {
      if (!(error instanceof OpsError)) throw error
      // nobody expects a word of a host that waits to join
      if (!spares.has(door.node)) memory.miss(door.host, error.message)
    }
  }
  return {
    inventory,
    doors,
    clock: systemClock,
    memory,
    remember: async ({few = false} = {}) => {
      const [long, short] = [AbortSignal.timeout(patience.all), AbortSignal.timeout(patience.one)]
      await askEach(
        few ? doors.filter(({node}) => !spares.has(node)).slice(0, 3) : doors,
        door => recall(door, few ? newest : undefined, few || spares.has(door.node) ? short : long),
        {places: slots(inventory.concurrency)},
      )
      return memory
    },
    pool,
    targetOf,
    hostsNamed: names => names.map(name => hostNamed(inventory, name)),
    ask: async ({except = [], signal} = {}) => {
      const left = new Set([...except.map(({node}) => node), ...spares])
      const asked = doors.filter(({node}) => !left.has(node))
      const recalled = new Map<Door, Promise<void>>()
      const answer = await askCluster(asked, systemClock, signal, door => {
        recalled.set(door, recall(door, newest, signal))
      })
      await atMost(patience.one, recalled.get(answer.door))
      return answer
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
