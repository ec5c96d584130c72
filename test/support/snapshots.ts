/** Snapshots as values, for tests of what is made of them. */
import type {PendingChange, Ring} from '../../src/ring/ring.ts'
import type {NodeFacts, NodeStorage, Snapshot} from '../../src/ring/snapshot.ts'

export const nodeFacts = (node: string, change: Partial<NodeFacts> = {}): NodeFacts => ({
  node,
  ringHash: '1',
  ringReady: true,
  version: '3.2.3',
  otp: '25',
  transferLimit: 2,
  inbound: true,
  outbound: true,
  transfers: [],
  ...change,
})

/** A settled ring: `owners` as letters, one a partition; node `a` is `riak@a`. */
export function ringOf(owners: string, change: Partial<Ring> = {}): Ring {
  const nodes = [...new Set(owners)].sort()
  return {
    partitions: owners.length,
    owners: [...owners].map(letter => `riak@${letter}`),
    members: nodes.map(letter => ({node: `riak@${letter}`, status: 'valid'})),
    claimant: `riak@${nodes[0]}`,
    pending: [],
    locations: {},
    locationChanged: false,
    ...change,
  }
}

/** Disks of a terabyte, a tenth full: 1 GB a partition. Letters that own nothing have one as well. */
export const storageOf = (ring: Ring, change: Partial<NodeStorage> = {}): NodeStorage[] =>
  [...new Set([...ring.members.map(({node}) => node), ...[...'abcdefghij'].map(letter => `riak@${letter}`)])]
    .sort()
    .map(node => ({
      node,
      size: 1e12,
      used: 1e11,
      partitions: ring.owners.flatMap((owner, partition) =>
        owner === node ? [{partition, bytes: 1e9}] : [],
      ),
      ...change,
    }))

export function snapshotOf(ring: Ring, change: Partial<Snapshot> = {}): Snapshot {
  return {
    storage: storageOf(ring),
    schema: 'ringup/snapshot/1',
    takenAt: 1_700_000_000_000,
    askedNode: ring.claimant,
    clusterName: `${ring.members[0]!.node}/1700000000.000000`,
    ring,
    claim: {claim: 'v2', targetN: 4, targetLocationN: 3, fullRebalanceOnLeave: false},
    claimFunction: 'default_choose_claim',
    staged: ring.members.filter(({status}) => status === 'joining').map(({node}) => ({action: 'join', node})),
    seed: ['1', '2'],
    nodes: ring.members.map(({node}) => nodeFacts(node)),
    ...change,
  }
}

export const pending = (
  partition: number,
  from: string,
  to: string,
  status: PendingChange['status'] = 'awaiting',
): PendingChange => ({
  partition,
  from: `riak@${from}`,
  to: `riak@${to}`,
  done: status === 'complete' ? ['riak_kv_vnode', 'riak_pipe_vnode'] : [],
  status,
})
