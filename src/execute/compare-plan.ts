/**
 * Ours against what Riak printed, as sets: actions, members with their shares, and every pair of nodes with its
 * number of transfers. Pure.
 */

import type {Plan, PlannedTransition} from '../plan/plan.ts'
import type {PrintedChange, PrintedPlan, PrintedTransition, Tally} from '../riak/answers/cluster-plan.ts'
import {describeChange} from '../ring/changes.ts'
import {type NodeName, ownedCounts} from '../ring/ring.ts'

type Printed = Extract<PrintedPlan, {outcome: 'plan'}>

/** Each difference as a sentence; none when the plans are the same. */
export function planDifferences(plan: Plan, printed: Printed): string[] {
  const differences = sets('staged', plan.changes.map(describeChange), printed.changes.map(describePrinted))
  if (plan.transitions.length !== printed.transitions.length) {
    differences.push(
      `${plan.transitions.length} transitions planned, Riak shows ${printed.transitions.length}`,
    )
    return differences
  }
  let owners = plan.base.owners
  for (const [at, transition] of plan.transitions.entries()) {
    const shown = printed.transitions[at]!
    const prefix = plan.transitions.length === 1 ? '' : `transition ${at + 1}: `
    differences.push(...transitionDifferences(owners, transition, shown).map(text => prefix + text))
    owners = transition.owners
  }
  return differences
}

function transitionDifferences(
  before: readonly NodeName[],
  transition: PlannedTransition,
  shown: PrintedTransition,
): string[] {
  if (shown.resizing) return ['Riak is to resize the ring']
  return [
    ...sets('transfers', tallied(transition.transfers), shown.transfers.map(tallyText)),
    ...sets('reassigned', tallied(transition.reassigned), shown.reassigned.map(tallyText)),
    ...memberDifferences(before, transition, shown),
  ]
}

function memberDifferences(
  before: readonly NodeName[],
  transition: PlannedTransition,
  shown: PrintedTransition,
): string[] {
  const installed = [...before]
  for (const {partition, to} of transition.reassigned) installed[partition] = to
  const [now, next] = [ownedCounts(installed), ownedCounts(transition.owners)]
  const share = (counts: ReadonlyMap<NodeName, number>, node: NodeName): number =>
    ((counts.get(node) ?? 0) * 100) / before.length
  const differences = sets(
    'members',
    transition.members.map(({node, status}) => `${node} ${status}`),
    shown.members.map(({node, status}) => `${node} ${status}`),
  )
  for (const {node, ring, pending} of shown.members) {
    if (!near(ring, share(now, node)))
      differences.push(`${node} has ${share(now, node).toFixed(1)}% of the ring, Riak shows ${ring}%`)
    if (pending !== undefined && !near(pending, share(next, node)))
      differences.push(`${node} is to have ${share(next, node).toFixed(1)}%, Riak shows ${pending}%`)
  }
  return differences
}

/** Riak prints one decimal. */
const near = (printed: number, exact: number): boolean => Math.abs(printed - exact) < 0.0501

function tallied(moves: readonly {readonly from: NodeName; readonly to: NodeName}[]): string[] {
  const counts = new Map<string, Tally>()
  for (const {from, to} of moves) {
    const key = `${from} ${to}`
    counts.set(key, {from, to, count: (counts.get(key)?.count ?? 0) + 1})
  }
  return [...counts.values()].map(tallyText)
}

const tallyText = ({from, to, count}: Tally): string => `${count} from ${from} to ${to}`

const describePrinted = (change: PrintedChange): string =>
  change.action === 'resize'
    ? `resize the ring from ${change.from} to ${change.to}`
    : change.action === 'abortResize'
      ? 'abort resizing the ring'
      : describeChange(change)

function sets(what: string, ours: readonly string[], theirs: readonly string[]): string[] {
  const [mine, riaks] = [new Set(ours), new Set(theirs)]
  return [
    ...ours.filter(item => !riaks.has(item)).map(item => `${what}: planned but not in Riak's plan: ${item}`),
    ...theirs.filter(item => !mine.has(item)).map(item => `${what}: in Riak's plan but not planned: ${item}`),
  ]
}
