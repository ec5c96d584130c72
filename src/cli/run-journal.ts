/** Runs as files, as commands name them: by id, by a prefix of it, or the newest that is unfinished. */
import {existsSync} from 'node:fs'
import {OpsError} from '../errors.ts'
import {readJournal} from '../journal/read-journal.ts'
import {type RunState, reduceRun} from '../journal/reduce.ts'
import {journalFile, listRuns} from '../journal/store.ts'
import {stateDir} from './state-dir.ts'

/** Nothing is left to go on with. */
export const isOver = (state: RunState): state is RunState & {readonly outcome: RunIsOver['outcome']} =>
  state.outcome === 'done' || state.outcome === 'abandoned'

/** What `runs resume` and `abandon` say of such a run. */
export type RunIsOver = {
  readonly schema: 'ringup/run/1'
  readonly run: string
  readonly outcome: 'done' | 'abandoned'
  readonly message: 'nothing to do'
}

export type RunsReport = {
  readonly schema: 'ringup/runs/1'
  /** the newest first */
  readonly runs: readonly (Omit<RunState, 'plan'> & {readonly journal: string})[]
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

function loadRun(run: string): FoundRun {
  const file = existsSync(run) ? run : journalFile(stateDir(), run)
  const {events, torn} = readJournal(file)
  return {run, file, state: reduceRun(events), torn}
}

/** Throws an `OpsError` (exit 64) when there is no such run, or several. */
export function findRun(id: string | undefined): FoundRun {
  const runs = listRuns(stateDir())
  if (id === undefined) {
    const open = runs.map(loadRun).find(({state}) => !isOver(state))
    if (open) return open
    throw new OpsError('usage', 'there is no unfinished run', {hint: 'see all: ringup runs list'})
  }
  if (existsSync(id)) return loadRun(id)
  const matching = runs.filter(run => run === id || run.startsWith(id) || run.endsWith(id))
  const [one, another] = matching
  if (one !== undefined && (another === undefined || matching.includes(id)))
    return loadRun(matching.includes(id) ? id : one)
  throw new OpsError(
    'usage',
    another === undefined ? `there is no run ${id}` : `${id} could be ${matching.slice(0, 4).join(', ')}`,
    {
      hint: 'see all: ringup runs list',
    },
  )
}

/** Every run that can be read, the newest first. */
export const allRuns = (): FoundRun[] => listRuns(stateDir()).map(loadRun)
