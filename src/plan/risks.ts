/** What speaks against a plan. A `block` refuses it. */
import type {Change, PlannedChanges} from '../ring/changes.ts'
import {disagreeingMembers, presentMembers, type Snapshot, unreachableMembers} from '../ring/snapshot.ts'
import {counted} from '../units.ts'

export type Risk = {
  /** stable, for scripts */
  readonly id: string
  readonly level: 'block' | 'warn'
  /** what was found */
  readonly value: string
  /** what is wanted */
  readonly limit: string
  /** how to mend it */
  readonly fix: string
  /** whether `--accept` may pass it: the state of a cluster that is not at rest may not be passed by any flag */
  readonly acceptable: boolean
}

/**
 * Why nothing may be staged on this cluster now: something is staged already, a member is joining, leaving, exiting
 * or down, the ring is not agreed on, or ownership still moves.
 */
export function blockersOf(snapshot: Snapshot, planned: PlannedChanges, asked: readonly Change[]): Risk[] {
  const risks: Risk[] = []
  const block = (id: string, value: string, limit: string, fix: string): void => {
    risks.push({id, level: 'block', value, limit, fix, acceptable: false})
  }
  const {ring} = snapshot
  const unreachable = unreachableMembers(snapshot)
  if (unreachable.length > 0)
    block(
      'member-unreachable',
      list(unreachable),
      'every member up and reachable',
      'bring them up: riak commits with a member down, ringup never does',
    )
  const unsettled = presentMembers(ring).filter(({status}) => status !== 'valid' && status !== 'joining')
  if (unsettled.length > 0)
    block(
      'member-not-valid',
      unsettled.map(({node, status}) => `${node} is ${status}`).join(', '),
      'every member valid',
      'wait: ringup watch --until settled',
    )
  if (snapshot.staged === 'unknown')
    block(
      'staged-unknown',
      'what is staged on the claimant cannot be read',
      'nothing staged',
      `ask the claimant ${ring.claimant} again`,
    )
  else if (snapshot.staged.length > 0)
    block(
      'staged',
      snapshot.staged.map(describeChange).join(', '),
      'nothing staged',
      'find out whose it is: a staged change is committed together with ours',
    )
  if (ring.pending.length > 0)
    block(
      'pending',
      `${counted(ring.pending.length, 'ownership transfer')} pending`,
      'none pending',
      'wait: ringup watch --until settled',
    )
  const disagree = disagreeingMembers(snapshot)
  const notReady = snapshot.nodes.filter(({ringReady}) => !ringReady).map(({node}) => node)
  if (disagree.length > 0 || notReady.length > 0)
    block(
      'ring-not-ready',
      list([...new Set([...disagree, ...notReady])]),
      'one ring on all members',
      'wait some seconds and look again: ringup status',
    )
  for (const refusal of planned.refused)
    block(
      'refused',
      `${describeChange(asked[refusal.position]!)}: ${refusal.reason.replaceAll('_', ' ')}`,
      'changes that riak accepts',
      'leave it out',
    )
  if (planned.crash !== undefined)
    block(
      'plan-crash',
      planned.crash,
      'a plan that riak_core can make',
      'riak_core itself would crash on this plan: change the batch',
    )
  return risks
}

const list = (names: readonly string[]): string =>
  names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ')

/** `join riak@10.0.0.1` */
export function describeChange(change: Change): string {
  switch (change.action) {
    case 'replace':
    case 'forceReplace':
      return `${change.action === 'replace' ? 'replace' : 'force-replace'} ${change.node} with ${change.with}`
    case 'setLocation':
      return `set location of ${change.node} to ${change.location}`
    case 'remove':
      return `force-remove ${change.node}`
    default:
      return `${change.action} ${change.node}`
  }
}
