/** A campaign for a terminal: a line a day, and what to make of it. */
import type {Campaign, CampaignDay} from '../plan/campaign.ts'
import type {Pace, Solution} from '../plan/solve-campaign.ts'
import {counted, formatBytes, formatDuration, formatShare} from '../units.ts'
import {ratesText} from './forecast-text.ts'
import {type Look, labelled, tinted, wrapped} from './look.ts'
import {table} from './table.ts'

export function campaignText(campaign: Campaign, look: Look): string {
  const {cluster, from, until, perDay, partitions, ingestPerDay, rates, imagined, days, verdict} = campaign
  const ingest =
    ingestPerDay === null ? 'no new data counted with' : `${formatBytes(ingestPerDay)} of new data a day`
  const lines = [
    wrapped(
      `${tinted(look, 'bold', cluster)}: ${from} to ${until} nodes, ${perDay} a day; ${partitions} partitions; ${ingest}`,
      look.columns,
    ),
    labelled('rates', ratesText(rates), look),
    ...(imagined > 0
      ? [
          labelled(
            'hosts',
            `${counted(imagined, 'host')} that the inventory does not have yet are thought of as empty and like the others`,
            look,
          ),
        ]
      : []),
    '',
    ...table<CampaignDay>(
      [
        {title: 'day', cell: ({day}) => String(day), align: 'right'},
        {title: 'date', cell: ({date}) => date},
        {title: 'nodes', cell: ({nodes, batch}) => `${nodes} (+${batch.length})`, align: 'right'},
        {title: 'moves', cell: ({moves}) => String(moves), align: 'right'},
        {title: 'send', cell: ({bytes}) => sized(bytes), align: 'right'},
        {title: 'data', cell: ({data}) => sized(data), align: 'right'},
        {title: 'handoff', cell: ({time}) => (time ? formatDuration(time.p50) : '?'), align: 'right'},
        {title: 'spare', cell: ({spare}) => spareText(spare), align: 'right'},
        {title: 'fullest', cell: ({fullest}) => (fullest ? formatShare(fullest.worst) : '?'), align: 'right'},
        {title: '', cell: ({fault}) => (fault === undefined ? '' : '!')},
      ],
      days,
    ),
    '',
    tinted(look, verdict.keepsUp ? 'green' : 'red', wrapped(verdict.text, look.columns)),
    ...serialLines(campaign, look),
  ]
  return `${lines.join('\n')}\n`
}

const sized = (bytes: number | null): string => (bytes === null ? '?' : formatBytes(bytes))

const spareText = (spare: number | null): string =>
  spare === null ? '?' : spare < 0 ? `-${formatDuration(-spare)}` : formatDuration(spare)

function serialLines({serial, moves, bytes, perDay}: Campaign, look: Look): string[] {
  if (!serial) return []
  const saved = serial.moves - moves
  const data =
    bytes === null || serial.bytes === null ? '' : ` (${formatBytes(Math.max(0, serial.bytes - bytes))})`
  return [
    wrapped(
      `${perDay} at once move ${moves} partitions, one after another ${serial.moves}: ${saved > 0 ? `${saved}${data} less to move` : 'no less to move'}`,
      look.columns,
    ),
  ]
}

export function solutionText({paces, fewest, cheapest, latestStart}: Solution, look: Look): string {
  const lines = [
    '',
    tinted(look, 'bold', 'other paces'),
    ...table<Pace>(
      [
        {title: '', cell: ({keepsUp}) => (keepsUp ? 'ok' : 'no')},
        {title: 'a day', cell: ({perDay}) => String(perDay), align: 'right'},
        {title: 'days', cell: ({days}) => String(days), align: 'right'},
        {title: 'ends', cell: ({ends}) => ends},
        {title: 'moves', cell: ({moves}) => String(moves), align: 'right'},
        {title: 'send', cell: ({bytes}) => sized(bytes), align: 'right'},
        {
          title: 'fullest',
          cell: ({fullest}) => (fullest === null ? '?' : formatShare(fullest)),
          align: 'right',
        },
      ],
      paces,
    ),
    '',
    wrapped(
      [
        fewest === null ? 'None of these paces keeps up.' : `The fewest that keep up: ${fewest} a day.`,
        ...(cheapest === null ? [] : [`The least is sent with ${cheapest} a day.`]),
        latestStart === null
          ? 'As asked it does not keep up, however early it begins.'
          : latestStart.daysFromNow >= 120
            ? 'It may begin at any time in the next 120 days.'
            : `The latest start: ${latestStart.date}, ${counted(latestStart.daysFromNow, 'day')} from now.`,
      ].join(' '),
      look.columns,
    ),
  ]
  return `${lines.join('\n')}\n`
}
