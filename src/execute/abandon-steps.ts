/**
 * Drops what a run of ours has staged. `cluster clear` drops what anybody has staged, so nothing of anybody else may
 * be there; and it stops Riak on the nodes that were joining, at a moment of their own within about half a minute, so
 * they are started again and looked at.
 */
import {OpsError} from '../errors.ts'
import {askSnapshot} from '../riak/ask-snapshot.ts'
import {describeProblem} from '../riak/lines.ts'
import {readClear, writeCommands} from '../riak/mutation.ts'
import {askPing, askServices, isRiakStopped, notUnderstood} from '../riak/query.ts'
import type {NodeName} from '../ring/ring.ts'
import {presentMembers, type Snapshot} from '../ring/snapshot.ts'
import {newcomersOf, planCommitted, statusIn} from './changes-seen.ts'
import {doorOf, type RunContext, readClaimant, readCluster} from './run-context.ts'
import {foreignChanges} from './stale.ts'
import {startWord} from './start-step.ts'
import {type Step, waitFor} from './step.ts'

export const abandonSteps = (context: RunContext): Step[] => [
  dropStep(context),
  ...newcomersOf(context.plan).map(node => aloneStep(context, node)),
]

/** What is staged now, as far as the claimant tells. */
function stagedNow({staged, ring}: Snapshot): number {
  const joining = presentMembers(ring).filter(({status}) => status === 'joining').length
  return staged === 'unknown' ? joining : staged.length
}

function dropStep(context: RunContext): Step {
  const {plan} = context
  const claimant = doorOf(context, context.claimant)
  return {
    id: 'drop',
    title: 'drop what this run has staged, and nothing else',
    observe: async () => {
      const snapshot = await readClaimant(context)
      if (planCommitted(plan, snapshot))
        throw new OpsError('refused', 'it is committed already: there is nothing to abandon', {
          hint: 'watch it: ringup watch --until settled',
        })
      const foreign = foreignChanges(plan, snapshot)
      if (foreign.length > 0)
        throw new OpsError('stale', `something is staged that is not ours: ${foreign.join(', ')}`, {
          hint: 'clearing would drop it too, so nothing was done: find out whose it is',
        })
      const count = stagedNow(snapshot)
      return {so: count === 0, saw: count === 0 ? 'nothing is staged' : `${count} staged, all ours`}
    },
    act: async write => {
      const answer = await write(claimant, writeCommands.clear(claimant.riak), {timeout: 60_000})
      if (answer === undefined) return
      const cleared = readClear(answer)
      if (cleared.outcome === 'unknown')
        throw notUnderstood(claimant, 'cluster clear', describeProblem(cleared.problem))
    },
    verify: () => {
      const wait = {what: 'nothing to be staged', timeout: 60_000, interval: 500, hint: 'look: ringup status'}
      return waitFor(context, wait, async () =>
        stagedNow(await readClaimant(context)) === 0 ? 'nothing is staged' : undefined,
      )
    },
  }
}

/** The node runs again, as a cluster of its own. It has stopped by itself before, or never believed it was joining. */
function aloneStep(context: RunContext, node: NodeName): Step {
  const door = doorOf(context, node)
  const alone = async (): Promise<string | undefined> => {
    try {
      if ((await askPing(door)).outcome !== 'running') return undefined
      if (!(await askServices(door)).includes('riak_kv')) return undefined
      const {ring} = await askSnapshot(door, context.clock.now)
      return presentMembers(ring).every(member => member.node === node) ? 'runs, for itself' : undefined
    } catch (error) {
      // it may stop between two questions: that is what is waited for
      if (isRiakStopped(error)) return undefined
      throw error
    }
  }
  return {
    id: `alone ${node}`,
    title: `${node} runs again, for itself`,
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
      await write(door, writeCommands.start(door.riak, await startWord(context)), {timeout: 180_000})
    },
    verify: async () => {
      const wait = {
        what: `${door.host} to run for itself`,
        timeout: 180_000,
        interval: 1000,
        hint: `look at its log: ${[...door.riak, 'ping'].join(' ')}`,
      }
      const saw = await waitFor(context, wait, alone)
      if (statusIn((await readCluster(context)).ring, node) !== undefined)
        throw new OpsError('stale', `${node} is a member again: somebody has joined it meanwhile`)
      return saw
    },
  }
}
