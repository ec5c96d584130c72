/**
 * Riak's plan is held against ours, and committed once. Whether a commit took effect is read from the ring, at the
 * claimant first: a commit whose answer was lost may have succeeded, and is never simply sent again.
 */

import {OpsError} from '../errors.ts'
import {commitId} from '../journal/step-ids.ts'
import {printed} from '../riak/answers/answer.ts'
import {describeProblem} from '../riak/answers/lines.ts'
import type {Door} from '../riak/door.ts'
import {type CommitOutcome, readClusterPlan, readCommit, writeCommands} from '../riak/mutation.ts'
import {notUnderstood} from '../riak/query.ts'
import {askSnapshot} from '../riak/ring/ask-snapshot.ts'
import {describeChange} from '../ring/changes.ts'
import {ownersAfterPending} from '../ring/ring.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {counted} from '../units.ts'
import {isStaged, newcomersOf, planCommitted, statusIn} from './changes-seen.ts'
import {refuseStale, refuseUnrest} from './check-step.ts'
import {planDifferences} from './compare-plan.ts'
import {type Doubt, seenOrDoubted, stagingText} from './doubt.ts'
import {doorOf, memberDoors, type RunContext, readClaimant, speech} from './run-context.ts'
import {type Step, type Write, waitFor} from './step.ts'

export function commitStep(context: RunContext): Step {
  const {plan, clock} = context
  const claimant = doorOf(context, context.claimant)
  let doubt: Doubt | undefined
  return {
    id: commitId,
    title: "Riak's plan is ours; commit it, once",
    observe: async () => {
      const snapshot = await readClaimant(context)
      if (planCommitted(plan, snapshot)) return {so: true, saw: 'committed already'}
      refuseStale(context, snapshot)
      refuseUnrest(snapshot)
      refuseMissing(context, snapshot)
      return {so: false, saw: `staged: ${counted(plan.changes.length, 'change')}`}
    },
    act: async write => {
      if (!(await sameAsRiaks(context, write, claimant))) return
      const {admin, heard} = await speech(context, claimant)
      const argv = writeCommands.commit(admin)
      const answer = await write(claimant, argv, {timeout: 120_000})
      doubt = answer && doubtOf(claimant, argv, readCommit(heard(answer)))
    },
    verify: async () => {
      const another = memberDoors(context).find(({node}) => node !== claimant.node)
      const witnesses = another ? [claimant, another] : [claimant]
      const wait = {
        what: 'two members to show the committed ring',
        // what is not understood may have been a yes: it is given the whole time
        timeout: doubt && doubt.why !== 'notUnderstood' ? 0 : 60_000,
        interval: 500,
        hint: 'whether it was committed is not known: ringup runs resume looks again before it does anything',
      }
      const seen = async (): Promise<string | undefined> => {
        const snapshots = await Promise.all(witnesses.map(door => askSnapshot(door, clock.now)))
        return snapshots.every(snapshot => planCommitted(plan, snapshot))
          ? `seen on ${witnesses.map(({host}) => host).join(' and ')}`
          : undefined
      }
      const saw = await seenOrDoubted(
        doubt,
        () => waitFor(context, wait, seen),
        async () => `not committed; ${stagingText(await readClaimant(context))}`,
      )
      refuseOtherOwners(context, await askSnapshot(claimant, clock.now))
      return saw
    },
  }
}

function doubtOf(door: Door, argv: readonly string[], outcome: CommitOutcome): Doubt | undefined {
  if (outcome.outcome === 'unknown') return {door, argv, why: 'notUnderstood', text: outcome.text}
  if (outcome.outcome !== 'refused') return undefined
  return {door, argv, why: outcome.reason === 'plan-changed' ? 'stale' : 'refused', text: outcome.text}
}

/** Something of ours is staged no longer: somebody has cleared it, or the claimant has forgotten. */
function refuseMissing({plan}: RunContext, snapshot: Snapshot): void {
  const missing = [
    ...newcomersOf(plan)
      .filter(node => statusIn(snapshot.ring, node) !== 'joining')
      .map(node => `join ${node}`),
    ...plan.changes
      .filter(change => change.action !== 'join' && isStaged(change, snapshot) === false)
      .map(describeChange),
  ]
  if (missing.length > 0)
    throw new OpsError('stale', `staged no longer: ${missing.join(', ')}`, {
      hint: 'somebody cleared it, or the claimant was restarted; to stage it again: ringup runs resume',
    })
}

/** Lets Riak plan and compares. False: it was committed in the meantime. */
async function sameAsRiaks(context: RunContext, write: Write, claimant: Door): Promise<boolean> {
  const {plan} = context
  // v4 can take riak_core minutes
  const {admin, heard} = await speech(context, claimant)
  const answer = await write(claimant, writeCommands.plan(admin), {timeout: 300_000})
  if (answer === undefined) throw new OpsError('partlyDone', `${claimant.host}: no answer to cluster plan`)
  const {value, problem} = readClusterPlan(heard(answer))
  if (problem || value.outcome !== 'plan') {
    const now = await readClaimant(context)
    if (planCommitted(plan, now)) return false
    const shows = `; the ring shows now: not committed; ${stagingText(now)}`
    if (problem) throw notUnderstood(claimant, 'cluster plan', `${describeProblem(problem)}${shows}`)
    throw new OpsError('refused', `${claimant.host}: Riak makes no plan: ${printed(answer)}${shows}`)
  }
  const differences = planDifferences(plan, value)
  if (differences.length === 0) return true
  const shown = differences.slice(0, 5).join('; ')
  const more = differences.length > 5 ? ` and ${differences.length - 5} more` : ''
  throw new OpsError('refused', `Riak's plan is not ours, so nothing was committed: ${shown}${more}`, {
    facts: {differences},
  })
}

/** The ring after the commit must be on its way to the owners that were planned. */
function refuseOtherOwners({plan}: RunContext, {ring}: Snapshot): void {
  if (plan.transitions.length === 0) return
  const next = ownersAfterPending(ring)
  // a run that is resumed late may find a later transition under way
  if (plan.transitions.some(({owners}) => owners.every((owner, at) => owner === next[at]))) return
  const [first] = plan.transitions
  const wrong = next.findIndex((owner, at) => owner !== first!.owners[at])
  throw new OpsError(
    'partlyDone',
    `committed, but partition ${wrong} is to go to ${next[wrong]}, planned was ${first!.owners[wrong]}`,
    {
      hint: 'somebody changed the cluster at the same moment: ringup status',
    },
  )
}
