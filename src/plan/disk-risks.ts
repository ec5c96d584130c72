/** Disks that a plan would fill, and those of which nothing is known. */
import type {DiskForecast, Forecast, NodeForecast} from '../forecast/forecast.ts'
import type {PlannedChanges} from '../ring/changes.ts'
import {formatBytes, formatDuration, formatShare} from '../units.ts'
import type {Risk} from './risk.ts'

type WithDisk = NodeForecast & {readonly disk: DiskForecast}

/** @param limit share of a disk, 0 to 1 */
export function diskRisks(forecast: Forecast, {transitions}: PlannedChanges, limit: number): Risk[] {
  const risks: Risk[] = []
  const moves = transitions.flatMap(({transfers}) => transfers)
  if (moves.length === 0) return risks
  const known = forecast.nodes.filter((node): node is WithDisk => node.disk !== null)
  const above = known.filter(({disk}) => disk.worst > limit * disk.size)
  // a disk that is too full already and gets nothing more is no reason to keep it so
  const filling = above.filter(({disk, in: bytes}) => disk.worst > disk.before && bytes !== 0)
  const full = above.filter(node => !filling.includes(node))
  const fullest = (nodes: readonly WithDisk[]): WithDisk =>
    nodes.reduce((most, node) => (share(node) > share(most) ? node : most))
  if (filling.length > 0) {
    const {node, disk, in: bytes} = fullest(filling)
    const others = filling.length > 1 ? `, and ${filling.length - 1} more above the limit` : ''
    risks.push({
      id: 'disk-peak',
      level: 'block',
      value: `${node} has ${formatBytes(disk.before)} of ${formatBytes(disk.size)} used and receives ${formatBytes(bytes ?? 0)}: ${formatShare(disk.worst / disk.size)} full (${formatBytes(disk.worst)}) at the worst, ${formatShare(disk.simulated / disk.size)} as simulated, ${formatDuration(disk.peakAt)} after the commit${others}`,
      limit: `${formatShare(limit)} of a disk (limits.diskPeak)`,
      fix: 'see which batch stays below it: the same plan with --order',
      acceptable: true,
    })
  }
  if (full.length > 0) {
    const {node, disk} = fullest(full)
    risks.push({
      id: 'disk-above-limit',
      level: 'warn',
      value: `${node} is ${formatShare(disk.before / disk.size)} full already${full.length > 1 ? `, and ${full.length - 1} more are above the limit` : ''}; none of them receives anything`,
      limit: `${formatShare(limit)} of a disk (limits.diskPeak)`,
      fix: 'go on soon: what moves away frees it',
      acceptable: true,
    })
  }
  return [...risks, ...unknownRisks(forecast, new Set(moves.map(({to}) => to)))]
}

const share = ({disk}: WithDisk): number => disk.worst / disk.size

function unknownRisks({basis, nodes}: Forecast, targets: ReadonlySet<string>): Risk[] {
  const unread = nodes.filter(({node, disk}) => disk === null && targets.has(node)).map(({node}) => node)
  if (basis === 'unknown' || unread.length > 0)
    return [
      {
        id: 'disk-unknown',
        level: 'block',
        value:
          basis === 'unknown'
            ? 'how large the partitions are is not known'
            : `the disk of ${unread.slice(0, 3).join(', ')}${unread.length > 3 ? ` and ${unread.length - 3} more` : ''}, which receives data, is not known`,
        limit: 'every disk that receives something, and the size of what it receives',
        fix: 'let df and du be run in riak.dataDir of each member and new host (sudo), then plan again; a snapshot file has it when it was written by: ringup snapshot',
        acceptable: true,
      },
    ]
  if (basis === 'measured') return []
  return [
    {
      id: 'size-mean',
      level: 'warn',
      value: 'some partitions could not be measured and count with the mean of the others',
      limit: 'every partition measured by du',
      fix: 'name all members in the inventory, and see that du can be run there',
      acceptable: true,
    },
  ]
}
