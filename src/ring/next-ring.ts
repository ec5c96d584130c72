/**
 * One transition: what the claimant makes of a ring and the changes committed to it. The order of the steps is
 * riak_core's, and shows: leaves that move anything keep claim out until the next transition, removals whose
 * partitions find a home at once do not.
 */
import type {Change, Seed} from './changes.ts'
import {claim} from './claim/claim.ts'
import type {Planning} from './claim/claim-task.ts'
import {type Leaving, planLeave, reassign} from './claim/leave.ts'
import {PlannerCrash} from './claim/planner-crash.ts'
import {
  copyOf,
  hasLocations,
  isActive,
  isClaiming,
  nodesThat,
  type WorkingMove,
  type WorkingRing,
} from './claim/working-ring.ts'
import type {NodeName} from './ring.ts'

export type NextRing = {
  readonly changes: readonly Change[]
  readonly planning: Planning
  readonly seed: Seed | undefined
}

export function nextRing(before: WorkingRing, {changes, planning, seed}: NextRing): WorkingRing {
  const ring = copyOf(before)
  const number = new Map(ring.names.map((name, node) => [name, node]))
  const replacing = new Map<number, number>()
  for (const change of changes) {
    apply(ring, change, number)
    if (change.action === 'replace') replacing.set(number.get(change.node)!, number.get(change.with)!)
  }
  setStatuses(ring, 'joining', 'valid')
  const updated = nodesThat(ring, isClaiming).length > 0 ? update(ring, {planning, seed, replacing}) : ring
  setStatuses(updated, 'exiting', 'invalid', updated.claimant)
  return updated
}

function apply(ring: WorkingRing, change: Change, number: ReadonlyMap<NodeName, number>): void {
  const node = number.get(change.node)!
  switch (change.action) {
    case 'join':
      ring.status[node] = 'joining'
      break
    case 'leave':
    case 'remove':
      ring.status[node] = change.action === 'leave' ? 'leaving' : 'invalid'
      if (hasLocations(ring)) ring.locationChanged = true
      break
    case 'replace':
      ring.status[node] = 'leaving'
      break
    case 'forceReplace': {
      const replacement = number.get(change.with)!
      for (const [partition, owner] of ring.owner.entries())
        if (owner === node) ring.owner[partition] = replacement
      ring.status[replacement] = 'joining'
      ring.status[node] = 'invalid'
      break
    }
    case 'setLocation':
      ring.location[node] = ring.places.lastIndexOf(change.location)
      ring.locationChanged = true
  }
}

function setStatuses(
  ring: WorkingRing,
  from: 'joining' | 'exiting',
  to: 'valid' | 'invalid',
  except?: number,
): void {
  for (const [node, status] of ring.status.entries())
    if (status === from && node !== except) ring.status[node] = to
}

/** Ownership follows membership. A ring that would stay as it is stays wholly so, its location flag included. */
function update(ring: WorkingRing, leaving: Leaving): WorkingRing {
  const work = copyOf(ring)
  finishComplete(work)
  const hadPending = work.pending.length > 0
  for (const [node, status] of work.status.entries()) if (status === 'invalid') reassign(work, node, leaving)
  if (!hadPending)
    for (const [node, status] of work.status.entries())
      if (status === 'leaving') planLeave(work, node, leaving)
  const prepared = {owner: work.owner, pending: work.pending}

  if (work.pending.length === 0) {
    const claimed = claim(work, leaving.planning)
    work.locationChanged = claimed.locationChanged
    work.pending = moves(work.owner, claimed.owner)
  }
  work.pending = withoutDown(work, leaving.planning)
  const unchanged =
    sameMoves(work.pending, ring.pending) &&
    sameMoves(prepared.pending, ring.pending) &&
    sameOwners(prepared.owner, ring.owner)
  return unchanged ? ring : work
}

/** Installs what has been handed off completely; entries seen installed, or of removed nodes, go. */
function finishComplete(ring: WorkingRing): void {
  const isInvalid = (node: number): boolean => ring.status[node] === 'invalid'
  ring.pending = ring.pending.filter(
    ({partition, from, to, status}) =>
      !isInvalid(from) && !isInvalid(to) && !(status === 'complete' && ring.owner[partition] === to),
  )
  for (const {partition, to, status} of ring.pending) if (status === 'complete') ring.owner[partition] = to
}

function moves(owner: Int32Array, next: Int32Array): WorkingMove[] {
  const found: WorkingMove[] = []
  for (const [partition, from] of owner.entries()) {
    const to = next[partition]!
    if (from !== to) found.push({partition, from, to, done: [], status: 'awaiting'})
  }
  return found
}

/** A member that is down takes part in no transfer; a leaver's partition meant for it goes to someone drawn. */
function withoutDown(ring: WorkingRing, planning: Planning): WorkingMove[] {
  const isDown = (node: number): boolean => ring.status[node] === 'down'
  const isGoing = (node: number): boolean =>
    ring.status[node] === 'leaving' || ring.status[node] === 'invalid'
  const standIn = (move: WorkingMove): WorkingMove => {
    const active = nodesThat(ring, isActive).filter(node => node !== move.from)
    if (active.length === 0) throw new PlannerCrash('nobody can stand in for a receiver that is down')
    if (active.length > 1) planning.random.add('down-receiver')
    return {...move, to: active[0]!}
  }
  return ring.pending
    .map(move => (isGoing(move.from) && isDown(move.to) ? standIn(move) : move))
    .filter(({from, to}) => !isDown(from) && !isDown(to))
}

export const sameOwners = (a: Int32Array, b: Int32Array): boolean =>
  a.every((node, partition) => node === b[partition])

export const sameMoves = (a: readonly WorkingMove[], b: readonly WorkingMove[]): boolean =>
  a.length === b.length &&
  a.every((move, at) => {
    const other = b[at]!
    return (
      move.partition === other.partition &&
      move.from === other.from &&
      move.to === other.to &&
      move.status === other.status &&
      move.done.join() === other.done.join()
    )
  })
