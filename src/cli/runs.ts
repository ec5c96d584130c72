/** Journals of runs, as commands use them. */

import {assumedRates, measuredRates, type Rates} from '../forecast/rates.ts'
import {describeChange} from '../ring/changes.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import type {Ours, RunBaseline} from '../watch/status.ts'
import {writeError} from './output.ts'
import {damagedText, type FoundRun, readableRuns} from './run-journal.ts'

/** What runs of ours, known here, have to do with what the cluster is doing now. */
export const oursOf = (cluster: string, snapshot: Snapshot): Ours => ({
  baseline: runBaseline(cluster, snapshot),
  stagedBy: stagingRun(cluster, snapshot),
})

/** The newest unfinished run whose changes are all that is staged. */
function stagingRun(cluster: string, {staged, ring}: Snapshot): string | undefined {
  const joining = ring.members.filter(({status}) => status === 'joining').map(({node}) => `join ${node}`)
  const now = staged === 'unknown' ? joining : staged.map(describeChange)
  if (now.length === 0) return undefined
  return newestRuns(cluster).find(({state: {plan, outcome}}) => {
    const planned = new Set(plan?.changes.map(describeChange))
    return outcome !== 'done' && outcome !== 'abandoned' && now.every(change => planned.has(change))
  })?.run
}

/** A journal that cannot be read costs nothing but itself: it is named, once. */
function newestRuns(cluster: string): FoundRun[] {
  const {runs, damaged} = readableRuns()
  const told = damagedText(damaged)
  if (told !== undefined && told !== lastTold) writeError(`${told}\n`)
  lastTold = told
  return runs.slice(0, 20).filter(({state}) => state.plan?.cluster === cluster)
}

let lastTold: string | undefined

/**
 * The newest run on this cluster whose moves are what is pending now: its plan tells the total, which Riak forgets.
 * Undefined when the moves are not ours.
 */
export function runBaseline(cluster: string, snapshot: Snapshot): RunBaseline | undefined {
  const {pending} = snapshot.ring
  if (pending.length === 0) return undefined
  for (const {state} of newestRuns(cluster)) {
    const {plan, committedAt} = state
    if (!plan || committedAt === undefined) continue
    const planned = new Set(
      plan.transitions.flatMap(({transfers}) => transfers.map(({partition, to}) => `${partition} ${to}`)),
    )
    return pending.every(({partition, to}) => planned.has(`${partition} ${to}`))
      ? {baseline: plan, committedAt, claimant: plan.base.claimant}
      : undefined
  }
  return undefined
}

/** Rates as the newest runs on this cluster measured them, else as Riak's own logs tell; assumed where both tell too little. */
export const knownRates = (cluster: string, {storage = []}: Snapshot): Rates =>
  measuredRates(
    newestRuns(cluster).flatMap(({run, state}) => state.rates.map(transfer => ({...transfer, source: run}))),
  ) ??
  measuredRates(
    storage.flatMap(({node, transfers = []}) => transfers.map(transfer => ({...transfer, source: node}))),
    'logged',
  ) ??
  assumedRates
