/**
 * Staging, as the claimant does it: what it refuses, what a later change of the same node replaces, and the
 * plan's own list. Joins are not staged: a node that joins is a member with status `joining` from then on.
 */
import type {Change, Refusal} from './changes.ts'
import {compareNodes, type MemberStatus, type NodeName, type Ring} from './ring.ts'

export type Staged = {
  /** the ring with its new joining members */
  readonly ring: Ring
  readonly refused: readonly Refusal[]
  /** the plan's list: by node, one a node */
  readonly changes: readonly Change[]
}

/** Changes staged by node, and the members they are checked against. */
type Staging = {
  readonly claimant: NodeName
  readonly members: Map<NodeName, MemberStatus>
  readonly staged: Map<NodeName, Change>
}

export function stageChanges(ring: Ring, changes: readonly Change[]): Staged {
  const staging: Staging = {
    claimant: ring.claimant,
    members: new Map(ring.members.map(({node, status}) => [node, status])),
    staged: new Map(),
  }
  const refused: Refusal[] = []
  for (const [position, change] of changes.entries()) {
    const reason = refusal(staging, change)
    if (reason !== undefined) refused.push({position, reason})
    else if (change.action === 'join') staging.members.set(change.node, 'joining')
    else {
      staging.staged.set(change.node, change)
      dropUntenable(staging)
    }
  }
  dropUntenable(staging)
  return {
    ring: {...ring, members: inNodeOrder(Array.from(staging.members, ([node, status]) => ({node, status})))},
    refused,
    changes: planList(staging),
  }
}

const statusOf = ({members}: Staging, node: NodeName): MemberStatus => members.get(node) ?? 'invalid'

function refusal(staging: Staging, change: Change): Refusal['reason'] | undefined {
  const status = statusOf(staging, change.node)
  const forced = change.action === 'remove' || change.action === 'forceReplace'
  if (change.action === 'join') return status === 'invalid' ? undefined : 'already_member'
  if (forced && change.node === staging.claimant) return 'is_claimant'
  if (status === 'invalid') return 'not_member'
  switch (change.action) {
    case 'leave':
      if (isAlone(staging)) return 'only_member'
      return status === 'valid' || status === 'joining' ? undefined : 'already_leaving'
    case 'remove':
      return isAlone(staging) ? 'only_member' : undefined
    case 'replace':
      if (status === 'leaving') return 'already_leaving'
      return replacementRefusal(staging, change.with)
    case 'forceReplace':
      return replacementRefusal(staging, change.with)
    default:
      return undefined
  }
}

const isAlone = ({members}: Staging): boolean =>
  [...members.values()].filter(status => status !== 'invalid').length === 1

function replacementRefusal(staging: Staging, replacement: NodeName): Refusal['reason'] | undefined {
  for (const change of staging.staged.values())
    if ('with' in change && change.with === replacement) return 'already_replacement'
  return canReplace(staging, replacement) ? undefined : 'invalid_replacement'
}

const canReplace = (staging: Staging, node: NodeName): boolean =>
  statusOf(staging, node) === 'joining' && !staging.staged.has(node)

/** All are judged by the staging as it was before any of them is dropped. */
function dropUntenable(staging: Staging): void {
  const untenable = [...staging.staged.values()].filter(
    change =>
      statusOf(staging, change.node) === 'invalid' || ('with' in change && !canReplace(staging, change.with)),
  )
  for (const {node} of untenable) staging.staged.delete(node)
}

function planList({members, staged}: Staging): Change[] {
  const joins = [...members].filter(([node, status]) => status === 'joining' && !staged.has(node))
  return inNodeOrder([...staged.values(), ...joins.map(([node]) => ({action: 'join', node}) as const)])
}

const inNodeOrder = <Named extends {readonly node: NodeName}>(list: readonly Named[]): Named[] =>
  [...list].sort((a, b) => compareNodes(a.node, b.node))
