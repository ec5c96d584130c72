/** What is said of each day of a campaign, wherever it is shown. */
import type {Campaign, CampaignDay} from '../../plan/campaign.ts'
import {counted, formatBytes, formatShare} from '../../units.ts'
import type {Column} from '../kit/table.ts'
import {ratesText} from '../plan/forecast-text.ts'

export const sized = (bytes: number | null): string => (bytes === null ? '?' : formatBytes(bytes))

export const dayColumns: readonly Column<CampaignDay>[] = [
  {title: 'day', cell: ({day}) => String(day), align: 'right'},
  {title: 'date', cell: ({date}) => date},
  {title: 'nodes', cell: ({nodes, batch}) => `${nodes} (+${batch.length})`, align: 'right'},
  {title: 'moves', cell: ({moves}) => String(moves), align: 'right'},
  {title: 'send', cell: ({bytes}) => sized(bytes), align: 'right'},
  {title: 'data', cell: ({data}) => sized(data), align: 'right'},
  {title: 'handoff', cell: ({time}) => (time ? hoursText(time.p50) : '?'), align: 'right'},
  {title: 'spare', cell: ({spare}) => spareText(spare), align: 'right'},
  {title: 'fullest', cell: ({fullest}) => (fullest ? formatShare(fullest.worst) : '?'), align: 'right'},
]

const spareText = (spare: number | null): string =>
  spare === null ? '?' : spare < 0 ? `-${hoursText(-spare)}` : hoursText(spare)

/** In one unit, so that a column of them can be compared: `13.7 h`, `42 min`, `9 s`. */
const hoursText = (ms: number): string =>
  ms >= 3600e3
    ? `${(ms / 3600e3).toFixed(1)} h`
    : ms >= 60e3
      ? `${Math.round(ms / 60e3)} min`
      : `${Math.round(ms / 1000)} s`

const ingestText = ({ingestPerDay}: Campaign): string =>
  ingestPerDay === null ? 'no new data counted with' : `${formatBytes(ingestPerDay)} of new data a day`

/** What it is reckoned with. */
export const termsText = (campaign: Campaign): string => {
  const {rates, imagined, partitions} = campaign
  const hosts =
    imagined > 0
      ? `; ${counted(imagined, 'host')} not in the inventory yet, thought of as empty and like the others`
      : ''
  return `${partitions} partitions; ${ingestText(campaign)}; ${ratesText(rates)}${hosts}`
}
