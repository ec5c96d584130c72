/** The snapshot that a cluster will give once a plan has been carried out: what the next batch is planned on. Pure. */
import {sizesOf} from '../forecast/storage.ts'
import type {PlannedChanges} from '../ring/changes.ts'
import {compareNodes, type NodeName} from '../ring/ring.ts'
import {type NodeFacts, type NodeStorage, presentMembers, type Snapshot} from '../ring/snapshot.ts'

export function snapshotAfter(snapshot: Snapshot, {final, transitions}: PlannedChanges): Snapshot {
  const members = presentMembers(final)
  const facts = new Map(snapshot.nodes.map(node => [node.node, node]))
  const pattern = snapshot.nodes.find(({node}) => node === snapshot.ring.claimant) ?? snapshot.nodes[0]
  const nodes = members.flatMap(({node}): NodeFacts[] => {
    const known = facts.get(node) ?? (pattern ? {...pattern, node} : undefined)
    return known ? [{...known, transfers: []}] : []
  })
  const {storage} = snapshot
  return {
    ...snapshot,
    ring: {...final, pending: []},
    staged: [],
    nodes,
    ...(storage ? {storage: movedStorage(snapshot, storage, transitions)} : {}),
  }
}

/** Each partition's bytes lie on its new owner; what could not be measured stays where it is. */
function movedStorage(
  {ring}: Snapshot,
  storage: readonly NodeStorage[],
  transitions: PlannedChanges['transitions'],
): NodeStorage[] {
  const sizes = sizesOf(ring, storage)
  const disks = new Map(
    storage.map(disk => [
      disk.node,
      {...disk, partitions: new Map(disk.partitions.map(held => [held.partition, held]))},
    ]),
  )
  const add = (node: NodeName, partition: number, sign: 1 | -1): void => {
    const disk = disks.get(node)
    const size = sizes.of(partition)
    if (!disk || !size) return
    const {bytes, disk: onDisk} = size
    disk.used += sign * onDisk
    if (sign === -1) disk.partitions.delete(partition)
    else
      disk.partitions.set(partition, {partition, bytes, ...(onDisk > bytes ? {trees: onDisk - bytes} : {})})
  }
  for (const {transfers} of transitions)
    for (const {partition, from, to} of transfers) {
      add(from, partition, -1)
      add(to, partition, 1)
    }
  return [...disks.values()]
    .map(disk => ({
      ...disk,
      partitions: [...disk.partitions.values()].sort((a, b) => a.partition - b.partition),
    }))
    .sort((a, b) => compareNodes(a.node, b.node))
}
