/** What lies on a node's data volume: other files, the partitions' data, and what is just arriving. */
import {bytesSent} from './progress.ts'
import type {LabNode} from './world.ts'

/** `now`: ms of the cluster's time */
export function usedBytes(node: LabNode, now: number): number {
  let used = node.disk.other
  for (const {bytes} of node.data.values()) used += bytes
  for (const transfer of node.handoffs) if (transfer.to === node.name) used += bytesSent(transfer, now)
  return used
}

export const freeBytes = (node: LabNode, now: number): number =>
  Math.max(0, node.disk.size - usedBytes(node, now))

/** Free once everything that is arriving has arrived; below 0 when not all of it will fit. */
export function unreservedBytes(node: LabNode, now: number): number {
  let free = node.disk.size - usedBytes(node, now)
  for (const transfer of node.handoffs)
    if (transfer.to === node.name) free -= transfer.data.bytes - bytesSent(transfer, now)
  return free
}
