/** Writes the inventory of a cluster that is there, from what one of its members tells. */
import {existsSync} from 'node:fs'
import type {Place} from '../check/check.ts'
import {OpsError} from '../errors.ts'
import {type Fleet, readInventory} from '../fleet/fleet.ts'
import {adoptedText} from '../inventory/adopted-text.ts'
import {askDataDir} from '../riak/query.ts'
import {askedVersion, presentMembers, type Snapshot} from '../ring/snapshot.ts'
import {isHostFailure} from '../ssh/failure.ts'
import {writeWhole} from '../state/write-whole.ts'
import {adopted, type FirstHost, firstHost, trustFirst} from './first-host.ts'

export type AdoptOptions = FirstHost & {
  readonly out: string
  /** what to call it; undefined: it is asked for, or named for a node */
  readonly cluster: string | undefined
  readonly command: string
  /** what a person calls it, where one can be asked; else as proposed */
  readonly label: (proposed: string) => Promise<string>
}

export type Adoption = {
  readonly schema: 'ringup/init/1'
  readonly file: string
  /** what the file calls it */
  readonly cluster: string
  readonly written: boolean
  readonly members: number
  readonly version: string
  /** where locks and records of runs will lie on that host; null: it does not tell */
  readonly records: Place | null
  /** members written with the address in their names, though HOST is reached by a port of this machine that leads to it alone */
  readonly unsure: readonly string[]
}

/** Throws an `OpsError` when the member cannot be asked, or the file is there and describes another cluster. */
export async function adoptCluster(options: AdoptOptions, opened: (fleet: Fleet) => void): Promise<Adoption> {
  const {out, command} = options
  const {fleet, ssh, address} = firstHost(options, command)
  opened(fleet)
  const {door, snapshot} = await fleet.ask().catch(error => {
    throw isHostFailure(error) && error.facts.class === 'host-key-unknown'
      ? new OpsError(error.kind, error.message, {
          where: error.where,
          hint: trustFirst(options),
          facts: error.facts,
          cause: error,
        })
      : error
  })
  const members = presentMembers(snapshot.ring).filter(({status}) => status !== 'joining')
  const version = askedVersion(snapshot)
  const aside = leadsAside(address, snapshot.askedNode) ? snapshot.askedNode : undefined
  const unsure = aside === undefined ? [] : members.map(({node}) => node).filter(node => node !== aside)
  const records = fleet.memory.told()[0]?.place ?? null
  const result = {
    schema: 'ringup/init/1',
    file: out,
    members: members.length,
    version,
    records,
    unsure,
  } as const
  if (existsSync(out)) {
    return {...result, cluster: await sameInventory(out, snapshot), written: false, unsure: []}
  }
  const hosts = members.map(({node}) => ({
    node,
    location: snapshot.ring.locations[node],
    reached: node === aside ? {address, port: ssh.port} : undefined,
  }))
  const dataDir = await askDataDir(door)
  const cluster = options.cluster ?? (await options.label(derivedLabel(snapshot)))
  const text = adoptedText({
    cluster,
    ssh: aside === undefined ? ssh : {...ssh, port: undefined},
    riak: {command, dataDir, version},
    hosts,
  })
  adopted(text, out)
  writeWhole(out, text, 'inventory')
  return {...result, cluster, written: true}
}

/** An address of this machine that is not the one in the node's name: a forwarded port, or a practice host's. */
const leadsAside = (address: string, node: string): boolean =>
  /^(?:127\.|localhost$)/.test(address) && !node.endsWith(`@${address}`)

/**
 * `riak-10-20-0-11`: by the node that began the ring, as long as it is a member, else by the first one. Clusters are
 * not mixed up by their labels, but people do.
 */
function derivedLabel({clusterName, ring}: Snapshot): string {
  const members = presentMembers(ring).map(({node}) => node)
  const first = members.find(node => clusterName.startsWith(`${node}/`)) ?? members[0]!
  return first.replaceAll(/[^A-Za-z0-9_-]+/g, '-')
}

/** The file that is there must have every member; what it calls the cluster. */
async function sameInventory(file: string, {ring}: Snapshot): Promise<string> {
  const {cluster, hosts} = await readInventory(file)
  const known = new Set(hosts.map(({node}) => node))
  const missing = presentMembers(ring).filter(({node}) => !known.has(node))
  if (missing.length === 0) return cluster
  throw new OpsError(
    'usage',
    `${file} is there, and has no host for ${missing.map(({node}) => node).join(', ')}`,
    {
      hint: `add ${missing.length === 1 ? 'it' : 'them'} to its hosts, or write another file: --out FILE`,
    },
  )
}
