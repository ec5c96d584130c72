/**
 * A check is a value: a stable id, where its rule comes from, and a pure function from what is known to what it
 * finds. Nothing here asks a host.
 */
import type {HostFacts} from '../riak/host/host-facts.ts'
import type {NodeName} from '../ring/ring.ts'

/** `skip`: it could not be looked at, for the reason found */
export type Level = 'fail' | 'warn' | 'skip' | 'pass'

export type Verdict = {
  readonly level: Level
  readonly found: string
  readonly wanted: string
  /** what mends it: a command wherever there is one */
  readonly fix?: string
  /** more for scripts */
  readonly details?: Readonly<Record<string, unknown>>
}

export type Finding = Verdict & {
  readonly id: string
  /** a host's name, or `cluster` */
  readonly host: string
  /** where the rule comes from */
  readonly source: string
}

export type Check = {
  /** stable, for scripts, `--only` and `--skip` */
  readonly id: string
  readonly title: string
  readonly source: string
  /** `--skip-check` of commands that plan or change something does not pass it */
  readonly invariant: boolean
  /** one that looks at a host; undefined: it does not apply there */
  readonly judge: (host: HostView) => Verdict | undefined
}

/**
 * Where locks and records of runs lie: `prepared` for the team by an administrator, `shared` with every login of the host,
 * `denied` to this login, or `unsafe`, since everybody could change them
 */
export type Place = 'prepared' | 'shared' | 'denied' | 'unsafe'

/** A host that is looked at. */
export type Subject = {
  readonly host: string
  readonly node: NodeName
  /** as riak is called there, as `sudo riak` */
  readonly riak: string
  /** as the inventory has it */
  readonly dataDir: string
  /** it is in the ring already */
  readonly isMember: boolean
  readonly facts: HostFacts | undefined
  /** where locks and records would lie; undefined: it was not told */
  readonly place: Place | undefined
  /** why there are no facts; undefined: it was not asked */
  readonly failure: {readonly message: string; readonly hint: string | undefined} | undefined
}

export type World = {
  /** hosts to be judged */
  readonly hosts: readonly Subject[]
  /** hosts that are members, or as many as were asked */
  readonly members: readonly Subject[]
  readonly ring: {readonly partitions: number; readonly nodes: readonly NodeName[]}
  /** members that the cluster can reach */
  readonly up: ReadonlySet<NodeName>
  readonly claim: {readonly name: string; readonly targetN: number | undefined}
  readonly versions: readonly string[]
  readonly otps: readonly string[]
  /** partitions that each node owns now */
  readonly owned: ReadonlyMap<NodeName, number>
  /** partitions that each node owns when the new hosts have joined */
  readonly planned: ReadonlyMap<NodeName, number>
  /** share of a disk, 0 to 1, that must not be exceeded */
  readonly diskPeak: number
}

export type HostView = {readonly host: Subject; readonly facts: HostFacts; readonly world: World}

export const pass = (found: string, wanted: string): Verdict => ({level: 'pass', found, wanted})
export const warn = (found: string, wanted: string, fix: string): Verdict => ({
  level: 'warn',
  found,
  wanted,
  fix,
})
export const fail = (found: string, wanted: string, fix: string): Verdict => ({
  level: 'fail',
  found,
  wanted,
  fix,
})
export const skip = (found: string, wanted: string): Verdict => ({level: 'skip', found, wanted})

/** The value that most have, and undefined when none has one. */
export function usual<T>(values: readonly (T | undefined)[]): T | undefined {
  const counts = new Map<T, number>()
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
}

/** The first few of many. */
export const few = (names: readonly string[], most = 6): string =>
  names.length > most
    ? `${names.slice(0, most).join(', ')} and ${names.length - most} more`
    : names.join(', ')

/** `sudo ` where riak is called by it. */
export const asRoot = ({riak}: Subject): string =>
  riak
    .split(' ')
    .slice(0, -1)
    .map(word => `${word} `)
    .join('')
