/** How a ring looked when a plan had come so far: made of the plan alone, for showing a journal again. Pure. */
import type {Plan} from '../plan/plan.ts'
import type {PendingChange} from '../ring/ring.ts'
import type {ActiveTransfer, NodeFacts, Snapshot} from '../ring/snapshot.ts'

type Going = {readonly active: number; readonly bytesPerSecond: number}

/** @param moved partitions, over all transitions, in the order of the list; which ones it really were is not known */
export function snapshotOfPlan(
  plan: Plan,
  moved: number,
  at: number,
  {active, bytesPerSecond}: Going = {active: 0, bytesPerSecond: 0},
): Snapshot {
  const {base, transitions, ring} = plan
  let left = moved
  let owners = base.owners
  let members = base.members
  let pending: PendingChange[] = []
  for (const transition of transitions) {
    members = transition.members
    if (left >= transition.transfers.length) {
      left -= transition.transfers.length
      owners = transition.owners
      continue
    }
    pending = transition.transfers.map(({partition, from, to}, index) => ({
      partition,
      from,
      to,
      done: [],
      status: index < left ? 'complete' : 'awaiting',
    }))
    break
  }
  const going = pending.filter(({status}) => status === 'awaiting').slice(0, active)
  const transfers = going.map(
    ({partition, from, to}): ActiveTransfer => ({
      kind: 'ownership',
      module: 'riak_kv_vnode',
      partition,
      from,
      to,
      startedAt: at,
      stats: {objects: 0, objectsPerSecond: 0, bytesPerSecond: bytesPerSecond / Math.max(1, active)},
    }),
  )
  const nodes = members.map(
    ({node}): NodeFacts => ({
      node,
      ringHash: '',
      ringReady: true,
      version: 'unknown',
      otp: 'unknown',
      transferLimit: 'unknown',
      inbound: true,
      outbound: true,
      transfers: transfers.filter(({from}) => from === node),
    }),
  )
  return {
    schema: 'ringup/snapshot/1',
    takenAt: at,
    askedNode: base.claimant,
    clusterName: base.clusterName ?? 'unknown',
    ring: {
      partitions: ring.partitions,
      owners,
      members,
      claimant: base.claimant,
      pending,
      locations: base.locations,
      locationChanged: false,
    },
    claim: plan.claim,
    claimFunction: plan.claimFunction,
    staged: [],
    seed: 'unknown',
    nodes,
  }
}
