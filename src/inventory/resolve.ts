/** Fills in defaults, expands ranges and checks what a schema cannot: names that clash, addresses that do not pair up. */
import {isNodeName} from '../names.ts'
import {parseBytes, parseDuration, parsePercent} from '../units.ts'
import type {Host, Inventory, Problem} from './inventory.ts'
import {expandRange, mostHosts} from './ranges.ts'
import type {HostEntry, InventoryFile} from './schema.ts'

type PathProblem = Omit<Problem, 'file' | 'line' | 'column'> & {readonly path: readonly (string | number)[]}

export function resolveInventory(
  source: InventoryFile,
  {file, home}: {readonly file: string; readonly home: string},
): {inventory: Inventory} | {problems: PathProblem[]} {
  const problems: PathProblem[] = []
  const hosts: Placed[] = []
  for (const [at, entry] of source.hosts.entries()) {
    const expanded = expandHosts(source, entry, home)
    if ('problem' in expanded) problems.push({path: ['hosts', at], code: 'range', message: expanded.problem})
    else hosts.push(...expanded.hosts.map(host => ({host, at})))
    if (hosts.length > mostHosts) {
      const message = `there are more than ${mostHosts} hosts`
      return {problems: [{path: ['hosts', at], code: 'range', message}]}
    }
  }
  problems.push(...clashes(hosts), ...badNodeNames(hosts))
  const {min = 1, max = 8} = source.limits?.transferLimit ?? {}
  if (min > max)
    problems.push({
      path: ['limits', 'transferLimit'],
      code: 'value',
      message: `limits.transferLimit: min ${min} is above max ${max}`,
    })
  if (problems.length > 0) return {problems}
  return {
    inventory: {
      file,
      cluster: source.cluster,
      hosts: hosts.map(({host}) => host),
      concurrency: source.ssh?.concurrency ?? 64,
      limits: {diskPeak: parsePercent(source.limits?.diskPeak ?? '80%')!, transferLimit: {min, max}},
      growth: growth(source.growth),
    },
  }
}

function growth(source: InventoryFile['growth']): Inventory['growth'] {
  if (!source) return {}
  const {perDay, until, ingestPerDay, window, approvals, reason} = source
  return {
    ...(perDay === undefined ? {} : {perDay}),
    ...(until === undefined ? {} : {until}),
    ...(ingestPerDay === undefined ? {} : {ingestPerDay: parseBytes(ingestPerDay)!}),
    ...(window === undefined ? {} : {window}),
    ...(approvals === undefined ? {} : {approvals}),
    ...(reason === undefined ? {} : {reason}),
  }
}

function expandHosts(
  source: InventoryFile,
  entry: HostEntry,
  home: string,
): {hosts: Host[]} | {problem: string} {
  const names = expandRange(entry.name)
  const addresses = expandRange(entry.address)
  if ('problem' in names) return names
  if ('problem' in addresses) return addresses
  if (names.length !== addresses.length)
    return {
      problem: `${entry.name} is ${names.length} names, but ${entry.address} is ${addresses.length} addresses`,
    }
  return {hosts: names.map((name, at) => resolveHost(source, entry, name, addresses[at]!, home))}
}

function resolveHost(
  source: InventoryFile,
  entry: HostEntry,
  name: string,
  address: string,
  home: string,
): Host {
  const ssh = {...source.ssh, ...entry.ssh}
  const riak = {...source.riak, ...entry.riak}
  const inHome = (path: string): string => path.replace(/^~(?=\/|$)/, home)
  return {
    name,
    address,
    node: (riak.nodeName ?? 'riak@{address}').replaceAll('{name}', name).replaceAll('{address}', address),
    ...(entry.location === undefined ? {} : {location: entry.location}),
    spare: entry.state === 'spare',
    ssh: {
      ...(ssh.user === undefined ? {} : {user: ssh.user}),
      ...(ssh.port === undefined ? {} : {port: ssh.port}),
      ...(ssh.identityFile === undefined ? {} : {identityFile: inHome(ssh.identityFile)}),
      ...(ssh.knownHostsFile === undefined ? {} : {knownHostsFile: inHome(ssh.knownHostsFile)}),
      ...(ssh.proxyJump === undefined ? {} : {proxyJump: ssh.proxyJump}),
      ...(ssh.connectTimeout === undefined ? {} : {connectTimeout: parseDuration(ssh.connectTimeout)!}),
      ...(ssh.configFile === undefined ? {} : {configFile: inHome(ssh.configFile)}),
    },
    riak: {
      command: (riak.command ?? 'sudo riak').trim().split(/ +/),
      dataDir: riak.dataDir ?? '/var/lib/riak',
      eval: riak.eval ?? true,
      ...(riak.service === undefined ? {} : {service: riak.service}),
    },
  }
}

type Placed = {readonly host: Host; readonly at: number}

function clashes(hosts: readonly Placed[]): PathProblem[] {
  const problems: PathProblem[] = []
  // one address with several ports is several hosts
  const identities = [
    ['name', ({host}: Placed) => host.name],
    ['address', ({host}: Placed) => `${host.address} port ${host.ssh.port ?? 22}`],
    ['node name', ({host}: Placed) => host.node],
  ] as const
  const reported = new Set<Placed>()
  for (const [what, of] of identities) {
    const first = new Map<string, Placed>()
    for (const placed of hosts) {
      const value = of(placed)
      const other = first.get(value)
      if (!other) first.set(value, placed)
      else if (!reported.has(placed)) {
        reported.add(placed)
        const message =
          what === 'name'
            ? `host ${value} stands twice`
            : `${placed.host.name} and ${other.host.name} have the same ${what}: ${value}`
        problems.push({path: ['hosts', placed.at], code: 'duplicate', message})
      }
    }
  }
  return problems
}

const badNodeNames = (hosts: readonly Placed[]): PathProblem[] =>
  hosts
    .filter(({host}) => !isNodeName(host.node))
    .map(({host, at}) => ({
      path: ['hosts', at],
      code: 'node-name',
      message: `${host.name}: ${JSON.stringify(host.node)} is not a node name`,
      suggestion: 'a node name is name@host with letters, digits, -, _ and . only: set riak.nodeName',
    }))
