/** Journals of runs, as commands use them. */

import {assumedRates, measuredRates, type Rates} from '../forecast/rates.ts'
import type {Memory} from '../records/memory.ts'
import {describeChange} from '../ring/changes.ts'
import {identityOf} from '../ring/identity.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import type {Ours, RunBaseline} from '../watch/status.ts'
import {type FoundRun, isOn, isOver, readableRuns} from './runs.ts'

/** What runs of ours, known here, have to do with what the cluster is doing now. */
export const oursOf = (snapshot: Snapshot, memory: Memory): Ours => ({
  baseline: runBaseline(snapshot, memory),
  stagedBy: stagingRun(snapshot, memory),
})

/** The newest unfinished run whose changes are all that is staged. */
function stagingRun(snapshot: Snapshot, memory: Memory): Ours['stagedBy'] {
  const {staged, ring} = snapshot
  const joining = ring.members.filter(({status}) => status === 'joining').map(({node}) => `join ${node}`)
  const now = staged === 'unknown' ? joining : staged.map(describeChange)
  if (now.length === 0) return undefined
  const found = newestRuns(snapshot, memory).find(({state}) => {
    const planned = new Set(state.plan?.changes.map(describeChange))
    return !isOver(state) && now.every(change => planned.has(change))
  })
  return found && whose(found)
}

const whose = ({run, state: {by}}: FoundRun): NonNullable<Ours['stagedBy']> => ({
  run,
  by: by ? `${by.user} on ${by.host}` : 'somebody',
})

const mostRuns = 20

/** The newest of this ring, whatever an inventory calls it; runs of other rings do not crowd them out. */
function newestRuns(snapshot: Snapshot, memory: Memory): FoundRun[] {
  const cluster = identityOf(snapshot)
  const found: FoundRun[] = []
  for (const run of readableRuns(memory)) {
    if (!('why' in run) && isOn(run, cluster)) found.push(run)
    if (found.length === mostRuns) break
  }
  return found
}

/**
 * The newest run on this cluster whose moves are what is pending now: its plan tells the total, which Riak forgets.
 * Undefined when the moves are not ours.
 */
export function runBaseline(snapshot: Snapshot, memory: Memory): RunBaseline | undefined {
  const {pending} = snapshot.ring
  if (pending.length === 0) return undefined
  for (const found of newestRuns(snapshot, memory)) {
    const {plan, committedAt} = found.state
    if (!plan || committedAt === undefined) continue
    const planned = new Set(
      plan.transitions.flatMap(({transfers}) => transfers.map(({partition, to}) => `${partition} ${to}`)),
    )
    return pending.every(({partition, to}) => planned.has(`${partition} ${to}`))
      ? {baseline: plan, committedAt, claimant: plan.base.claimant, of: whose(found)}
      : undefined
  }
  return undefined
}

/** Rates as the newest runs on this cluster measured them, else as Riak's own logs tell; assumed where both tell too little. */
export const knownRates = (snapshot: Snapshot, memory: Memory): Rates =>
  measuredRates(
    newestRuns(snapshot, memory).flatMap(({run, state}) =>
      state.rates.map(transfer => ({...transfer, source: run})),
    ),
  ) ??
  measuredRates(
    (snapshot.storage ?? []).flatMap(({node, transfers = []}) =>
      transfers.map(transfer => ({...transfer, source: node})),
    ),
    'logged',
  ) ??
  assumedRates
