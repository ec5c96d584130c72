/** Runs as files, as commands name them: by id, by a part of it, by the path of a journal, or the newest unfinished one. */
import {existsSync} from 'node:fs'
import {isOpsError, OpsError} from '../errors.ts'
import type {Inventory} from '../inventory/inventory.ts'
import {readJournal} from '../journal/read-journal.ts'
import {type RunState, reduceRun} from '../journal/reduce.ts'
import {adoptJournal, isRunId, journalFile, listRuns} from '../journal/store.ts'
import {planIdentity} from '../plan/plan.ts'
import {type ClusterIdentity, sameCluster} from '../ring/identity.ts'
import {stateDir} from './state-dir.ts'

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
  const {events, torn} = readJournal(file)
  const state = reduceRun(events)
  if (!isRunId(state.run))
    throw new OpsError('usage', `${file} does not begin as the journal of a run does`, {
      hint: 'see all: ringup runs list',
    })
  return {run: state.run, file, state, torn}
}

/** The run of that id in the state directory. Throws an `OpsError` (exit 64) when its journal cannot be read. */
export function loadRunOf(run: string): FoundRun {
  const found = loadRun(journalFile(stateDir(), run))
  if (found.run === run) return found
  throw new OpsError('usage', `${found.file} is the journal of another run, ${found.run}`, {
    hint: 'give the file the name of its run',
  })
}

export type KnownRuns = {readonly runs: FoundRun[]; readonly damaged: DamagedRun[]}

/** Every run that can be read, the newest first, and those that cannot: they cost nothing but themselves. */
export function knownRuns(): KnownRuns {
  const runs: FoundRun[] = []
  const damaged: DamagedRun[] = []
  for (const run of listRuns(stateDir())) {
    try {
      runs.push(loadRunOf(run))
    } catch (error) {
      if (!isOpsError(error)) throw error
      damaged.push({run, journal: journalFile(stateDir(), run), why: error.message})
    }
  }
  return {runs, damaged}
}

export const allRuns = (): FoundRun[] => knownRuns().runs

/** The same for commands that only read: where the state directory itself cannot be used, no run is known. */
export function readableRuns(): KnownRuns {
  try {
    return knownRuns()
  } catch (error) {
    if (!isOpsError(error)) throw error
    return {runs: [], damaged: [{run: '', journal: '', why: error.message}]}
  }
}

/** What is said of journals that count for nothing; undefined: all can be read. */
export function damagedText(damaged: readonly DamagedRun[]): string | undefined {
  const [first, ...others] = damaged
  if (!first) return undefined
  const more = others.length === 0 ? '' : `, and ${others.length} more (ringup runs list)`
  return `earlier runs are left out: ${first.why}${more}`
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
