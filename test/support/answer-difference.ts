/** Where our answer to a claim vector differs first from riak_core's, in words that name the partition. */
import type {Change, PlannedChanges, Transition} from '../../src/ring/changes.ts'
import {installedOwners, ringPercentages, warnLocations, warnNodes} from '../../src/ring/plan-warnings.ts'
import type {Member, Move, NodeName} from '../../src/ring/ring.ts'
import {
  type ClaimQuestion,
  memberOf,
  type VectorAnswer,
  type VectorMove,
  type VectorTransition,
} from './claim-vectors.ts'

export function answerDifference(
  {base}: ClaimQuestion,
  expected: VectorAnswer,
  planned: PlannedChanges,
): string | undefined {
  if (expected.error !== undefined)
    return planned.crash === undefined ? `riak_core fails (${expected.error}), we plan` : undefined
  if (planned.crash !== undefined) return `we say riak_core fails: ${planned.crash}`
  const {nodes} = base
  const name = (node: number): NodeName => nodes[node] ?? `node ${node}`
  const {final} = expected
  return (
    listDifference('refused', expected.refused ?? [], planned.refused.map(refusalPair)) ??
    listDifference('changes', (expected.changes ?? []).map(plainChange), planned.changes.map(changeRow)) ??
    transitionsDifference(expected.transitions ?? [], planned.transitions, name) ??
    (final &&
      (ownersDifference('final.owners', final.owners.map(name), planned.final.owners) ??
        listDifference('final.members', final.members.map(memberOf), planned.final.members) ??
        valueDifference('final.claimant', final.claimant, planned.final.claimant) ??
        valueDifference('final.locationChanged', final.locationChanged, planned.final.locationChanged) ??
        listDifference(
          'final.locations',
          locationRows(final.locations),
          locationRows(planned.final.locations),
        )))
  )
}

function transitionsDifference(
  expected: readonly VectorTransition[],
  planned: readonly Transition[],
  name: (node: number) => NodeName,
): string | undefined {
  for (const [at, wanted] of expected.entries()) {
    const ours = planned[at]
    const difference = ours && transitionDifference(wanted, ours, name)
    if (difference !== undefined) return `transitions[${at}].${difference}`
  }
  return valueDifference('transitions.length', expected.length, planned.length)
}

const transitionDifference = (
  wanted: VectorTransition,
  ours: Transition,
  name: (node: number) => NodeName,
): string | undefined =>
  ownersDifference('owners', wanted.owners.map(name), ours.owners) ??
  ownersDifference('nextOwners', wanted.nextOwners.map(name), ours.nextOwners) ??
  listDifference('membersBefore', wanted.membersBefore.map(memberOf), ours.membersBefore) ??
  listDifference('members', wanted.members.map(memberOf), ours.members) ??
  listDifference('reassigned', wanted.reassigned.map(moveNamed(name)), ours.reassigned) ??
  listDifference('transfers', wanted.transfers.map(moveNamed(name)), ours.transfers) ??
  listDifference('ring', wanted.ring, ringPercentages(installedOwners(ours), ours.members)) ??
  listDifference('pending', wanted.pending, ringPercentages(ours.nextOwners, ours.members)) ??
  valueDifference('warnNodes', wanted.warnNodes, warnNodes(ours)) ??
  valueDifference('warnLocations', wanted.warnLocations, warnLocations(ours))

const moveNamed =
  (name: (node: number) => NodeName) =>
  ([partition, from, to]: VectorMove): Move => ({partition, from: name(from), to: name(to)})

const refusalPair = ({position, reason}: PlannedChanges['refused'][number]): readonly [number, string] => [
  position,
  reason,
]

function changeRow(change: Change): readonly string[] {
  switch (change.action) {
    case 'replace':
    case 'forceReplace':
      return [change.node, change.action, change.with]
    case 'setLocation':
      return plainChange([change.node, change.action, change.location])
    default:
      return [change.node, change.action]
  }
}

/** The oracle prints a location's UTF-8 bytes as characters; both spellings are one. */
const plainChange = (row: readonly string[]): readonly string[] =>
  row[1] === 'setLocation' ? [...row.slice(0, 2), plainLocation(row[2] ?? '')] : row

const plainLocation = (location: string): string =>
  /^[\0-\xff]*$/.test(location) ? Buffer.from(location, 'latin1').toString('utf8') : location

const locationRows = (locations: Readonly<Record<NodeName, string>>): string[] =>
  Object.entries(locations)
    .map(([node, location]) => `${node} ${plainLocation(location)}`)
    .sort()

function ownersDifference(
  what: string,
  expected: readonly NodeName[],
  ours: readonly NodeName[],
): string | undefined {
  const partition = expected.findIndex((owner, at) => owner !== ours[at])
  return partition < 0
    ? valueDifference(`${what}.length`, expected.length, ours.length)
    : `${what}: partition ${partition} is ${expected[partition]}, ours ${ours[partition]}`
}

function listDifference(
  what: string,
  expected: readonly (string | Member | Move | readonly unknown[])[],
  ours: readonly unknown[],
): string | undefined {
  for (let at = 0; at < Math.max(expected.length, ours.length); at += 1) {
    const difference = valueDifference(`${what}[${at}]`, expected[at], ours[at])
    if (difference !== undefined) return difference
  }
  return undefined
}

const valueDifference = (what: string, expected: unknown, ours: unknown): string | undefined =>
  plain(expected) === plain(ours) ? undefined : `${what} is ${plain(expected)}, ours ${plain(ours)}`

const plain = (value: unknown): string => JSON.stringify(value) ?? 'nothing'
