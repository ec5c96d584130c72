/**
 * The steps that carry out a plan, in the order that hurts least: everything that can fail is tried before anything
 * is staged, since what is staged freezes ownership changes of the whole cluster.
 */
import {OpsError} from '../errors.ts'
import {finalOwners} from '../plan/plan.ts'
import {describeChange} from '../plan/risks.ts'
import {leaversOf, newcomersOf} from './changes-seen.ts'
import {checkStep} from './check-step.ts'
import {commitStep} from './commit-step.ts'
import {diskStep} from './disk-step.ts'
import {goneStep} from './gone-step.ts'
import {memberDoors, type RunContext, readCluster} from './run-context.ts'
import {type SettleOptions, settleStep} from './settle-step.ts'
import {agreeStep, joinStep, stageStep} from './stage-steps.ts'
import {startStep} from './start-step.ts'
import type {Step} from './step.ts'

/** Throws an `OpsError` (exit 3) for a change that is not offered, or a host that the inventory does not have. */
export function planSteps(context: RunContext, settle: SettleOptions): Step[] {
  const {plan} = context
  const newcomers = newcomersOf(plan)
  const staged = plan.changes.flatMap(change => {
    if (change.action === 'remove' || change.action === 'forceReplace')
      throw new OpsError('refused', `not offered: ${describeChange(change)}, which loses data`, {
        hint: 'do it by hand, with riak admin, once you are sure',
      })
    return change.action === 'join' ? [] : [stageStep(context, change)]
  })
  return [
    checkStep(context),
    diskStep(context),
    ...newcomers.map(node => startStep(context, node)),
    ...newcomers.map(node => joinStep(context, node)),
    ...(newcomers.length > 0 ? [agreeStep(context)] : []),
    ...staged,
    commitStep(context),
    settleStep(plan, memberDoors(context), context, settle),
    ...leaversOf(plan).map(node => goneStep(context, node)),
    verifyStep(context),
  ]
}

const verifyStep = (context: RunContext): Step => ({
  id: 'verify',
  title: 'every partition has the owner that was planned',
  observe: async () => {
    const {owners} = (await readCluster(context)).ring
    const planned = finalOwners(context.plan)
    const wrong = owners.findIndex((owner, at) => owner !== planned[at])
    if (wrong >= 0)
      throw new OpsError(
        'partlyDone',
        `partition ${wrong} belongs to ${owners[wrong]}, planned was ${planned[wrong]}`,
        {
          hint: 'somebody changed the cluster meanwhile: ringup status',
        },
      )
    return {so: true, saw: `${owners.length} of ${owners.length} partitions`}
  },
  verify: async () => '',
})
