/** One batch among several: what it moves, what it costs, and what it leaves behind. Pure. */
import {type Forecast, forecastOf} from '../forecast/forecast.ts'
import {assumedRates} from '../forecast/rates.ts'
import type {Change, PlannedChanges} from '../ring/changes.ts'
import {planChanges} from '../ring/plan-changes.ts'
import type {NodeName} from '../ring/ring.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {claimOf, type PlanOptions} from './plan.ts'
import {snapshotAfter} from './snapshot-after.ts'

export type PlanStep = {
  readonly planned: PlannedChanges
  readonly forecast: Forecast
  /** partitions, over all transitions */
  readonly moves: number
  readonly after: Snapshot
}

export function planStep(
  snapshot: Snapshot,
  changes: readonly Change[],
  {rates = assumedRates, ingestPerDay, simulations}: PlanOptions,
  valve: readonly NodeName[] = [],
): PlanStep {
  const planned = planChanges(snapshot.ring, changes, claimOf(snapshot), {})
  return {
    planned,
    forecast: forecastOf(snapshot, planned.transitions, {
      rates,
      ingestPerDay,
      valve: new Set(valve),
      ...(simulations === undefined ? {} : {simulations}),
    }),
    moves: planned.transitions.reduce((sum, {transfers}) => sum + transfers.length, 0),
    after: snapshotAfter(snapshot, planned),
  }
}
