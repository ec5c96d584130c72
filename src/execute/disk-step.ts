/**
 * No disk may get fuller than the inventory allows while data moves. Worst case: all that a node receives in a
 * transition comes before it gives anything away. Measured anew just before anything is staged, whatever the plan
 * says; a disk that cannot be read stops the run, and so do partitions of which nobody knows the size.
 */
import {isOpsError, OpsError} from '../errors.ts'
import {worstUse} from '../forecast/forecast.ts'
import {type Sizes, sizesOf} from '../forecast/storage.ts'
import {accepts} from '../plan/risks.ts'
import {askStorage} from '../riak/host/storage.ts'
import {type NodeName, ownedCounts} from '../ring/ring.ts'
import type {NodeStorage} from '../ring/snapshot.ts'
import {counted, formatBytes, formatShare} from '../units.ts'
import {planCommitted} from './changes-seen.ts'
import {doorOf, type RunContext, readCluster} from './run-context.ts'
import type {Step} from './step.ts'

export function diskStep(context: RunContext): Step {
  const {plan, diskPeak} = context
  const moves = plan.transitions.map(({transfers}) => transfers)
  return {
    id: 'disk',
    title: `no disk gets fuller than ${Math.round(diskPeak * 100)} %`,
    observe: async () => {
      if (planCommitted(plan, await readCluster(context))) return {so: true, saw: 'committed already'}
      const targets = new Set(moves.flat().map(({to}) => to))
      const owning = [...ownedCounts(plan.base.owners)].map(([node]) => node)
      const storage = (
        await Promise.all(
          [...new Set([...owning, ...targets])].map(node => stored(context, node, owning.includes(node))),
        )
      ).flat()
      const sizes = sizesOf(plan.base, storage)
      if (sizes.mean === undefined && targets.size > 0 && !accepts(plan, 'disk-unknown'))
        throw new OpsError(
          'refused',
          'how large the partitions are is not known: no backend has a folder for one',
          {
            hint: 'look at riak.dataDir of the inventory, and at what lies there: ringup exec members -- ls',
          },
        )
      return {so: true, saw: judged(context, moves, sizes, storage)}
    },
    verify: async () => '',
  }
}

/** One disk, or none where the operator has accepted that it is not known. */
async function stored(context: RunContext, node: NodeName, owns: boolean): Promise<NodeStorage[]> {
  const {plan, signal} = context
  try {
    return [await askStorage(doorOf(context, node), {partitions: plan.ring.partitions, owns}, {signal})]
  } catch (error) {
    if (isOpsError(error) && error.kind === 'notUnderstood' && accepts(plan, 'disk-unknown')) return []
    throw error
  }
}

/** What is seen when all is well; throws an `OpsError` (exit 3) for the disk that would get fullest. */
function judged(
  {plan, diskPeak}: RunContext,
  moves: Parameters<typeof worstUse>[0],
  sizes: Sizes,
  storage: readonly NodeStorage[],
): string {
  const use = worstUse(moves, sizes)
  const disks = storage
    .map(({node, size, used}) => {
      const more = use.get(node)?.peak ?? 0
      return {node, size, used, more, peak: (used + more) / size}
    })
    .sort((a, b) => b.peak - a.peak)
  const [fullest] = disks.filter(({more}) => more > 0)
  if (!fullest) return 'no disk receives anything'
  const above = fullest.peak > diskPeak
  if (above && !accepts(plan, 'disk-peak'))
    throw new OpsError(
      'refused',
      `${fullest.node}: its disk would be ${formatShare(fullest.peak)} full at the worst, the limit is ${formatShare(diskPeak)}: ${formatBytes(fullest.used)} of ${formatBytes(fullest.size)} are used already`,
      {
        hint: 'add fewer nodes at once, or make room; the limit is limits.diskPeak of the inventory. What would stay below it: ringup plan --order',
      },
    )
  const partition = sizes.mean === undefined ? 'unknown size' : formatBytes(sizes.mean.disk)
  return `${formatShare(fullest.peak)} at the worst, on ${fullest.node}${above ? ' (accepted)' : ''}; ${partition} a partition, ${counted(storage.length, 'disk')} read`
}
