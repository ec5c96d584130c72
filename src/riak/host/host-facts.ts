/** What one host told of itself and of the ways from it to others: the answer of `factsScript`, read. */
import type {NodeName} from '../../ring/ring.ts'
import {excerpt} from '../answers/lines.ts'
import type {Ask, Door, Service} from '../door.ts'
import {carried} from '../expression.ts'
import {scriptNotUnderstood} from '../own-script.ts'
import {readUnit, type Unit} from '../service.ts'
import {
  anything,
  atom,
  type Decoder,
  integer,
  isAtom,
  list,
  optional,
  properties,
  required,
  text,
  tuple,
} from '../terms/decode.ts'
import {readTerm, type Term} from '../terms/term.ts'
import {factsExpression, factsScript} from './facts-script.ts'

/** What became of one try to connect: `refused` by the host itself, or no answer, or what the system said. */
export type Dialled = 'open' | 'refused' | 'silent' | `unreachable: ${string}`

export type Way = {readonly port: number; readonly outcome: Dialled}

/** How a peer looks from a host. */
export type PeerFacts = {
  readonly node: NodeName
  /** what the name after the @ resolves to; undefined: to nothing */
  readonly address: string | undefined
  readonly epmd: Way | undefined
  readonly handoff: Way | undefined
  /** missing where the port cannot be known: the peer's epmd does not tell, and no range is set */
  readonly distribution: Way | undefined
  /** the port that the peer's epmd has for the node's name */
  readonly registered: number | undefined
}

/** Settings that all nodes of a cluster share. Undefined: not told. */
export type NodeConfig = {
  /** `running`: as the node has them; a file: as it says, with Riak's own defaults for what it leaves out */
  readonly from: string
  readonly node: NodeName | undefined
  /** of salt and cookie; never shown */
  readonly cookieHash: string | undefined
  readonly ringSize: number | undefined
  /** as riak.conf names it: `bitcask` */
  readonly backend: string | undefined
  readonly claim: string | undefined
  readonly targetN: number | undefined
  readonly handoffPort: number | undefined
  readonly handoffIp: string | undefined
  readonly dataDir: string | undefined
}

export type HostFacts = {
  readonly host: string
  /** as the inventory has it */
  readonly node: NodeName
  /** ms that the host's clock is ahead of ours: somewhere between these two */
  readonly clock: {readonly lowest: number; readonly highest: number} | undefined
  /** where `riak` is */
  readonly riak: string | undefined
  readonly state: 'running' | 'stopped' | 'unknown'
  /** what the riak command said when it was neither; a few words */
  readonly said: string
  readonly config: NodeConfig | undefined
  /** of the cluster that the running node is in */
  readonly members: readonly NodeName[] | undefined
  readonly version: string | undefined
  /** `25` */
  readonly otp: string | undefined
  readonly bash: boolean
  readonly peers: readonly PeerFacts[]
  readonly dataDir: string
  /** bytes; free: for an ordinary user */
  readonly disk: {readonly size: number; readonly free: number; readonly mountedOn: string} | undefined
  readonly mount:
    | {readonly device: string; readonly type: string; readonly options: readonly string[]}
    | undefined
  readonly scheduler: string | undefined
  /** a path, or why it is not known; undefined: there is none, or it was not looked for */
  readonly ringFile: string | undefined
  readonly dataFile: string | undefined
  /** bytes of Riak's data, where it was measured */
  readonly dataBytes: number | undefined
  readonly memory: number | undefined
  readonly swap: number | undefined
  readonly swappiness: number | undefined
  /** `never` */
  readonly hugePages: string | undefined
  readonly openFiles: {readonly limit: number; readonly of: 'node' | 'unit' | 'login'} | undefined
  /** of systemd; undefined: there is no systemd */
  readonly unit: Unit | undefined
}

export type FactsRequest = {
  /** hexadecimal; new each time, the same for all hosts that are compared */
  readonly salt: string
  /** look for files that lie in the data directory already */
  readonly isNew: boolean
  /** measure the data */
  readonly size: boolean
  readonly peers: readonly NodeName[]
}

export const factsArgv = (door: Door, {salt, isNew, size, peers}: FactsRequest): string[] => [
  'sh',
  '-c',
  factsScript,
  'ringup-facts',
  door.node,
  door.dataDir,
  salt,
  door.eval ? carried(factsExpression(salt)) : '',
  [isNew ? 'new' : '', size ? 'size' : ''].join(' ').trim(),
  peers.join(' '),
  door.riak.at(-1)!,
  ...door.riak.slice(0, -1),
]

/** Throws an `OpsError`: the host cannot be reached, or its answer is not understood. */
export async function askFacts(
  door: Door,
  now: () => number,
  request: FactsRequest,
  options?: Parameters<Ask>[1],
): Promise<HostFacts> {
  const sent = now()
  const answer = await door.ask(factsArgv(door, request), {timeout: 120_000, ...options})
  const facts = readFacts(door, answer.stdout, {sent, received: now()})
  if (facts) return facts
  throw scriptNotUnderstood(door.host, 'facts of the host', answer)
}

