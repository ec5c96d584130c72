/** Journals of runs, as commands use them. */
import {homedir} from 'node:os'
import {join} from 'node:path'
import {type RunState, reduceRun} from '../journal/reduce.ts'
import {listRuns, readJournal, runsFolder} from '../journal/store.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import type {RunBaseline} from '../watch/status.ts'

/** `$RINGUP_STATE_DIR`, else `$XDG_STATE_HOME/ringup`. */
export const stateDir = (): string =>
  process.env.RINGUP_STATE_DIR ||
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'ringup')

const readRun = (run: string): RunState =>
  reduceRun(readJournal(join(runsFolder(stateDir()), `${run}.jsonl`)).events)

/**
 * The newest run on this cluster whose moves are what is pending now: its plan tells the total, which Riak forgets.
 * Undefined when the moves are not ours.
 */
export function runBaseline(cluster: string, snapshot: Snapshot): RunBaseline | undefined {
  const {pending} = snapshot.ring
  if (pending.length === 0) return undefined
  for (const run of listRuns(stateDir()).slice(0, 20)) {
    const {plan, committedAt} = readRun(run)
    if (plan?.cluster !== cluster || committedAt === undefined) continue
    const planned = new Set(
      plan.transitions.flatMap(({transfers}) => transfers.map(({partition, to}) => `${partition} ${to}`)),
    )
    return pending.every(({partition, to}) => planned.has(`${partition} ${to}`))
      ? {baseline: plan, committedAt}
      : undefined
  }
  return undefined
}
