/**
 * The planner's door. riak_core plans transition after transition, each from the ring the one before leaves
 * behind once its transfers are done, until one changes nothing; that one is not shown.
 */
import type {Change, ClaimSettings, PlannedChanges, RandomChoice, Seed, Transition} from './changes.ts'
import type {Planning} from './claim/claim-task.ts'
import {endlessGuard, PlannerCrash} from './claim/planner-crash.ts'
import {
  copyOf,
  futureOwner,
  isMember,
  locationsOf,
  membersOf,
  moveOf,
  ownerNames,
  ringOf,
  type WorkingMove,
  type WorkingRing,
  workingRing,
} from './claim/working-ring.ts'
import {nextRing, sameMoves, sameOwners} from './next-ring.ts'
import type {Ring} from './ring.ts'
import {stageChanges} from './stage-changes.ts'

export type PlanOptions = {
  /** the claimant's generator; without it, equally loaded candidates are taken in riak_core's own order */
  readonly seed?: Seed | undefined
}

export function planChanges(
  ring: Ring,
  changes: readonly Change[],
  settings: ClaimSettings,
  {seed}: PlanOptions = {},
): PlannedChanges {
  const staged = stageChanges(ring, changes)
  const places = staged.changes.flatMap(change => ('location' in change ? [change.location] : []))
  const start = workingRing(staged.ring, places)
  const random = new Set<RandomChoice>()
  const planning: Planning = {settings, random, solutions: new Map()}
  const outcome = {refused: staged.refused, changes: staged.changes}
  if (staged.changes.length === 0) return {...outcome, transitions: [], final: ringOf(start), random: []}
  try {
    const {transitions, final} = allTransitions(start, staged.changes, planning, seed)
    return {...outcome, transitions, final: ringOf(final), random: [...random]}
  } catch (error) {
    if (!(error instanceof PlannerCrash)) throw error
    return {...outcome, transitions: [], final: ringOf(start), random: [...random], crash: error.message}
  }
}

function allTransitions(
  start: WorkingRing,
  staged: readonly Change[],
  planning: Planning,
  seed: Seed | undefined,
): {transitions: Transition[]; final: WorkingRing} {
  const transitions: Transition[] = []
  const guard = endlessGuard('the plan never ends: its transitions repeat')
  let before = start
  let changes = staged
  for (;;) {
    const after = nextRing(before, {changes, planning, seed})
    if (isSamePlan(before, after)) return {transitions, final: after}
    transitions.push(transitionOf(before, after))
    before = settled(after)
    changes = []
    guard(() => `${before.owner.join()} ${before.status.join()} ${before.locationChanged}`)
  }
}

/** riak_core does not look at locations here. */
const isSamePlan = (a: WorkingRing, b: WorkingRing): boolean =>
  sameOwners(a.owner, b.owner) &&
  sameMoves(a.pending, b.pending) &&
  a.status.every(
    (status, node) => status === b.status[node] || !(isMember(status) || isMember(b.status[node])),
  )

/** The ring once all transfers are done; a leaver that owns nothing then exits. */
function settled(ring: WorkingRing): WorkingRing {
  const next = {...copyOf(ring), owner: futureOwner(ring), pending: []}
  for (const [node, status] of next.status.entries())
    if (status === 'leaving' && !next.owner.includes(node)) next.status[node] = 'exiting'
  return next
}

function transitionOf(before: WorkingRing, after: WorkingRing): Transition {
  const reassigned: Pick<WorkingMove, 'partition' | 'from' | 'to'>[] = []
  for (const [partition, from] of before.owner.entries()) {
    const to = after.owner[partition]!
    if (from !== to) reassigned.push({partition, from, to})
  }
  return {
    membersBefore: membersOf(before),
    members: membersOf(after),
    locations: locationsOf(after),
    owners: ownerNames(before),
    reassigned: reassigned.map(move => moveOf(after, move)),
    transfers: after.pending.map(move => moveOf(after, move)),
    nextOwners: ownerNames({...after, owner: futureOwner(after)}),
  }
}
