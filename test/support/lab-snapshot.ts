/** A practice ring's snapshot, taken from the model itself. */
import {usedBytes} from '../../src/lab/model/disk.ts'
import type {World} from '../../src/lab/model/world.ts'
import type {NodeStorage, Snapshot} from '../../src/ring/snapshot.ts'
import {at, ringOn} from './practice-cluster.ts'
import {nodeFacts, snapshotOf} from './snapshots.ts'

/** @param asked number of the node that is asked */
export function labSnapshot(world: World, asked = 1): Snapshot {
  const ring = ringOn(world, asked)
  const storage = [...world.nodes.values()].map(
    (node): NodeStorage => ({
      node: node.name,
      size: node.disk.size,
      used: usedBytes(node, world.now),
      partitions: [...node.data].map(([partition, {bytes}]) => ({partition, bytes})),
    }),
  )
  const {claim, claimFunction} = world.settings
  const {name} = at(world, asked).cluster
  return snapshotOf(ring, {
    clusterName: `${name.node}/${(name.at / 1000).toFixed(6)}`,
    claim,
    claimFunction,
    storage,
    nodes: ring.members.map(({node}) =>
      nodeFacts(node, {transferLimit: world.nodes.get(node)!.transferLimit}),
    ),
  })
}
