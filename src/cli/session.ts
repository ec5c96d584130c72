/** The composition root: an inventory becomes doors to hosts. Nothing is connected until it is asked. */
import {existsSync, readFileSync} from 'node:fs'
import {homedir, userInfo} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {OpsError} from '../errors.ts'
import type {Host, Inventory} from '../inventory/inventory.ts'
import {nearest} from '../nearest.ts'
import {askCluster, type Clock, type ClusterAnswer} from '../riak/ask-cluster.ts'
import type {Door} from '../riak/door.ts'
import {openPool} from '../ssh/pool.ts'
import type {Target} from '../ssh/target.ts'

export type Session = {
  readonly inventory: Inventory
  /** one for each host, in inventory order */
  readonly doors: readonly Door[]
  readonly clock: Clock
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
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal ? {signal} : {}).catch(() => {})
  },
}

export const openSession = async (inventoryFile: string): Promise<Session> =>
  sessionOf(await readInventory(inventoryFile))

export function sessionOf(inventory: Inventory): Session {
  const pool = openPool()
  const doors = inventory.hosts.map((host): Door => {
    const target = targetOf(host)
    return {
      host: host.name,
      node: host.node,
      riak: host.riak.command,
      eval: host.riak.eval,
      dataDir: host.riak.dataDir,
      ask: (argv, options) => pool.exec(target, argv, options),
    }
  })
  return {
    inventory,
    doors,
    clock: systemClock,
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

export async function readInventory(file: string): Promise<Inventory> {
  const {loadInventory} = await import('../inventory/load.ts')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    const missing = code === 'ENOENT'
    throw new OpsError(
      'usage',
      missing ? `there is no inventory ${file}` : `the inventory ${file} cannot be read: ${code}`,
      {
        hint: missing ? 'write one (inventory.example.yaml shows how), or name it: -i FILE' : undefined,
        cause: error,
      },
    )
  }
  const {inventory, problems} = loadInventory(text, file, homedir())
  if (inventory) return inventory
  const {problemText} = await import('../report/problems-text.ts')
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

function targetOf(host: Host): Target {
  const user = host.ssh.user ?? userInfo().username
  const {knownHostsFile, connectTimeout} = host.ssh
  const shared = {...credentials(host.ssh.identityFile), knownHostsFiles: [knownHostsFile], connectTimeout}
  let jump: Target | undefined
  for (const step of host.ssh.proxyJump) jump = {...hopOf(step, user), ...shared, jump}
  return {name: host.name, address: host.address, port: host.ssh.port, user, ...shared, jump}
}

/** `[user@]host[:port]` */
function hopOf(step: string, user: string): Pick<Target, 'name' | 'address' | 'port' | 'user'> {
  const match = /^(?:([^@]+)@)?(.+?)(?::(\d+))?$/.exec(step)!
  return {name: step, user: match[1] ?? user, address: match[2]!, port: Number(match[3] ?? 22)}
}

/** The file named; else the agent; else the key files that ssh tries by itself. */
function credentials(identityFile: string | undefined): Pick<Target, 'identityFiles' | 'agent'> {
  if (identityFile !== undefined) return {identityFiles: [identityFile]}
  const agent = process.env.SSH_AUTH_SOCK
  if (agent) return {identityFiles: [], agent}
  const usual = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map(name => join(homedir(), '.ssh', name))
  return {identityFiles: usual.filter(file => existsSync(file))}
}