/** Undefined when the script did not come to its end. */
export function readFacts(
  {host, node, service}: Pick<Door, 'host' | 'node' | 'service'>,
  stdout: string,
  {sent, received}: {readonly sent: number; readonly received: number},
): HostFacts | undefined {
  const pairs = stdout.split('\n').flatMap((line): [string, string][] => {
    const match = /^([a-z_.]+)=(.*)$/.exec(line)
    if (!match) return []
    const [, key, value] = match as unknown as [string, string, string]
    // all but the node's own answer is a path, a number or a word
    return [[key, key === 'riak_says' ? value : value.slice(0, 4096)]]
  })
  const all = (key: string): string[] => pairs.filter(([name]) => name === key).map(([, value]) => value)
  const get = (key: string): string | undefined => all(key)[0]
  const count = (key: string): number | undefined => numberOf(get(key))
  const [start, end] = [seconds(get('start')), seconds(get('end'))]
  if (start === undefined || end === undefined) return undefined

  const says = get('riak_says') ?? ''
  const shown = get('unit_files')
  const unit = shown === undefined ? undefined : readUnit(shown)
  const live = liveFacts(says)
  const stopped = /not responding to pings|Node is not running!|did not respond to ping!/.test(says)
  const release = /^(\S+) (\S+)/.exec(get('release') ?? '')
  const [device, type, options] = (get('mount') ?? '').split(' ')
  const kilobytes = (key: string): number | undefined => scaled(count(key), 1024)
  return {
    host,
    node,
    clock: {lowest: end - received, highest: start - sent},
    riak: get('riak'),
    state: live || /\bpong\b/.test(says) ? 'running' : stopped ? 'stopped' : 'unknown',
    said: live ? '' : excerpt(says.trim()),
    config: live?.config ?? configOf(get, all('advanced'), release?.[2]),
    members: live?.members,
    version: live?.version ?? release?.[2],
    otp: live?.otp ?? otpOf(release?.[1]),
    bash: get('bash') !== 'none',
    peers: peersOf(all('peer')),
    dataDir: live?.config.dataDir ?? get('data') ?? '',
    disk: diskOf(get('df')),
    mount: device && type && options ? {device, type, options: options.split(',')} : undefined,
    scheduler: /\[(.+)\]/.exec(get('scheduler') ?? '')?.[1] ?? get('scheduler'),
    ringFile: found(get('ring_file')),
    dataFile: found(get('data_file')),
    dataBytes: count('bytes'),
    memory: kilobytes('memory'),
    swap: kilobytes('swap'),
    swappiness: count('swappiness'),
    hugePages: /\[(.+)\]/.exec(get('thp') ?? '')?.[1],
    openFiles: openFilesOf(live?.files, unit, service, count('login_files')),
    unit,
  }
}

const numberOf = (value: string | undefined): number | undefined =>
  value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined

const scaled = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : value * factor

/** ms; a `date` without nanoseconds leaves its `%N` behind */
function seconds(value: string | undefined): number | undefined {
  const match = /^(\d+)(?:\.(\d+))?/.exec(value ?? '')
  return match ? Number(`${match[1]}.${match[2] ?? '0'}`) * 1000 : undefined
}

/** ERTS 13 came with OTP 25, and so on. Source: the versions that Erlang/OTP 17 to 26 were released with. */
function otpOf(erts: string | undefined): string | undefined {
  const match = /^(\d+)\.(\d+)/.exec(erts ?? '')
  if (!match || Number(match[1]) < 6) return undefined
  const [major, minor] = [Number(match[1]), Number(match[2])]
  const isEarly = major < 10 || (major === 10 && minor < 4)
  return String(major + (isEarly ? 11 : 12))
}

const found = (value: string | undefined): string | undefined =>
  value === undefined || /No such file or directory/.test(value) ? undefined : value.trim()

function diskOf(line: string | undefined): HostFacts['disk'] {
  const match = /^\S+ +(\d+) +\d+ +(\d+) +\S+ +(\/.*)$/.exec(line ?? '')
  return match ? {size: Number(match[1]), free: Number(match[2]), mountedOn: match[3]!} : undefined
}

function openFilesOf(
  node: number | undefined,
  unit: Unit | undefined,
  service: Service,
  login: number | undefined,
): HostFacts['openFiles'] {
  if (node !== undefined) return {limit: node, of: 'node'}
  // the limit of the process that would run, started by what supervises it
  if (unit?.isThere && unit.files !== undefined && service !== 'riak') return {limit: unit.files, of: 'unit'}
  return login === undefined ? undefined : {limit: login, of: 'login'}
}

