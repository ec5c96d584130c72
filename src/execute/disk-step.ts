/**
 * No disk may get fuller than the inventory allows while data moves. Worst case: a node receives all that is planned
 * for it before it gives anything away. A partition counts with the mean of the members' data, and a disk that cannot
 * be read stops the run.
 */
import {OpsError} from '../errors.ts'
import {askDisk, type DiskUse} from '../riak/query.ts'
import {type NodeName, ownedCounts} from '../ring/ring.ts'
import {counted, formatBytes} from '../units.ts'
import {planCommitted} from './changes-seen.ts'
import {doorOf, type RunContext, readCluster} from './run-context.ts'
import type {Step} from './step.ts'

export function diskStep(context: RunContext): Step {
  const {plan, diskPeak} = context
  return {
    id: 'disk',
    title: `no disk gets fuller than ${Math.round(diskPeak * 100)} %`,
    observe: async () => {
      if (planCommitted(plan, await readCluster(context))) return {so: true, saw: 'committed already'}
      const inbound = inboundOf(plan.transitions)
      const owned = ownedCounts(plan.base.owners, plan.base.members)
      const members = [...owned].filter(([, count]) => count > 0).map(([node]) => node)
      const nodes = [...new Set([...members, ...inbound.keys()])]
      const disks = new Map(
        await Promise.all(nodes.map(async node => [node, await askDisk(doorOf(context, node))] as const)),
      )
      const data = members.reduce((sum, node) => sum + disks.get(node)!.data, 0)
      const partition = data / Math.max(1, plan.base.owners.length)
      const peaks = [...inbound].map(([node, count]) => ({
        node,
        peak: peakOf(disks.get(node)!, count * partition),
      }))
      const [fullest] = peaks.sort((a, b) => b.peak - a.peak)
      if (!fullest) return {so: true, saw: 'nothing moves'}
      if (fullest.peak > diskPeak)
        throw tooFull(fullest.node, fullest.peak, diskPeak, disks.get(fullest.node)!)
      const share = `${Math.round(fullest.peak * 100)} % at the worst, on ${fullest.node}`
      return {
        so: true,
        saw: `${share}; ${formatBytes(partition)} a partition, ${counted(nodes.length, 'disk')} read`,
      }
    },
    verify: async () => '',
  }
}

/** Partitions that each node receives, over all transitions. */
function inboundOf(transitions: RunContext['plan']['transitions']): Map<NodeName, number> {
  const inbound = new Map<NodeName, number>()
  for (const {transfers} of transitions)
    for (const {to} of transfers) inbound.set(to, (inbound.get(to) ?? 0) + 1)
  return inbound
}

/** Share of the disk, 0 to 1, when `bytes` more are on it. */
const peakOf = ({size, used}: DiskUse, bytes: number): number => (used + bytes) / size

const tooFull = (node: NodeName, peak: number, limit: number, {size, used}: DiskUse): OpsError =>
  new OpsError(
    'refused',
    `${node}: its disk would be ${Math.round(peak * 100)} % full at the worst, the limit is ${Math.round(limit * 100)} %: ${formatBytes(used)} of ${formatBytes(size)} are used already`,
    {hint: 'add fewer nodes at once, or make room; the limit is limits.diskPeak of the inventory'},
  )
