/** A run that stopped is gone on with, or ended where a later change has moved on from it. */
import {OpsError} from '../errors.ts'
import {askBefore} from '../execute/ask-before.ts'
import {carryOut, type RunReport} from '../execute/carry-out.ts'
import {overtaken} from '../execute/overtaken.ts'
import {hasItsDigest} from '../plan/canonical.ts'
import type {Plan} from '../plan/plan.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import type {FoundRun, RunIsOver} from '../state/runs.ts'
import {refuseAnotherCluster} from './another-cluster.ts'
import {finished, type RunWishes} from './apply.ts'
import {endRecord, overtakenBy} from './close.ts'
import type {Context} from './context.ts'
import {refuseHeld} from './held.ts'

/** Goes on with a run whose plan was approved when it began; one that can never end as planned any more is ended. */
export async function resumeRun(
  context: Context,
  found: FoundRun,
  wishes: RunWishes,
): Promise<RunReport | RunIsOver> {
  const {fleet, ask, show} = context
  const plan = planOf(found)
  const snapshot = await askBefore(fleet, plan)
  refuseAnotherCluster('the run', plan, fleet, snapshot)
  const since = overtaken(plan, found.state.committedAt !== undefined, snapshot)
  if (since !== undefined) return endOvertaken(context, found, {since, snapshot})
  await refuseHeld(fleet, plan, snapshot)
  if (!ask.isGiven) await show({kind: 'plan', plan, brief: true})
  await ask.confirm(`Go on with run ${found.run} on ${fleet.inventory.cluster}?`)
  const title = `resume ${found.run}`
  const resumed = {...wishes, plan, title, reason: found.state.reason, resume: found}
  return finished(context, await carryOut({...context, ...resumed}))
}

/** Closes the record of a run that a later change has moved on from, and says by what. */
export async function endOvertaken(
  {fleet, say}: Context,
  found: FoundRun,
  {since, snapshot}: {readonly since: string; readonly snapshot: Snapshot},
): Promise<RunIsOver> {
  const message = overtakenBy(fleet, found, since, snapshot)
  const over = await endRecord(fleet, found, {outcome: 'overtaken', message, snapshot})
  say(`run ${found.run} was ${message}. Nothing is left to do for it`)
  return over
}

/** Throws an `OpsError` (exit 64) for a run whose journal does not tell its plan, or tells one that was changed. */
export function planOf({file, state}: FoundRun): Plan {
  const {plan} = state
  const hint = 'look at the cluster: ringup status'
  if (!plan) throw new OpsError('usage', `${file} does not tell what was to be done`, {hint})
  if (!hasItsDigest(plan))
    throw new OpsError(
      'usage',
      `the plan in ${file} was changed after it was made: its digest does not fit`,
      {hint},
    )
  return plan
}
