/** How large each partition is, as the disks say, and what is known of each disk. Pure. */
import type {NodeName, Ring} from '../ring/ring.ts'
import type {NodeStorage} from '../ring/snapshot.ts'

/** `measured`: every one by du; `mean`: some with the mean of those that were; `unknown`: none could be measured */
export type Basis = 'measured' | 'mean' | 'unknown'

export type PartitionSize = {
  /** bytes that a handoff sends */
  readonly bytes: number
  /** bytes on the disk: with the hash trees, which the new owner builds for itself */
  readonly disk: number
}

export type Sizes = {
  readonly basis: Basis
  /** of the partitions measured; undefined: none was */
  readonly mean: PartitionSize | undefined
  /** of each partition's copy on its owner; undefined where not even a mean is known */
  readonly of: (partition: number) => PartitionSize | undefined
  readonly disks: ReadonlyMap<NodeName, NodeStorage>
  /** bytes of partitions that a node holds for others, until they are handed back; by node */
  readonly hinted: ReadonlyMap<NodeName, number>
}

/** A partition's folder that was handed off keeps so much at the most: a version, a lock. */
const emptied = 64 * 1024

export function sizesOf(
  {owners}: Pick<Ring, 'owners'>,
  storage: readonly NodeStorage[] = [],
  asked: readonly number[] = owners.map((_, partition) => partition),
): Sizes {
  const disks = new Map(storage.map(disk => [disk.node, disk]))
  const measured = new Map<number, PartitionSize>()
  const hinted = new Map<NodeName, number>()
  for (const {node, partitions} of storage) {
    for (const {partition, bytes, trees = 0} of partitions)
      if (owners[partition] === node) measured.set(partition, {bytes, disk: bytes + trees})
      else if (bytes > emptied) hinted.set(node, (hinted.get(node) ?? 0) + bytes)
  }
  const sum = [...measured.values()].reduce(
    (all, {bytes, disk}) => ({bytes: all.bytes + bytes, disk: all.disk + disk}),
    {bytes: 0, disk: 0},
  )
  const count = measured.size
  const mean =
    count === 0 ? undefined : {bytes: Math.round(sum.bytes / count), disk: Math.round(sum.disk / count)}
  return {
    basis: mean === undefined ? 'unknown' : asked.every(at => measured.has(at)) ? 'measured' : 'mean',
    mean,
    of: partition => measured.get(partition) ?? mean,
    disks,
    hinted,
  }
}
