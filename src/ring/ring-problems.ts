/**
 * What makes a ring impossible. The planner takes a ring at its word, so whoever reads one from outside asks here
 * first; all problems are told, each with the field it is in.
 */
import {compareNodes, type Ring} from './ring.ts'
import type {Snapshot} from './snapshot.ts'

export type RingProblem = {
  /** as `owners[12]` */
  readonly field: string
  readonly problem: string
}

export const ringProblems = (ring: Ring): RingProblem[] => [
  ...sizeProblems(ring),
  ...memberProblems(ring),
  ...ownerProblems(ring),
  ...pendingProblems(ring),
]

/** The same for a snapshot, whether a file or a host tells it: its ring, and each node once. */
export function snapshotProblems({ring, nodes}: Pick<Snapshot, 'ring' | 'nodes'>): RingProblem[] {
  const seen = new Set<string>()
  const twice = nodes.flatMap(({node}, at): RingProblem[] => {
    if (!seen.has(node)) {
      seen.add(node)
      return []
    }
    return [{field: `nodes[${at}]`, problem: `${node} is there twice`}]
  })
  const ofRing = ringProblems(ring).map(({field, problem}) => ({field: `ring.${field}`, problem}))
  return [...ofRing, ...twice]
}

function sizeProblems({partitions, owners}: Ring): RingProblem[] {
  const problems: RingProblem[] = []
  if (!Number.isInteger(Math.log2(partitions)))
    problems.push({field: 'partitions', problem: `${partitions} is not a power of two`})
  if (owners.length !== partitions)
    problems.push({field: 'owners', problem: `${owners.length} owners for ${partitions} partitions`})
  return problems
}

function memberProblems({members, claimant}: Ring): RingProblem[] {
  const problems: RingProblem[] = []
  for (const [at, {node}] of members.entries()) {
    const before = members[at - 1]?.node
    const order = before === undefined ? -1 : compareNodes(before, node)
    if (order === 0) problems.push({field: `members[${at}]`, problem: `${node} is there twice`})
    if (order > 0) problems.push({field: `members[${at}]`, problem: `${node} is sorted after ${before}`})
  }
  if (!presentNames(members).has(claimant))
    problems.push({field: 'claimant', problem: `${claimant} is not a member`})
  return problems
}

const presentNames = (members: Ring['members']): Set<string> =>
  new Set(members.filter(({status}) => status !== 'invalid').map(({node}) => node))

function ownerProblems({owners, members}: Ring): RingProblem[] {
  const known = presentNames(members)
  // a ring read from outside may have holes, which the type does not
  return Array.from(owners as readonly (string | null | undefined)[], (owner, partition) => {
    const field = `owners[${partition}]`
    if (owner === undefined || owner === null || owner === '') return {field, problem: 'no owner'}
    return known.has(owner) ? undefined : {field, problem: `${owner} is not a member`}
  }).filter(problem => problem !== undefined)
}

function pendingProblems({pending, members, partitions}: Ring): RingProblem[] {
  const problems: RingProblem[] = []
  const known = presentNames(members)
  for (const [at, {partition, to}] of pending.entries()) {
    const field = `pending[${at}]`
    const before = pending[at - 1]?.partition ?? -1
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitions)
      problems.push({field, problem: `there is no partition ${partition}`})
    else if (partition === before) problems.push({field, problem: `partition ${partition} is there twice`})
    else if (partition < before)
      problems.push({field, problem: `partition ${partition} is sorted after ${before}`})
    if (!known.has(to)) problems.push({field, problem: `${to} is not a member`})
  }
  return problems
}
