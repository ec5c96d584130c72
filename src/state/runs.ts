/** Runs as files, as commands name them: by id, by a part of it, by the path of a journal, or the newest unfinished one. */
import {existsSync, statSync} from 'node:fs'
import {isOpsError, OpsError} from '../errors.ts'
import type {Inventory} from '../inventory/inventory.ts'
import {type EndedOutcome, isOver, type RunState, reduceRun} from '../journal/reduce.ts'
import {planIdentity} from '../plan/plan.ts'
import {agree} from '../records/agree.ts'
import {type Chain, chainOf, continues, keptLines} from '../records/chain.ts'
import {copiesOf, type Memory, rememberedIds} from '../records/memory.ts'
import type {HostCopy} from '../records/read.ts'
import {type ClusterIdentity, sameCluster} from '../ring/identity.ts'
import {eventsOf, journalLines} from './read-journal.ts'
import {stateDir} from './state-dir.ts'
import {
  adoptJournal,
  bringJournal,
  isRunId,
  type Journal,
  journalFile,
  listRuns,
  reopenJournal,
} from './store.ts'

export {isOver}

/** What `runs resume`, `runs close` and `abandon` say of such a run. */
export type RunIsOver = {
  readonly schema: 'ringup/run/1'
  readonly run: string
  readonly outcome: EndedOutcome
  readonly message: string
}

/** Of a run that is over. */
export const runIsOver = ({run, state}: FoundRun): RunIsOver => ({
  schema: 'ringup/run/1',
  run,
  outcome: state.outcome as RunIsOver['outcome'],
  message: 'nothing to do',
})

export type RunsReport = {
  readonly schema: 'ringup/runs/1'
  /** the newest first */
  readonly runs: readonly (Omit<RunState, 'plan'> & RunRecord)[]
  /** journals that are there and cannot be read: they count for nothing */
  readonly damaged: readonly DamagedRun[]
  /** hosts that were asked what they remember and did not tell */
  readonly silent: readonly {readonly host: string; readonly why: string}[]
}

export type RunStateReport = RunState &
  RunRecord & {
    readonly schema: 'ringup/run-state/1'
    /** its last line is cut off, as a killed run leaves it */
    readonly torn: boolean
  }

/** Where the record of a run lies. */
export type RunRecord = {
  /** the file here; null: hosts alone have it */
  readonly journal: string | null
  /** hosts that have all of it */
  readonly hosts: readonly string[]
  /** false: one host alone tells of it */
  readonly sure: boolean
}

export type FoundRun = {
  readonly run: string
  /** the file here, or on a host, as `r01:/var/tmp/...` */
  readonly file: string
  readonly state: RunState
  readonly torn: boolean
  /** whether `file` is one of this machine */
  readonly isHere: boolean
  /** hosts that have all of it */
  readonly hosts: readonly string[]
  /** two hosts agree on it, or this machine has it */
  readonly isSure: boolean
  /** what was found beside it, in words */
  readonly notes: readonly string[]
  /** seconds since hosts heard of whoever carries it out; undefined: no host tells */
  readonly silent: number | undefined
  /** of its journal, as far as they are whole */
  readonly lines: readonly string[]
}

export const recordOf = ({file, isHere, hosts, isSure}: FoundRun): RunRecord => ({
  journal: isHere ? file : null,
  hosts,
  sure: isSure,
})

export type DamagedRun = {readonly run: string; readonly journal: string; readonly why: string}

/** Throws an `OpsError` (exit 64) for a file that is no journal of a run. */
export function loadRun(file: string): FoundRun {
  // a journal only grows, and is asked for again and again while something is watched
  const found = statSync(file, {throwIfNoEntry: false})
  const stamp = `${found?.size} ${found?.mtimeMs} ${found?.ino}`
  const known = loaded.get(file)
  if (known?.stamp === stamp) return known.run
  const lines = journalLines(file)
  const torn = lines.pop() !== ''
  const about = {isHere: true, hosts: [], isSure: true, notes: [], silent: undefined}
  const run = {...runOf(lines, file), file, torn, ...about, lines}
  loaded.set(file, {stamp, run})
  return run
}

const loaded = new Map<string, {readonly stamp: string; readonly run: FoundRun}>()

function runOf(lines: readonly string[], file: string): Pick<FoundRun, 'run' | 'state'> {
  const state = reduceRun(eventsOf(lines, file))
  if (state.run === '')
    throw new OpsError('usage', `${file} does not begin as the journal of a run does`, {
      hint: 'see all: ringup runs list',
    })
  return {run: state.run, state}
}

/** The run of that id, here and on the hosts that have told. Throws an `OpsError` (exit 64) when none of it can be read. */
function loadRunOf(run: string, memory: Memory): FoundRun {
  const copies = copiesOf(memory, 'run', run)
  const file = journalFile(stateDir(), run)
  if (copies.length === 0) return sameRun(run, loadRun(file))
  return sameRun(run, agreedRun(file, copies))
}

