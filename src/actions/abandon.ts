/** What a run has staged is dropped, and the nodes that this stops are started again. */
import {OpsError} from '../errors.ts'
import {abandonSteps} from '../execute/abandon-steps.ts'
import {askBefore} from '../execute/ask-before.ts'
import {carryOut, type RunReport} from '../execute/carry-out.ts'
import {newcomersOf, planCommitted, stagedNow, statusIn} from '../execute/changes-seen.ts'
import type {FoundRun} from '../state/runs.ts'
import {refuseAnotherCluster} from './another-cluster.ts'
import {finished} from './apply.ts'
import type {Context} from './context.ts'
import {refuseHeld} from './held.ts'
import {planOf} from './resume.ts'

/** What is known to be in vain is refused before anything is announced or written. */
export async function abandonRun(
  context: Context,
  found: FoundRun,
  {reason}: {readonly reason?: string | undefined},
): Promise<RunReport> {
  const {fleet, say, ask} = context
  const plan = planOf(found)
  const snapshot = await askBefore(fleet, plan)
  refuseAnotherCluster('the run', plan, fleet, snapshot)
  if (found.state.committedAt !== undefined || planCommitted(plan, snapshot))
    throw new OpsError('refused', `run ${found.run} is committed: there is nothing to abandon`, {
      hint: `see it to its end: ringup runs resume ${found.run}`,
    })
  await refuseHeld(fleet, plan, snapshot)
  const joining = newcomersOf(plan).filter(node => statusIn(snapshot.ring, node) === 'joining')
  say(
    `cluster clear drops all that run ${found.run} has staged (${stagedNow(plan, snapshot).join(', ') || 'nothing is staged now'}), and Riak stops on ${joining.length === 0 ? 'no node' : joining.join(', ')}${joining.length === 0 ? '' : '; it is started again there'}`,
  )
  await ask.confirm(`Abandon run ${found.run} on ${fleet.inventory.cluster}?`)
  const title = `abandon ${found.run}`
  const run = {plan, title, reason, resume: found, steps: abandonSteps, interval: 2000, noWait: false}
  return finished(context, await carryOut({...context, ...run}))
}
