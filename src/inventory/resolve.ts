/** Fills in defaults, expands ranges and checks what a schema cannot: names that clash, addresses that do not pair up. */
import {dirname, isAbsolute, join} from 'node:path'
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
    const expanded = expandHosts(source, entry, {home, file})
    if ('problem' in expanded) problems.push({path: ['hosts', at], code: 'range', message: expanded.problem})
    else hosts.push(...expanded.hosts.map(host => ({host, at})))
    if (hosts.length > mostHosts) {
      const message = `there are more than ${mostHosts} hosts`
      return {problems: [{path: ['hosts', at], code: 'range', message}]}
    }
  }
  problems.push(...clashes(hosts), ...badNodeNames(hosts), ...badAddresses(hosts))
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

/** the user's home, and the inventory's file */
type Where = {readonly home: string; readonly file: string}

function expandHosts(
  source: InventoryFile,
  entry: HostEntry,
  where: Where,
): {hosts: Host[]} | {problem: string} {
  const names = expandRange(entry.name)
  const addresses = expandRange(entry.address)
  if ('problem' in names) return names
  if ('problem' in addresses) return addresses
  if (names.length !== addresses.length)
    return {
      problem: `${entry.name} is ${names.length} names, but ${entry.address} is ${addresses.length} addresses`,
    }
  return {
    hosts: names.map((name, at) => resolveHost(source, entry, {name, address: addresses[at]!, ...where})),
  }
}

function resolveHost(
  source: InventoryFile,
  entry: HostEntry,
  {name, address, home, file}: Where & {readonly name: string; readonly address: string},
): Host {
  const ssh = {...source.ssh, ...entry.ssh}
  const riak = {...source.riak, ...entry.riak}
  // what a file names is named from where it lies, wherever ringup is started
  const found = (path: string): string => {
    const inHome = path.replace(/^~(?=\/|$)/, home)
    return isAbsolute(inHome) || inHome === 'none' || inHome.startsWith('~')
      ? inHome
      : join(dirname(file), inHome)
  }
  return {
    name,
    address,
    node: (riak.nodeName ?? 'riak@{address}').replaceAll('{name}', name).replaceAll('{address}', address),
    ...(entry.location === undefined ? {} : {location: entry.location}),
    spare: entry.state === 'spare',
    ssh: {
      ...(ssh.user === undefined ? {} : {user: ssh.user}),
      ...(ssh.port === undefined ? {} : {port: ssh.port}),
      ...(ssh.identityFile === undefined ? {} : {identityFile: found(ssh.identityFile)}),
      ...(ssh.knownHostsFile === undefined ? {} : {knownHostsFile: found(ssh.knownHostsFile)}),
      ...(ssh.proxyJump === undefined ? {} : {proxyJump: ssh.proxyJump}),
      ...(ssh.connectTimeout === undefined ? {} : {connectTimeout: parseDuration(ssh.connectTimeout)!}),
      ...(ssh.configFile === undefined ? {} : {configFile: found(ssh.configFile)}),
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
    // names of hosts are the same in capitals
    ['name', ({host}: Placed) => host.name.toLowerCase()],
    ['address', placeOf],
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
            ? placed.host.name === other.host.name
              ? `host ${value} stands twice`
              : `${placed.host.name} and ${other.host.name} differ in capitals only`
            : `${placed.host.name} and ${other.host.name} have the same ${what}: ${value}`
        problems.push({path: ['hosts', placed.at], code: 'duplicate', message})
      }
    }
  }
  return problems
}

/** Two nodes of one host, as devrel makes them, keep their data apart. */
const placeOf = ({host: {address, ssh, riak}}: Placed): string =>
  `${address.toLowerCase()} port ${ssh.port ?? 22}, data ${riak.dataDir}`

/** Four numbers that are no address: one of them too large, or with zeros before it, which some read as octal. */
const badAddresses = (hosts: readonly Placed[]): PathProblem[] =>
  hosts.flatMap(({host: {name, address}, at}) => {
    const parts = /^\d+(?:\.\d+){3}$/.test(address) ? address.split('.') : []
    const bad = parts.find(part => Number(part) > 255 || /^0\d/.test(part))
    if (bad === undefined && !/^\d+(?:\.\d+)*$/.test(address)) return []
    if (bad === undefined && parts.length === 4) return []
    const why =
      bad === undefined
        ? 'has not four numbers'
        : Number(bad) > 255
          ? `has ${bad}, above 255`
          : `has ${bad}, with a zero before it`
    return [
      {path: ['hosts', at], code: 'value', message: `${name}: ${address} is no IPv4 address: it ${why}`},
    ]
  })

const badNodeNames = (hosts: readonly Placed[]): PathProblem[] =>
  hosts
    .filter(({host}) => !isNodeName(host.node))
    .map(({host, at}) => ({
      path: ['hosts', at],
      code: 'node-name',
      message: `${host.name}: ${JSON.stringify(host.node)} is not a node name`,
      suggestion: 'a node name is name@host with letters, digits, -, _ and . only: set riak.nodeName',
    }))
