/** What is said of each node and each risk of a plan, wherever it is shown. */
import type {NodeForecast} from '../../forecast/forecast.ts'
import {finalOwners, type Plan} from '../../plan/plan.ts'
import type {Risk} from '../../plan/risk.ts'
import {ownedCounts} from '../../ring/ring.ts'
import {formatBytes, formatShare} from '../../units.ts'
import type {Column} from '../kit/table.ts'

export function nodeColumns(plan: Plan): Column<NodeForecast>[] {
  const [before, after] = [ownedCounts(plan.base.owners), ownedCounts(finalOwners(plan))]
  const sent = (bytes: number | null): string =>
    bytes === null ? '?' : bytes === 0 ? '' : formatBytes(bytes)
  const full = ({disk}: NodeForecast, which: 'before' | 'worst' | 'after'): string =>
    disk === null ? '?' : formatShare(disk[which] / disk.size)
  return [
    {title: 'node', cell: ({node}) => node},
    {title: 'owns', cell: ({node}) => String(before.get(node) ?? 0), align: 'right'},
    {title: 'then', cell: ({node}) => String(after.get(node) ?? 0), align: 'right'},
    {title: 'in', cell: node => sent(node.in), align: 'right'},
    {title: 'out', cell: node => sent(node.out), align: 'right'},
    {title: 'disk', cell: node => full(node, 'before'), align: 'right'},
    {title: 'worst', cell: node => full(node, 'worst'), align: 'right'},
    {title: 'then', cell: node => full(node, 'after'), align: 'right'},
  ]
}

export const riskColumns = ({accepted}: Plan): Column<Risk>[] => [
  {title: 'risk', cell: risk => `${riskLevel(risk, accepted)} ${risk.id}`},
  {title: 'found', cell: ({value}) => value},
  {title: 'limit', cell: ({limit}) => limit},
  {title: 'what to do', cell: ({fix}) => fix},
]

/** What the plan accepts, said wherever it is shown; undefined: nothing. */
export const acceptedText = ({accepted}: Plan): string | undefined =>
  accepted.length === 0 ? undefined : `Accepted: ${accepted.join(', ')}`

export const riskLevel = (
  {level, id, acceptable}: Risk,
  accepted: readonly string[],
): 'warning' | 'accepted' | 'BLOCKED' =>
  level === 'warn' ? 'warning' : acceptable && accepted.includes(id) ? 'accepted' : 'BLOCKED'

type Transfer = Plan['transitions'][number]['transfers'][number]

export const transferColumns: readonly Column<Transfer>[] = [
  {title: 'partition', cell: ({partition}) => String(partition), align: 'right'},
  {title: 'from', cell: ({from}) => from},
  {title: 'to', cell: ({to}) => to},
  {title: 'bytes', cell: ({bytes}) => (bytes === null ? '?' : formatBytes(bytes)), align: 'right'},
]
