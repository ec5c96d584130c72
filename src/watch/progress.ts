/**
 * How far a plan has come. Riak forgets the total, and its pending list need not shrink as transfers finish: a
 * partition has moved when its new owner owns it, or when its entry says `complete`. Pure.
 */
import type {Move, NodeName} from '../ring/ring.ts'
import {activeTransfers, type Snapshot} from '../ring/snapshot.ts'

/** What was to move, transition by transition. */
export type Baseline = {readonly transitions: readonly {readonly transfers: readonly Move[]}[]}

export type MoveProgress = {
  /** partitions moved, over all transitions */
  readonly moved: number
  readonly total: number
  /** the transition under way, from 1; the last one when all is done */
  readonly transition: number
  readonly transitions: number
  readonly active: number
  /** sum over the transfers under way, as Riak reports it */
  readonly bytesPerSecond: number
}

export function progressOf(baseline: Baseline, snapshot: Snapshot): MoveProgress {
  const transitions = baseline.transitions.filter(({transfers}) => transfers.length > 0)
  const current = currentTransition(transitions, snapshot)
  const before = transitions.slice(0, current).reduce((sum, {transfers}) => sum + transfers.length, 0)
  const active = activeTransfers(snapshot)
  return {
    moved: before + movedIn(transitions[current]?.transfers ?? [], snapshot),
    total: transitions.reduce((sum, {transfers}) => sum + transfers.length, 0),
    transition: Math.min(current + 1, transitions.length),
    transitions: transitions.length,
    active: active.length,
    bytesPerSecond: active.reduce((sum, {stats}) => sum + (stats?.bytesPerSecond ?? 0), 0),
  }
}

/** The latest transition that has begun: one whose moves are pending, or whose every partition is where it belongs. */
function currentTransition(transitions: Baseline['transitions'], snapshot: Snapshot): number {
  const pending = new Set(snapshot.ring.pending.map(({partition, to}) => `${partition} ${to}`))
  for (let at = transitions.length - 1; at > 0; at -= 1) {
    const {transfers} = transitions[at]!
    if (transfers.some(({partition, to}) => pending.has(`${partition} ${to}`))) return at
    if (pending.size === 0 && movedIn(transfers, snapshot) === transfers.length) return at
  }
  return 0
}

function movedIn(transfers: readonly Move[], snapshot: Snapshot): number {
  const {owners, pending} = snapshot.ring
  const complete = new Set(
    pending.filter(({status}) => status === 'complete').map(({partition}) => partition),
  )
  return transfers.filter(({partition, to}) => owners[partition] === to || complete.has(partition)).length
}

/** Partitions a node owns now and once all pending moves are done. */
export type NodeShare = {readonly node: NodeName; readonly now: number; readonly next: number}

export function nodeShares(snapshot: Snapshot): NodeShare[] {
  const {owners, pending, members} = snapshot.ring
  const shares = new Map(members.map(({node}) => [node, {now: 0, next: 0}]))
  const share = (node: NodeName) => {
    const known = shares.get(node) ?? {now: 0, next: 0}
    shares.set(node, known)
    return known
  }
  const next = [...owners]
  for (const {partition, to} of pending) next[partition] = to
  for (const owner of owners) share(owner).now += 1
  for (const owner of next) share(owner).next += 1
  return [...shares].map(([node, {now, next}]) => ({node, now, next}))
}
