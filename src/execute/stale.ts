/** Whether the ring is still the one a plan was made on; pure. */

import type {Plan} from '../plan/plan.ts'
import {baseOf} from '../plan/plan.ts'
import {describeChange} from '../ring/changes.ts'
import type {NodeName, Ring} from '../ring/ring.ts'
import {presentMembers, type Snapshot} from '../ring/snapshot.ts'
import {newcomersOf} from './changes-seen.ts'

/** How the ring differs from the plan's base, our own joins left out; none: the plan still holds. */
export function baseDifferences(plan: Plan, ring: Ring): string[] {
  const ours = new Set(newcomersOf(plan))
  const now = baseOf({
    ...ring,
    members: ring.members.filter(({node, status}) => !(ours.has(node) && status === 'joining')),
  })
  const {base} = plan
  if (now.digest === base.digest) return []
  const differences: string[] = []
  if (now.claimant !== base.claimant)
    differences.push(`the claimant is ${now.claimant} now, it was ${base.claimant}`)
  const [before, after] = [statuses(base.members), statuses(now.members)]
  for (const [node, status] of after)
    if (!before.has(node)) differences.push(`${node} has appeared (${status})`)
  for (const [node, status] of before) {
    const current = after.get(node)
    if (current === undefined) differences.push(`${node} is gone`)
    else if (current !== status) differences.push(`${node} is ${current} now, it was ${status}`)
  }
  const moved = now.owners.filter((owner, at) => owner !== base.owners[at]).length
  if (now.owners.length !== base.owners.length)
    differences.push(`the ring has ${now.owners.length} partitions, it had ${base.owners.length}`)
  else if (moved > 0) differences.push(`${moved} of ${now.owners.length} partitions have another owner`)
  return differences.length > 0 ? differences : ['locations have changed']
}

const statuses = (members: Ring['members']): Map<NodeName, string> =>
  new Map(members.map(({node, status}) => [node, status]))

/** What is staged that the plan does not have. */
export function foreignChanges(plan: Plan, snapshot: Snapshot): string[] {
  // a newcomer that is to get a location is staged as a join first
  const ours = new Set(
    [...plan.changes, ...newcomersOf(plan).map(node => ({action: 'join', node}) as const)].map(
      describeChange,
    ),
  )
  const joining = presentMembers(snapshot.ring)
    .filter(({status}) => status === 'joining')
    .map(({node}) => ({action: 'join', node}) as const)
  const staged = snapshot.staged === 'unknown' ? joining : snapshot.staged
  return staged.map(describeChange).filter(text => !ours.has(text))
}
