/**
 * The steps that carry out a plan, in the order that hurts least: everything that can fail is tried before anything
 * is staged, since what is staged freezes ownership changes of the whole cluster.
 */

import {isOpsError, OpsError} from '../errors.ts'
import {finalOwners} from '../plan/plan.ts'
import {askStorage} from '../riak/host/storage.ts'
import {describeChange} from '../ring/changes.ts'
import {counted, formatBytes} from '../units.ts'
import {leaversOf, newcomersOf} from './changes-seen.ts'
import {checkStep} from './check-step.ts'
import {commitStep} from './commit-step.ts'
import {diskStep} from './disk-step.ts'
import {goneStep} from './gone-step.ts'
import {overtakenError} from './overtaken.ts'
import {doorOf, memberDoors, type RunContext, readCluster} from './run-context.ts'
import {type SettleOptions, settleStep} from './settle-step.ts'
import {agreeStep, joinStep, stageStep} from './stage-steps.ts'
import {startStep} from './start-step.ts'
import {type Step, stopIfAsked} from './step.ts'

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
    arrivedStep(context),
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
      throw overtakenError(`partition ${wrong} belongs to ${owners[wrong]}, planned was ${planned[wrong]}`)
    return {so: true, saw: `${owners.length} of ${owners.length} partitions`}
  },
  verify: async () => '',
})

/** What arrived, for the report; that it cannot be measured is no failure of a run that is done. */
const arrivedStep = (context: RunContext): Step => ({
  id: 'measure',
  title: 'what has arrived is measured',
  observe: async () => {
    const {plan, record, signal} = context
    const owners = finalOwners(plan)
    const moved = new Set(
      plan.transitions.flatMap(({transfers}) => transfers.map(({partition}) => partition)),
    )
    const targets = [...new Set([...moved].map(partition => owners[partition]!))]
    try {
      const storage = await Promise.all(
        targets.map(node =>
          askStorage(doorOf(context, node), {partitions: plan.ring.partitions, owns: true}, {signal}),
        ),
      )
      const found = storage.flatMap(({node, partitions}) =>
        partitions.filter(({partition}) => moved.has(partition) && owners[partition] === node),
      )
      const bytes = found.reduce((sum, held) => sum + held.bytes, 0)
      record({type: 'arrived', bytes, partitions: found.length})
      return {so: true, saw: `${formatBytes(bytes)} in ${counted(found.length, 'partition')}`}
    } catch (error) {
      if (!isOpsError(error)) throw error
      stopIfAsked(signal)
      return {so: true, saw: `not measured: ${error.message}`}
    }
  },
  verify: async () => '',
})
