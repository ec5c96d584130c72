/** A campaign under way, for a terminal. */
import type {GrowthBatch, GrowthStatus} from '../../actions/grow/status.ts'
import {hostList} from '../../inventory/host-list.ts'
import {counted, formatDuration, formatMoment} from '../../units.ts'
import {type Look, labelled, tinted} from '../kit/look.ts'
import {table} from '../kit/table.ts'
import {sized} from './campaign-columns.ts'

export function growthText(status: GrowthStatus, look: Look): string {
  const {cluster, nodes, until, perDay, today, unrest, unfinished, next, missing, batches, drift} = status
  const lines = [
    `${tinted(look, 'bold', cluster)}: ${nodes} of ${counted(until, 'node')}, ${perDay} a day, ${today} today`,
    labelled('cluster', unrest.length === 0 ? 'at rest' : unrest.join('; '), look),
    ...(unfinished === null
      ? []
      : [labelled('first', `run ${unfinished}, which was not finished: ringup grow next`, look)]),
    labelled('next', nextText(next), look),
    ...(missing > 0 ? [labelled('hosts', `the inventory lacks ${missing}`, look)] : []),
    ...(drift ? [labelled('drift', driftText(drift), look)] : []),
    ...(batches.length === 0
      ? []
      : [
          '',
          ...table<GrowthBatch>(
            [
              {title: 'date', cell: ({date}) => date},
              {title: 'day', cell: ({day}) => (day === null ? '' : String(day)), align: 'right'},
              {title: 'nodes', cell: ({nodes: joined}) => `+${joined.length}`, align: 'right'},
              {title: 'send', cell: ({bytes}) => sized(bytes), align: 'right'},
              {
                title: 'forecast',
                cell: ({planned}) => (planned ? formatDuration(planned.p50) : '?'),
                align: 'right',
              },
              {title: 'took', cell: ({took}) => (took === null ? '?' : formatDuration(took)), align: 'right'},
              {title: 'run', cell: ({run}) => run},
            ],
            batches,
          ),
        ]),
  ]
  return `${lines.join('\n')}\n`
}

const nextText = (next: GrowthStatus['next']): string =>
  next === null
    ? 'nothing: there are as many as wanted'
    : next.hosts.length === 0
      ? 'no host of the inventory is left'
      : `${hostList(next.hosts)}, ${next.due === 'now' ? 'due now: ringup grow next' : `due ${formatMoment(Date.parse(next.due))}`}`

const driftText = ({forecastNodes, nodes, days}: NonNullable<GrowthStatus['drift']>): string =>
  nodes === 0
    ? `as forecast: ${forecastNodes} nodes by now`
    : `${counted(Math.abs(nodes), 'node')} ${nodes < 0 ? 'behind' : 'ahead of'} the forecast of ${forecastNodes} by now${days === 0 ? '' : `, ${counted(Math.abs(days), 'day')}`}`
