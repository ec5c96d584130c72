/** A plan in five lines: what moves, how even, how much, how long, how full. */
import {type Plan, transferCount} from '../../plan/plan.ts'
import {counted} from '../../units.ts'
import type {Column} from '../kit/table.ts'
import {bytesText, diskText, timeText} from './forecast-text.ts'

export type SummaryLine = readonly [what: string, text: string]

export const planSummary = (plan: Plan): SummaryLine[] => {
  const {analysis, forecast, fidelity, transitions, ring} = plan
  const {moves, balance} = analysis
  return [
    [
      'moves',
      `${counted(transferCount(plan), 'partition')} of ${ring.partitions} in ${counted(transitions.length, 'transition')}; the fewest possible ${moves.minimum}; ${fidelity}`,
    ],
    [
      'balance',
      `largest share ${balance.before.largestToMean} x mean before, ${balance.after.largestToMean} after`,
    ],
    ['bytes', bytesText(forecast)],
    ['time', timeText(forecast)],
    ['disk', diskText(forecast)],
  ]
}

/** How the cluster was told, where that is not by its own name; none: by its name. */
export const identityNotes = ({base}: Plan): string[] =>
  (base.clusterName ?? 'unknown') === 'unknown'
    ? ["cluster identified by its members: Riak's own name for the ring is not known on this road"]
    : []

export const summaryColumns: readonly Column<SummaryLine>[] = [
  {title: '', cell: ([what]) => what},
  {title: '', cell: ([, text]) => text},
]
