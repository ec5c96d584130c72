/** Runs as files, as commands name them: by id, by a part of it, by the path of a journal, or the newest unfinished one. */
import {existsSync, statSync} from 'node:fs'
import {isOpsError, OpsError} from '../errors.ts'
import type {Inventory} from '../inventory/inventory.ts'
import {type RunState, reduceRun} from '../journal/reduce.ts'
import {planIdentity} from '../plan/plan.ts'
import {type ClusterIdentity, sameCluster} from '../ring/identity.ts'
import {readJournal} from './read-journal.ts'
import {stateDir} from './state-dir.ts'
import {adoptJournal, isRunId, type Journal, journalFile, listRuns, reopenJournal} from './store.ts'

/** Nothing is left to go on with. */
export const isOver = (state: RunState): state is RunState & {readonly outcome: RunIsOver['outcome']} =>
  state.outcome === 'done' ||
  state.outcome === 'abandoned' ||
  state.outcome === 'overtaken' ||
  state.outcome === 'closed'

/** What `runs resume`, `runs close` and `abandon` say of such a run. */
export type RunIsOver = {
  readonly schema: 'ringup/run/1'
  readonly run: string
  readonly outcome: 'done' | 'abandoned' | 'overtaken' | 'closed'
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
  readonly runs: readonly (Omit<RunState, 'plan'> & {readonly journal: string})[]
  /** journals that are there and cannot be read: they count for nothing */
  readonly damaged: readonly DamagedRun[]
}

export type RunStateReport = RunState & {
  readonly schema: 'ringup/run-state/1'
  readonly journal: string
  /** its last line is cut off, as a killed run leaves it */
  readonly torn: boolean
}

export type FoundRun = {
  readonly run: string
  readonly file: string
  readonly state: RunState
  readonly torn: boolean
}

export type DamagedRun = {readonly run: string; readonly journal: string; readonly why: string}

/** Throws an `OpsError` (exit 64) for a file that is no journal of a run. */
export function loadRun(file: string): FoundRun {
  // a journal only grows, and is asked for again and again while something is watched
  const found = statSync(file, {throwIfNoEntry: false})
  const stamp = `${found?.size} ${found?.mtimeMs} ${found?.ino}`
  const known = loaded.get(file)
  if (known?.stamp === stamp) return known.run
  const run = readRun(file)
  loaded.set(file, {stamp, run})
  return run
}

const loaded = new Map<string, {readonly stamp: string; readonly run: FoundRun}>()

function readRun(file: string): FoundRun {
  const {events, torn} = readJournal(file)
  const state = reduceRun(events)
  if (state.run === '')
    throw new OpsError('usage', `${file} does not begin as the journal of a run does`, {
      hint: 'see all: ringup runs list',
    })
  return {run: state.run, file, state, torn}
}

/** The run of that id in the state directory. Throws an `OpsError` (exit 64) when its journal cannot be read. */
function loadRunOf(run: string): FoundRun {
  const found = loadRun(journalFile(stateDir(), run))
  if (found.run === run) return found
  throw new OpsError('usage', `${found.file} is the journal of another run, ${found.run}`, {
    hint: 'give the file the name of its run',
  })
}

export type KnownRuns = {readonly runs: FoundRun[]; readonly damaged: DamagedRun[]}

/** Every run of the state directory, read one by one, the newest first: one that cannot be read costs nothing but itself. */
function* eachRun(): Generator<FoundRun | DamagedRun> {
  for (const run of listRuns(stateDir())) {
    try {
      yield loadRunOf(run)
    } catch (error) {
      if (!isOpsError(error)) throw error
      yield damagedRun(run, journalFile(stateDir(), run), error.message)
    }
  }
}

/** The same for commands that only read: where the state directory itself cannot be used, no run is known. */
export function* readableRuns(): Generator<FoundRun | DamagedRun> {
  try {
    yield* eachRun()
  } catch (error) {
    if (!isOpsError(error)) throw error
    yield damagedRun('', '', error.message)
  }
}

/** Throws an `OpsError` where the state directory itself cannot be used. */
export function knownRuns(): KnownRuns {
  const all = [...eachRun()]
  return {
    runs: all.filter((run): run is FoundRun => !('why' in run)),
    damaged: all.filter((run): run is DamagedRun => 'why' in run),
  }
}

export const allRuns = (): FoundRun[] => knownRuns().runs

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
export function findRun(name: string | undefined, cluster?: ClusterIdentity): FoundRun {
  if (name === undefined) {
    const open = allRuns().find(run => !isOver(run.state) && (cluster === undefined || isOn(run, cluster)))
    if (open) return open
    throw new OpsError('usage', 'there is no unfinished run', {hint: 'see all: ringup runs list'})
  }
  if (isPath(name)) return loadRun(name)
  const [one, another] = runsNamed(name)
  if (one !== undefined && another === undefined) return loadRunOf(one)
  throw new OpsError(
    'usage',
    another === undefined
      ? `there is no run ${name}`
      : `${name} could be ${runsNamed(name).slice(0, 4).join(', ')}`,
    {
      hint:
        another === undefined && existsSync(name)
          ? `if the file of that name is meant: ./${name}`
          : 'see all: ringup runs list',
    },
  )
}

/** The same, to go on with it or to end it: a journal that a colleague has handed over becomes one of this machine's. */
export function findOwnRun(name: string | undefined, inventory?: Inventory): FoundRun {
  // the newest of the hosts named there: what Riak calls their ring is asked before anything is sent
  const cluster = inventory && ({name: 'unknown', members: inventory.hosts.map(({node}) => node)} as const)
  const found = findRun(name, cluster)
  if (!isRunId(found.run))
    throw new OpsError('usage', `${found.file} is of a run whose id is none: ${found.run.slice(0, 100)}`, {
      hint: 'see all: ringup runs list',
    })
  if (found.file === journalFile(stateDir(), found.run)) return found
  adoptJournal(stateDir(), found.run, found.file)
  return loadRunOf(found.run)
}

const isPath = (name: string): boolean => name.includes('/')

/** Ids of runs that a name, which is no path, may mean. */
export function runsNamed(name: string): string[] {
  const runs = listRuns(stateDir())
  if (isPath(name)) return []
  return runs.includes(name) ? [name] : runs.filter(run => run.startsWith(name) || run.endsWith(name))
}

/** The journal of a run that goes on, read once more now that its lock is held. Throws an `OpsError` where it is over by now. */
export function reopenRun(
  {run, state: before}: FoundRun,
  now: () => number,
): Journal & {readonly torn: number} {
  const {state} = loadRunOf(run)
  if (isOver(state))
    throw new OpsError('stale', `run ${run} is ${state.outcome} by now: another process has seen to it`, {
      hint: `see what it did: ringup runs show ${run}`,
    })
  if (state.resumed !== before.resumed || state.writes !== before.writes)
    throw new OpsError('stale', `run ${run} was resumed by another process meanwhile`, {
      hint: `look at it again: ringup runs resume ${run}`,
    })
  return reopenJournal(stateDir(), run, now)
}