function sameRun(run: string, found: FoundRun): FoundRun {
  if (found.run === run) return found
  throw new OpsError('usage', `${found.file} is the journal of another run, ${found.run}`, {
    hint: 'give the file the name of its run',
  })
}

/** What counts of a journal that is here, and of copies on hosts. */
function agreedRun(file: string, copies: readonly HostCopy[]): FoundRun {
  const here = existsSync(file) ? loadRun(file) : undefined
  const chain = here && chainHere(here)
  const read = copies.map(copy => ({...copy, ...copy.read()}))
  const agreed = agree(read, chain)
  const damage = read.flatMap(copy =>
    copy.damage === 'changed' || copy.damage === 'too large'
      ? [`${copy.host}: its copy is ${copy.damage} from event ${copy.chain.lines.length + 1} on`]
      : [],
  )
  const first = copies[0]!
  const elsewhere = `${first.host}:${first.file}`
  if (!agreed)
    throw new OpsError(
      'usage',
      `${elsewhere} tells nothing of a run: ${damage.join('; ') || 'it is cut off'}`,
    )
  const {hosts, isSure, notes} = agreed
  const ages = read.flatMap(({age, chain: told}) => (age !== undefined && told.lines.length > 0 ? [age] : []))
  const silent = ages.length > 0 ? Math.min(...ages) : undefined
  const about = {hosts, isSure, notes: [...notes, ...damage], silent}
  if (here && agreed.chain === chain) return {...here, ...about}
  const [host] = hosts
  const from = read.find(copy => copy.host === host && continues(agreed.chain, copy.chain)) ?? first
  const found = `${from.host}:${from.file}`
  return {
    ...fromChain(agreed.chain, found),
    file: found,
    torn: false,
    isHere: false,
    ...about,
    lines: agreed.chain.lines,
  }
}

function fromChain(chain: Chain, file: string): Pick<FoundRun, 'run' | 'state'> {
  const key = chain.heads.at(-1)!
  const known = reduced.get(key) ?? runOf(chain.lines, file)
  reduced.set(key, known)
  return known
}

/** by the digest of the chain they were read from */
const reduced = new Map<string, Pick<FoundRun, 'run' | 'state'>>()

function chainHere(run: FoundRun): Chain {
  const known = chains.get(run) ?? chainOf(keptLines(run.lines))
  chains.set(run, known)
  return known
}

const chains = new WeakMap<FoundRun, Chain>()

export type KnownRuns = {readonly runs: FoundRun[]; readonly damaged: DamagedRun[]}

/** Ids of all runs that are known, the newest first. Throws an `OpsError` where the state directory cannot be used. */
function knownIds(memory: Memory): string[] {
  const ids = new Set([...listRuns(stateDir()), ...rememberedIds(memory, 'run')])
  return [...ids].sort().reverse()
}

/** Every run that is known, read one by one, the newest first: one that cannot be read costs nothing but itself. */
function* eachRun(memory: Memory): Generator<FoundRun | DamagedRun> {
  for (const run of knownIds(memory)) {
    try {
      yield loadRunOf(run, memory)
    } catch (error) {
      if (!isOpsError(error)) throw error
      yield damagedRun(run, journalFile(stateDir(), run), error.message)
    }
  }
}

/** The same for commands that only read: where the state directory itself cannot be used, no run is known. */
export function* readableRuns(memory: Memory): Generator<FoundRun | DamagedRun> {
  try {
    yield* eachRun(memory)
  } catch (error) {
    if (!isOpsError(error)) throw error
    yield damagedRun('', '', error.message)
  }
}

/** Throws an `OpsError` where the state directory itself cannot be used. */
export function knownRuns(memory: Memory): KnownRuns {
  const all = [...eachRun(memory)]
  return {
    runs: all.filter((run): run is FoundRun => !('why' in run)),
    damaged: all.filter((run): run is DamagedRun => 'why' in run),
  }
}

export const allRuns = (memory: Memory): FoundRun[] => knownRuns(memory).runs

/** What is said of journals that count for nothing; undefined: all can be read. */
export function damagedText(damaged: readonly DamagedRun[]): string | undefined {
  const [first, ...others] = damaged
  if (!first) return undefined
  const more = others.length === 0 ? '' : `, and ${others.length} more (ringup runs list)`
  return `earlier runs are left out: ${first.why}${more}`
}

/** Says once which journals could not be read, of those that were looked at. */
export function tellDamaged(say: (text: string) => void): void {
  const {met, told} = spoken()
  const text = damagedText([...met.values()].filter(({journal}) => !told.has(journal)))
  if (text !== undefined) say(text)
  for (const journal of met.keys()) told.add(journal)
}

type Spoken = {readonly met: Map<string, DamagedRun>; readonly told: Set<string>}

/** To whom: a process that runs several commands has a stderr for each. */
const spokenTo = new WeakMap<object, Spoken>()

