/** A plan's forecast in words: bytes, hours, what holds it up. */
import type {Forecast, Range} from '../../forecast/forecast.ts'
import type {Rates} from '../../forecast/rates.ts'
import {type Plan, transferCount} from '../../plan/plan.ts'
import {counted, formatBytes, formatDuration, formatRate, formatShare} from '../../units.ts'
import {type Look, labelled} from '../kit/look.ts'

export function forecastLines(plan: Plan, look: Look): string[] {
  if (transferCount(plan) === 0) return []
  return [
    labelled('bytes', bytesText(plan.forecast), look),
    labelled('time', timeText(plan.forecast), look),
    labelled('disk', diskText(plan.forecast), look),
  ]
}

const basisText = {
  measured: 'measured by du',
  mean: 'in part the mean of those measured by du',
  unknown: 'not known',
} as const

export const bytesText = ({bytes, partitionBytes, basis, nodes}: Forecast): string => {
  if (bytes === null) return 'not known: no partition could be measured'
  const hinted = nodes.reduce((sum, node) => sum + node.hinted, 0)
  return `${formatBytes(bytes)} to send, ${formatBytes(partitionBytes ?? 0)} a partition; ${basisText[basis]}${hinted > 0 ? `; beside them ${formatBytes(hinted)} held for other owners` : ''}`
}

/** `about 2 h (1 h 40 min to 3 h)` */
export const rangeText = ({p10, p50, p90}: Range): string =>
  `about ${formatDuration(p50)} (${formatDuration(p10)} to ${formatDuration(p90)})`

export const ratesText = ({basis, typical, low, high, transfers, sources}: Rates): string =>
  basis === 'measured' || basis === 'logged'
    ? `${formatRate(typical)} a transfer, ${basis === 'measured' ? 'measured in' : 'told of'} ${counted(transfers ?? 0, 'transfer')} ${basis === 'measured' ? 'of' : 'by the logs of'} ${counted(sources ?? 0, basis === 'measured' ? 'run' : 'node')}`
    : basis === 'stated'
      ? `${formatRate(typical)} a transfer, as stated`
      : `${formatRate(typical)} a transfer, assumed (${formatRate(low)} to ${formatRate(high)}); say what is known: --rate`

export function timeText(forecast: Forecast): string {
  const {time, rates, binding, higher, stuck} = forecast
  if (stuck > 0) return `it would not end: ${counted(stuck, 'transfer')} could never begin`
  if (time === null) return `unknown; ${ratesText(rates)}`
  const bound =
    binding === 'rate'
      ? '; bound by the rate of single transfers'
      : binding === null || higher === null
        ? ''
        : `; bound by the ${higher.limit} limit ${higher.from}: ${higher.to} would save ${formatDuration(higher.saves)}`
  return `${rangeText(time)} from the commit; ${ratesText(rates)}${bound}`
}

export function diskText({nodes}: Forecast): string {
  const known = nodes.flatMap(({node, disk}) => (disk === null ? [] : [{node, disk}]))
  if (known.length === 0) return 'not known'
  const fullest = (of: (disk: (typeof known)[number]['disk']) => number) =>
    known.reduce((most, next) => (of(next.disk) > of(most.disk) ? next : most))
  const worst = fullest(({worst, size}) => worst / size)
  const after = fullest(({after, size}) => after / size)
  const unknown = nodes.length - known.length
  return `fullest at the worst ${worst.node} with ${formatShare(worst.disk.worst / worst.disk.size)} (simulated ${formatShare(worst.disk.simulated / worst.disk.size)}); in the end ${after.node} with ${formatShare(after.disk.after / after.disk.size)}${unknown > 0 ? `; ${counted(unknown, 'disk')} not known` : ''}`
}
