/** Writes the inventory of a cluster that is there, from what one of its members tells. */
import {existsSync} from 'node:fs'
import {OpsError} from '../errors.ts'
import {adoptedText} from '../inventory/adopted-text.ts'
import {loadInventory} from '../inventory/load.ts'
import {askDataDir} from '../riak/query.ts'
import {presentMembers, type Snapshot} from '../ring/snapshot.ts'
import type {PoolOptions} from '../ssh/pool.ts'
import {readInventory, type Session, sessionOf} from './session.ts'
import {homeFolder} from './who-is-here.ts'
import {writeWhole} from './write-whole.ts'

export type AdoptOptions = {
  /** `[user@]host[:port]` of a member */
  readonly from: string
  readonly out: string
  readonly cluster: string
  readonly command: string
  readonly identityFile: string | undefined
  readonly knownHostsFile: string | undefined
  readonly proxyJump: readonly string[]
  readonly transport: PoolOptions['transport']
}

export type Adoption = {
  readonly schema: 'ringup/init/1'
  readonly file: string
  readonly written: boolean
  readonly members: number
  readonly version: string
}

/** Throws an `OpsError` when the member cannot be asked, or the file is there and describes another cluster. */
export async function adoptCluster(
  options: AdoptOptions,
  opened: (session: Session) => void,
): Promise<Adoption> {
  const {from, out, command, cluster} = options
  const match = /^(?:([^@\s]+)@)?([A-Za-z0-9.-]+)(?::(\d+))?$/.exec(from)
  if (!match)
    throw new OpsError('usage', `--from ${from} is not [user@]host[:port]`, {
      hint: 'name a host that is a member, as --from riakops@10.20.0.11',
    })
  const ssh = {
    user: match[1],
    port: match[3] === undefined ? undefined : Number(match[3]),
    identityFile: options.identityFile,
    knownHostsFile: options.knownHostsFile,
    proxyJump: options.proxyJump,
  }
  const textFor = (
    hosts: Parameters<typeof adoptedText>[0]['hosts'],
    dataDir: string | undefined,
    version: string,
  ) => adoptedText({cluster, ssh, riak: {command, dataDir, version}, hosts})
  // the one host that is known, by the same text and with the same defaults
  const session = sessionOf(
    parsed(textFor([{node: `riak@${match[2]}`, location: undefined}], undefined, ''), from),
    options.transport,
  )
  opened(session)
  const {door, snapshot} = await session.ask()
  const members = presentMembers(snapshot.ring).filter(({status}) => status !== 'joining')
  const version = snapshot.nodes.find(({node}) => node === snapshot.askedNode)?.version ?? 'unknown'
  const result = {schema: 'ringup/init/1', file: out, members: members.length, version} as const
  if (existsSync(out)) {
    await refuseAnother(out, snapshot)
    return {...result, written: false}
  }
  const hosts = members.map(({node}) => ({node, location: snapshot.ring.locations[node]}))
  const text = textFor(hosts, await askDataDir(door), version)
  parsed(text, out)
  writeWhole(out, text, 'inventory')
  return {...result, written: true}
}

function parsed(text: string, file: string) {
  const {inventory, problems} = loadInventory(text, file, homeFolder())
  if (inventory) return inventory
  throw new OpsError(
    'usage',
    `no inventory can be made of it: ${problems.map(({message}) => message).join('; ')}`,
    {
      hint: 'write one by hand; inventory.example.yaml shows how',
    },
  )
}

/** The file that is there must have every member. */
async function refuseAnother(file: string, {ring}: Snapshot): Promise<void> {
  const {hosts} = await readInventory(file)
  const known = new Set(hosts.map(({node}) => node))
  const missing = presentMembers(ring).filter(({node}) => !known.has(node))
  if (missing.length === 0) return
  throw new OpsError(
    'usage',
    `${file} is there, and has no host for ${missing.map(({node}) => node).join(', ')}`,
    {
      hint: `add ${missing.length === 1 ? 'it' : 'them'} to its hosts, or write another file: --out FILE`,
    },
  )
}