function spoken(): Spoken {
  const known = spokenTo.get(process.stderr)
  if (known) return known
  const fresh = {met: new Map<string, DamagedRun>(), told: new Set<string>()}
  spokenTo.set(process.stderr, fresh)
  return fresh
}

const damagedRun = (run: string, journal: string, why: string): DamagedRun => {
  const damaged = {run, journal, why}
  spoken().met.set(journal, damaged)
  return damaged
}

/** Whether a run was on that cluster, whatever anybody called it. */
export const isOn = ({state: {plan}}: FoundRun, cluster: ClusterIdentity): boolean =>
  plan !== undefined && sameCluster(planIdentity(plan), cluster)

/**
 * The run that a person names; none named: the newest unfinished one on that cluster. A name is never a path: a path has
 * a slash in it. Throws an `OpsError` (exit 64) when there is no such run, or several.
 */
export function findRun(name: string | undefined, memory: Memory, cluster?: ClusterIdentity): FoundRun {
  if (name === undefined) {
    const open = allRuns(memory).find(
      run => !isOver(run.state) && (cluster === undefined || isOn(run, cluster)),
    )
    if (open) return open
    throw new OpsError('usage', 'there is no unfinished run', {hint: 'see all: ringup runs list'})
  }
  if (isPath(name)) return loadRun(name)
  const [one, another] = runsNamed(name, memory)
  if (one !== undefined && another === undefined) return loadRunOf(one, memory)
  throw new OpsError(
    'usage',
    another === undefined
      ? `there is no run ${name}`
      : `${name} could be ${runsNamed(name, memory).slice(0, 4).join(', ')}`,
    {
      hint:
        another === undefined && existsSync(name)
          ? `if the file of that name is meant: ./${name}`
          : 'see all: ringup runs list',
    },
  )
}

/** The same, to go on with it or to end it: a journal that a colleague has handed over becomes one of this machine's. */
export function findOwnRun(name: string | undefined, memory: Memory, inventory?: Inventory): FoundRun {
  // the newest of the hosts named there: what Riak calls their ring is asked before anything is sent
  const cluster = inventory && ({name: 'unknown', members: inventory.hosts.map(({node}) => node)} as const)
  const found = findRun(name, memory, cluster)
  if (!isRunId(found.run))
    throw new OpsError('usage', `${found.file} is of a run whose id is none: ${found.run.slice(0, 100)}`, {
      hint: 'see all: ringup runs list',
    })
  const isAnothers = found.isHere && found.file !== journalFile(stateDir(), found.run)
  if (isAnothers) adoptJournal(stateDir(), found.run, found.file)
  const own = isAnothers ? loadRunOf(found.run, memory) : found
  // it was ended elsewhere: nobody writes to it any more, and what lies here would stay unfinished for ever
  const isBehind = !own.isHere && own.isSure && isOver(own.state)
  if (!isBehind || !existsSync(journalFile(stateDir(), own.run))) return own
  bringHere(own)
  return loadRunOf(own.run, memory)
}

const isPath = (name: string): boolean => name.includes('/')

/** Ids of runs that a name, which is no path, may mean. */
export function runsNamed(name: string, memory: Memory): string[] {
  const runs = knownIds(memory)
  if (isPath(name)) return []
  return runs.includes(name) ? [name] : runs.filter(run => run.startsWith(name) || run.endsWith(name))
}

/**
 * The journal of a run that goes on, read once more now that its lock is held and the hosts were asked again. What they
 * remember comes into the state directory. Throws an `OpsError` where it is over by now, or somebody has gone on with it.
 */
export function reopenRun(
  {run, state: before}: FoundRun,
  memory: Memory,
  now: () => number,
): Journal & {readonly torn: number} {
  const found = loadRunOf(run, memory)
  const {state} = found
  if (isOver(state))
    throw new OpsError('stale', `run ${run} is ${state.outcome} by now: another process has seen to it`, {
      hint: `see what it did: ringup runs show ${run}`,
    })
  if (state.resumed !== before.resumed || state.writes !== before.writes)
    throw new OpsError('stale', `run ${run} was resumed by another process meanwhile`, {
      hint: `look at it again: ringup runs resume ${run}`,
    })
  if (!found.isHere) bringHere(found)
  return reopenJournal(stateDir(), run, now)
}

/** What hosts tell of a run comes into the state directory. */
const bringHere = (found: FoundRun): void =>
  bringJournal(stateDir(), found.run, found.lines, linesHere(found))

/** How many lines of a run that is told by hosts its journal here has already; none where it has gone another way. */
function linesHere({run, lines}: FoundRun): number {
  const file = journalFile(stateDir(), run)
  if (!existsSync(file)) return 0
  const here = journalLines(file).slice(0, -1)
  return here.length <= lines.length && here.every((line, at) => line === lines[at]) ? here.length : 0
}
