/**
 * Staging, one change a step. A join is sent to the joining host and stands in the ring; everything else is sent to
 * the claimant and stands in its memory alone. Staged joins freeze ownership changes of the whole cluster.
 */

import {OpsError} from '../errors.ts'
import {stagingId} from '../journal/step-ids.ts'
import type {StagingOutcome} from '../riak/answers/answer.ts'
import type {Door} from '../riak/door.ts'
import {readJoin, readStaging, writeCommands} from '../riak/mutation.ts'
import {describeChange, type StagedChange} from '../ring/changes.ts'
import type {NodeName} from '../ring/ring.ts'
import {disagreeingMembers, type Snapshot, unreachableMembers} from '../ring/snapshot.ts'
import {isCommitted, isStaged, newcomersOf, planCommitted, statusIn} from './changes-seen.ts'
import {type Doubt, seenOrDoubted, stagingText, timeToWait} from './doubt.ts'
import {doorOf, type RunContext, readClaimant, readCluster, speech} from './run-context.ts'
import {type Step, type Write, waitFor} from './step.ts'

const look = 'look at the cluster: ringup status'

export function joinStep(context: RunContext, node: NodeName): Step {
  const seen = (snapshot: Snapshot): string | undefined => {
    const status = statusIn(snapshot.ring, node)
    return status === 'joining' || status === 'valid' ? status : undefined
  }
  let doubt: Doubt | undefined
  return {
    id: stagingId('join', node),
    title: `stage the join of ${node}`,
    observe: async () => {
      const saw = seen(await readCluster(context))
      return {so: saw !== undefined, saw: saw ?? 'not a member'}
    },
    act: async write => {
      doubt = await sendJoin(context, write, doorOf(context, node))
    },
    verify: () => {
      const timeout = timeToWait(doubt, 60_000)
      const wait = {what: `${node} to be seen as joining`, timeout, interval: 500, hint: look}
      return seenOrDoubted(
        doubt,
        () => waitFor(context, wait, async () => seen(await readCluster(context))),
        async () => {
          const snapshot = await readCluster(context)
          return `${node} is ${statusIn(snapshot.ring, node) ?? 'no member'}, ${stagingText(snapshot)}`
        },
      )
    },
  }
}

/** Tries again while the node says that it is still starting: that refusal changes nothing. */
async function sendJoin(context: RunContext, write: Write, door: Door): Promise<Doubt | undefined> {
  const {claimant} = context
  const wait = {
    what: `${door.host} to be ready to join`,
    timeout: 120_000,
    interval: 2000,
    hint: 'go on: ringup runs resume',
  }
  const {admin, heard} = await speech(context, door)
  const argv = writeCommands.join(admin, claimant)
  const {doubt} = await waitFor(context, wait, async () => {
    const answer = await write(door, argv, {timeout: 60_000})
    // lost: the ring tells
    if (answer === undefined) return {doubt: undefined}
    const outcome = readJoin(heard(answer), door.node, claimant)
    if (outcome.outcome === 'refused' && outcome.reason === 'still-starting') return undefined
    // an earlier try whose answer was lost
    if (outcome.outcome === 'refused' && outcome.reason === 'already-member') return {doubt: undefined}
    return {doubt: doubtOf(door, argv, outcome)}
  })
  return doubt
}

/** All members see the newcomers joining, in one ring. */
export function agreeStep(context: RunContext): Step {
  const newcomers = newcomersOf(context.plan)
  const title = `all members see ${newcomers.length === 1 ? 'it' : 'them'} joining`
  return {
    id: 'agree',
    title,
    observe: async () => {
      const snapshot = await readCluster(context)
      if (planCommitted(context.plan, snapshot)) return {so: true, saw: 'committed already'}
      const waiting = notAgreed(snapshot, newcomers)
      return {so: waiting === undefined, saw: waiting ?? 'one ring on all members'}
    },
    verify: () => {
      const wait = {what: 'one ring on all members', timeout: 120_000, interval: 500, hint: look}
      const {clock} = context
      let silentSince: number | undefined
      return waitFor(context, wait, async () => {
        const snapshot = await readCluster(context)
        const silent = unreachableMembers(snapshot)
        silentSince = silent.length === 0 ? undefined : (silentSince ?? clock.now())
        // no ring is agreed on while a member is away, and no flag goes on without it
        if (silentSince !== undefined && clock.now() - silentSince > patience)
          throw new OpsError('refused', `not while a member is down or unreachable: ${silent.join(', ')}`, {
            hint: 'bring it up first',
          })
        return notAgreed(snapshot, newcomers) === undefined ? 'one ring on all members' : undefined
      })
    },
  }
}

/** ms that a member may be away while the others wait for it */
const patience = 15_000

/** Why members do not agree on a ring with all newcomers in it; undefined: they do. */
function notAgreed(snapshot: Snapshot, newcomers: readonly NodeName[]): string | undefined {
  const missing = newcomers.filter(node => statusIn(snapshot.ring, node) !== 'joining')
  if (missing.length > 0) return `not joining: ${missing.join(', ')}`
  const silent = unreachableMembers(snapshot)
  if (silent.length > 0) return `not reachable: ${silent.join(', ')}`
  const disagree = disagreeingMembers(snapshot)
  if (disagree.length > 0) return `another ring on ${disagree.join(', ')}`
  return snapshot.nodes.every(({ringReady}) => ringReady) ? undefined : 'the ring is not ready'
}

/** A leave, a replace or a location. */
export function stageStep(context: RunContext, change: StagedChange): Step {
  const door = doorOf(context, context.claimant)
  const what = describeChange(change)
  const seen = (snapshot: Snapshot): string | undefined =>
    isCommitted(change, snapshot)
      ? 'committed already'
      : isStaged(change, snapshot) === true
        ? 'staged'
        : undefined
  let doubt: Doubt | undefined
  return {
    id: stagingId('stage', what),
    title: `stage: ${what}`,
    observe: async () => {
      const saw = seen(await readClaimant(context))
      return {so: saw !== undefined, saw: saw ?? 'not staged'}
    },
    act: async write => {
      const {admin, heard} = await speech(context, door)
      const argv = writeCommands.stage(admin, change)
      const answer = await write(door, argv, {timeout: 60_000})
      doubt = answer && doubtOf(door, argv, readStaging(heard(answer), change))
    },
    verify: () => {
      const timeout = timeToWait(doubt, 60_000)
      const wait = {what: `the claimant to have staged: ${what}`, timeout, interval: 500, hint: look}
      return seenOrDoubted(
        doubt,
        () => waitFor(context, wait, async () => seen(await readClaimant(context))),
        async () => stagingText(await readClaimant(context)),
      )
    },
  }
}

function doubtOf(door: Door, argv: readonly string[], outcome: StagingOutcome): Doubt | undefined {
  switch (outcome.outcome) {
    case 'staged':
      return undefined
    case 'unknown':
      return {door, argv, why: 'notUnderstood', text: outcome.text}
    case 'refused':
      return {door, argv, why: 'refused', text: outcome.text}
    case 'not-running':
      return {door, argv, why: 'refused', text: 'Riak does not answer there'}
  }
}
