/**
 * Drops what a run of ours has staged. `cluster clear` drops what anybody has staged, so nothing of anybody else may
 * be there; and it stops Riak on the nodes that were joining, at a moment of their own within about half a minute, so
 * they are started again and looked at.
 */

import {OpsError} from '../errors.ts'
import {dropId} from '../journal/step-ids.ts'
import {printed} from '../riak/answers/answer.ts'
import type {Door} from '../riak/door.ts'
import {readClear, readClusterPlan, writeCommands} from '../riak/mutation.ts'
import {askPing, askServices, isRiakStopped} from '../riak/query.ts'
import {askSnapshot} from '../riak/ring/ask-snapshot.ts'
import type {NodeName} from '../ring/ring.ts'
import {presentMembers} from '../ring/snapshot.ts'
import {newcomersOf, planCommitted, stagedNow, statusIn} from './changes-seen.ts'
import {planDifferences} from './compare-plan.ts'
import {type Doubt, seenOrDoubted, stagingText, timeToWait} from './doubt.ts'
import {doorOf, type RunContext, readClaimant, readCluster, speech} from './run-context.ts'
import {foreignChanges} from './stale.ts'
import {sendStart} from './start-step.ts'
import {type Step, type Write, waitFor} from './step.ts'

export const abandonSteps = (context: RunContext): Step[] => [
  dropStep(context),
  ...newcomersOf(context.plan).map(node => aloneStep(context, node)),
]

function dropStep(context: RunContext): Step {
  const {plan} = context
  const claimant = doorOf(context, context.claimant)
  let doubt: Doubt | undefined
  return {
    id: dropId,
    title: 'drop what this run has staged, and nothing else',
    observe: async () => {
      const snapshot = await readClaimant(context)
      if (planCommitted(plan, snapshot))
        throw new OpsError('refused', 'it is committed already: there is nothing to abandon', {
          hint: 'watch it: ringup watch --until settled',
        })
      const foreign = foreignChanges(plan, snapshot)
      refuseForeign(foreign)
      const {length} = stagedNow(plan, snapshot)
      return {so: length === 0, saw: length === 0 ? 'nothing is staged' : `${length} staged, all ours`}
    },
    act: async write => {
      const {admin, heard} = await speech(context, claimant)
      await refuseForeignPlan(context, write, claimant)
      const argv = writeCommands.clear(admin)
      const answer = await write(claimant, argv, {timeout: 60_000})
      const cleared = answer && readClear(heard(answer))
      doubt =
        cleared === undefined || cleared.outcome === 'read'
          ? undefined
          : {
              door: claimant,
              argv,
              why: cleared.outcome === 'refused' ? 'refused' : 'notUnderstood',
              text: printed(answer!),
            }
    },
    verify: () => {
      const timeout = timeToWait(doubt, 60_000)
      const wait = {what: 'nothing to be staged', timeout, interval: 500, hint: 'look: ringup status'}
      return seenOrDoubted(
        doubt,
        () =>
          waitFor(context, wait, async () =>
            stagedNow(plan, await readClaimant(context)).length === 0 ? 'nothing is staged' : undefined,
          ),
        async () => stagingText(await readClaimant(context)),
      )
    },
  }
}

function refuseForeign(foreign: readonly string[]): void {
  if (foreign.length === 0) return
  throw new OpsError('stale', `something is staged that is not ours: ${foreign.join(', ')}`, {
    hint: 'clearing would drop it too, so it was not sent: find out whose it is: ringup status',
  })
}

/** Where only text can be had, Riak's own plan alone shows all that would be dropped. */
async function refuseForeignPlan(context: RunContext, write: Write, claimant: Door): Promise<void> {
  if ((await readClaimant(context)).staged !== 'unknown') return
  const {admin, heard} = await speech(context, claimant)
  const answer = await write(claimant, writeCommands.plan(admin), {timeout: 300_000})
  const {value} = answer ? readClusterPlan(heard(answer)) : {value: undefined}
  const foreign =
    value?.outcome === 'plan'
      ? planDifferences(context.plan, {...value, transitions: []}).filter(text =>
          text.includes("in Riak's plan"),
        )
      : value?.outcome === 'nothing-staged'
        ? []
        : ["Riak's plan, which cannot be read"]
  refuseForeign(foreign)
}

/** The node runs again, as a cluster of its own. It has stopped by itself before, or never believed it was joining. */
function aloneStep(context: RunContext, node: NodeName): Step {
  const door = doorOf(context, node)
  let doubt: Doubt | undefined
  const alone = async (): Promise<string | undefined> => {
    try {
      if ((await askPing(door)).outcome !== 'running') return undefined
      if (!(await askServices(door, await context.dialect())).includes('riak_kv')) return undefined
      const {ring} = await askSnapshot(door, context.clock.now)
      return presentMembers(ring).every(member => member.node === node) ? 'runs on its own' : undefined
    } catch (error) {
      // it may stop between two questions: that is what is waited for
      if (isRiakStopped(error)) return undefined
      throw error
    }
  }
  return {
    id: `alone ${node}`,
    title: `${node} runs again, on its own`,
    observe: async () => {
      const saw = await alone()
      return {so: saw !== undefined, saw: saw ?? 'not yet'}
    },
    act: async write => {
      const stopping = {
        what: `${door.host} to stop by itself`,
        timeout: 120_000,
        interval: 500,
        hint: `look at it: ${[...door.riak, 'ping'].join(' ')}`,
      }
      const stopped = await waitFor(context, stopping, async () => {
        if ((await askPing(door)).outcome === 'stopped') return true
        return (await alone()) === undefined ? undefined : false
      })
      if (!stopped) return
      // systemd may have started it again meanwhile
      if ((await alone()) !== undefined) return
      doubt = await sendStart(context, write, door)
    },
    verify: async () => {
      const wait = {
        what: `${door.host} to run on its own`,
        timeout: timeToWait(doubt, 180_000),
        interval: 1000,
        hint: `look at its log: ${[...door.riak, 'ping'].join(' ')}`,
      }
      const saw = await seenOrDoubted(
        doubt,
        () => waitFor(context, wait, alone),
        async () => `${node} is ${(await askPing(door)).outcome}`,
      )
      if (statusIn((await readCluster(context)).ring, node) !== undefined)
        throw new OpsError('stale', `${node} is a member again: somebody has joined it meanwhile`)
      return saw
    },
  }
}