/** `NODE WHAT ...`, a line for each thing seen. */
function peersOf(lines: readonly string[]): PeerFacts[] {
  const seen = new Map<NodeName, Map<string, string>>()
  for (const line of lines) {
    const match = /^(\S+) (\S+) (.+)$/.exec(line)
    if (!match) continue
    const of = seen.get(match[1]!) ?? new Map<string, string>()
    seen.set(match[1]!, of.set(match[2]!, match[3]!))
  }
  const way = (value: string | undefined): Way | undefined => {
    const match = /^(\d+) (.+)$/.exec(value ?? '')
    return match ? {port: Number(match[1]), outcome: match[2] as Dialled} : undefined
  }
  return [...seen].map(([node, of]) => ({
    node,
    address: of.get('address') === 'none' ? undefined : of.get('address'),
    epmd: way(of.get('epmd')),
    handoff: way(of.get('handoff')),
    distribution: way(of.get('distribution')),
    registered: numberOf(of.get('registered')),
  }))
}

/** Defaults are those of Riak's own schema files. */
function configOf(
  get: (key: string) => string | undefined,
  advanced: readonly string[],
  version: string | undefined,
): NodeConfig | undefined {
  const from = get('config')
  if (from === undefined) return undefined
  const overrides = new Map(
    advanced.map(text => {
      const match = /^\{ *(\w+) *, *(.*?) *\}$/.exec(text)
      return [match?.[1] ?? '', match?.[2] ?? ''] as const
    }),
  )
  const value = (key: string, override: string): string | undefined =>
    overrides.get(override) ?? get(`conf.${key}`)
  const absolute = (path: string | undefined): string | undefined =>
    path?.startsWith('/') ? path : undefined
  return {
    from,
    node: get('conf.nodename'),
    cookieHash: get('cookie'),
    ringSize: numberOf(value('ring_size', 'ring_creation_size') ?? '64'),
    backend: backendName(value('storage_backend', 'storage_backend') ?? defaultBackend(version)),
    // the function's own name, where its module stands before it
    claim:
      /(\w+)\W*$/.exec(value('choose_claim_fun', 'choose_claim_fun') ?? '')?.[1] ?? 'default_choose_claim',
    targetN: numberOf(value('target_n_val', 'target_n_val') ?? '4'),
    handoffPort: numberOf(value('handoff.port', 'handoff_port') ?? '8099'),
    handoffIp: get('conf.handoff.ip') ?? '0.0.0.0',
    dataDir: absolute(get('conf.platform_data_dir')),
  }
}

/** Of a riak.conf that names none. */
const defaultBackend = (version = ''): string =>
  /^3\.(?:[4-9]|\d\d)\b/.test(version) ? 'leveled' : 'bitcask'

/** riak.conf names some backends in another way than their modules are called. */
const backendName = (name: string): string => {
  const short = /^riak_kv_(\w+)_backend$/.exec(name)?.[1] ?? name
  return {eleveldb: 'leveldb', multi_prefix: 'prefix_multi'}[short] ?? short
}

type Live = {
  readonly config: NodeConfig
  readonly members: readonly NodeName[] | undefined
  readonly version: string | undefined
  readonly otp: string | undefined
  readonly files: number | undefined
}

/** What the running node said, after anything that sudo or riak said before; undefined when it did not. */
function liveFacts(says: string): Live | undefined {
  const at = says.indexOf('{ringup_facts,')
  if (at < 0) return undefined
  try {
    const [, , body] = tuple(atom, integer, properties)(readTerm(says.slice(at)), 'facts')
    const known = <T>(key: string, item: Decoder<T>): T | undefined => {
      const term = required(body, key, anything, 'facts')
      return isAtom(term, 'unknown') ? undefined : item(term, `facts.${key}`)
    }
    const set = <T>(key: string, item: Decoder<T>): T | undefined =>
      optional(tuple(atom, item))(body.get(key), `facts.${key}`)?.[1]
    const ring = known('ring', tuple(integer, list(atom)))
    const backend = set('backend', atom)
    return {
      config: {
        from: 'running',
        node: known('node', atom),
        cookieHash: known('cookie', text),
        ringSize: ring?.[0],
        backend: backend === undefined ? undefined : backendName(backend),
        claim: set('claim', claimName) ?? 'default_choose_claim',
        targetN: set('target_n', integer) ?? 4,
        handoffPort: set('handoff_port', integer),
        handoffIp: set('handoff_ip', text),
        dataDir: set('data_dir', text),
      },
      members: ring?.[1],
      version: known('version', text),
      otp: known('otp', text),
      files:
        known('files', anything) === undefined
          ? undefined
          : optional(integer)(body.get('files'), 'facts.files'),
    }
  } catch {
    return undefined
  }
}

const claimName: Decoder<string> = (term: Term, path) =>
  typeof term === 'object' && 'atom' in term ? term.atom : tuple(atom, atom)(term, path)[1]
