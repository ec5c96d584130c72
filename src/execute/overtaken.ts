/**
 * Whether a run can still come to what its plan promises. Every run ends: one that a later change has moved on from is
 * overtaken, and no reading will ever show what it waits for. Pure.
 */
import {OpsError} from '../errors.ts'
import type {Plan} from '../plan/plan.ts'
import {finalOwners} from '../plan/plan.ts'
import {presentMembers, type Snapshot} from '../ring/snapshot.ts'
import {counted} from '../units.ts'
import {unrest} from '../watch/settled.ts'
import {leaversOf, newcomersOf, nodesOf, planCommitted, stagedNow, statusIn} from './changes-seen.ts'

/**
 * What has changed since, by which the plan can never be carried out any more; undefined: it still can. Members tell, so
 * it holds while data moves too.
 * @param committed the journal knows of the commit
 */
export function overtaken(plan: Plan, committed: boolean, snapshot: Snapshot): string | undefined {
  const {ring} = snapshot
  const planned = new Set([...plan.base.members.map(({node}) => node), ...nodesOf(plan)])
  const joined = presentMembers(ring)
    .filter(({node, status}) => !planned.has(node) && status !== 'joining')
    .map(({node}) => `${node} has joined`)
  if (committed || planCommitted(plan, snapshot)) {
    const leavers = new Set(leaversOf(plan))
    const left = [...planned]
      .filter(node => !leavers.has(node))
      .flatMap(node => {
        const status = statusIn(ring, node)
        if (status === undefined || status === 'joining') return `${node} has left`
        return status === 'leaving' || status === 'exiting' ? `${node} is leaving` : []
      })
    const back = [...leavers].filter(node => statusIn(ring, node) === 'valid').map(node => `${node} is back`)
    return summary([...joined, ...left, ...back])
  }
  // what is staged of it can still be committed or dropped
  if (stagedNow(plan, snapshot).length > 0) return undefined
  const gone = plan.base.members
    .filter(({node}) => statusIn(ring, node) === undefined)
    .map(({node}) => `${node} has left`)
  const come = newcomersOf(plan)
    .filter(node => statusIn(ring, node) !== undefined)
    .map(node => `${node} has joined`)
  const moved = ring.owners.filter((owner, at) => owner !== plan.base.owners[at]).length
  return summary([
    ...joined,
    ...gone,
    ...come,
    ...(moved > 0 ? [`${counted(moved, 'partition')} got another owner`] : []),
  ])
}

/** The same of one that is committed, at rest: with the members as planned, and other owners. */
export function restsElsewhere(plan: Plan, snapshot: Snapshot): string | undefined {
  if (unrest(snapshot).length > 0) return undefined
  const planned = finalOwners(plan)
  const wrong = snapshot.ring.owners.filter((owner, at) => owner !== planned[at]).length
  return wrong === 0 ? undefined : `${counted(wrong, 'partition')} went to another owner`
}

const summary = (since: readonly string[]): string | undefined =>
  since.length === 0
    ? undefined
    : since.length <= 4
      ? since.join(', ')
      : `${since.slice(0, 3).join(', ')}, and ${since.length - 3} more`

export const overtakenError = (since: string): OpsError =>
  new OpsError('stale', `the cluster has moved on since: ${since}; it can never be as this run planned it`, {
    hint: 'look at it: ringup status',
    facts: {overtaken: since},
  })
