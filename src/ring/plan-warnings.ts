/** What `riak admin cluster plan` prints beside the moves: the two percentages a member, and two warnings. */

import type {Transition} from './changes.ts'
import {preflistsSharingLocations, preflistsSharingNodes} from './preflists.ts'
import {type Member, type NodeName, ownedCounts} from './ring.ts'

type Planned = {
  readonly nextOwners: readonly NodeName[]
  readonly locations: Readonly<Record<NodeName, string>>
}

/** riak_core asks with the n_val of the default bucket properties */
const defaultNVal = 3

/** "Not all replicas will be on distinct nodes" */
export const warnNodes = ({nextOwners}: Pick<Planned, 'nextOwners'>, nVal = defaultNVal): boolean =>
  preflistsSharingNodes(nextOwners, nVal).length > 0

/** "Not all replicas will be in distinct locations"; never said in a cluster without locations */
export const warnLocations = ({nextOwners, locations}: Planned, nVal = defaultNVal): boolean =>
  Object.keys(locations).length > 0 && preflistsSharingLocations(nextOwners, locations, nVal).length > 0

/** The share of the ring each member owns, in percent with one decimal, as the membership table prints it. */
export function ringPercentages(owners: readonly NodeName[], members: readonly Member[]): string[] {
  const counts = ownedCounts(owners, members)
  return members.map(({node}) => (((counts.get(node) ?? 0) * 100) / owners.length).toFixed(1))
}

/** Owners right after the commit: what is reassigned at once has changed hands, no transfer has. */
export function installedOwners({owners, reassigned}: Pick<Transition, 'owners' | 'reassigned'>): NodeName[] {
  const installed = [...owners]
  for (const {partition, to} of reassigned) installed[partition] = to
  return installed
}
