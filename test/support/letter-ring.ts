/** Rings written as one letter a partition, a node a letter. */
import type {Change, ClaimSettings} from '../../src/ring/changes.ts'
import {planChanges} from '../../src/ring/plan-changes.ts'
import type {MemberStatus, Ring} from '../../src/ring/ring.ts'

export function letterRing(owners: string, more: Partial<Ring> = {}): Ring {
  const nodes = [...new Set(owners)].sort()
  return {
    partitions: owners.length,
    owners: [...owners],
    members: nodes.map(node => ({node, status: 'valid'})),
    claimant: nodes[0]!,
    pending: [],
    locations: {},
    locationChanged: false,
    ...more,
  }
}

export const withStatus = (ring: Ring, node: string, status: MemberStatus): Ring => ({
  ...ring,
  members: [...ring.members.filter(member => member.node !== node), {node, status}].sort((a, b) =>
    a.node < b.node ? -1 : 1,
  ),
})

export const joins = (...nodes: readonly string[]): Change[] => nodes.map(node => ({action: 'join', node}))

export const settings = (more: Partial<ClaimSettings> = {}): ClaimSettings => ({
  claim: 'v2',
  targetN: 4,
  targetLocationN: 3,
  fullRebalanceOnLeave: false,
  ...more,
})

/** The owners after each transition, one letter a partition. */
export const plannedLetters = (
  ring: Ring,
  changes: readonly Change[],
  more: Partial<ClaimSettings> = {},
): string[] =>
  planChanges(ring, changes, settings(more)).transitions.map(({nextOwners}) => nextOwners.join(''))
