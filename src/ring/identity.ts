/**
 * Which cluster something belongs to: a run, a plan, what limits were. It is Riak's own name for the ring, not what an
 * inventory calls it: two inventories may call two clusters the same, and one cluster differently. Pure.
 */
import type {NodeName} from './ring.ts'
import {type Known, presentMembers, type Snapshot} from './snapshot.ts'

export type ClusterIdentity = {
  /** `unknown` where only text commands were to be had, and in what was kept before names were asked for */
  readonly name: Known<string>
  readonly members: readonly NodeName[]
}

export const identityOf = ({clusterName, ring}: Pick<Snapshot, 'clusterName' | 'ring'>): ClusterIdentity => ({
  name: clusterName,
  members: presentMembers(ring).map(({node}) => node),
})

/**
 * Not by two names that are known and differ; else by a node in common, which can be a member of one cluster only. A
 * name alone does not do: a ring made of another one's disks keeps it.
 */
export function sameCluster(a: ClusterIdentity, b: ClusterIdentity): boolean {
  if (a.name !== 'unknown' && b.name !== 'unknown' && a.name !== b.name) return false
  const members = new Set(a.members)
  return b.members.some(node => members.has(node))
}

/** For people. */
export const identityText = ({name, members}: ClusterIdentity): string =>
  name === 'unknown' ? `the ring of ${members.join(', ')}` : `the ring ${name}`
