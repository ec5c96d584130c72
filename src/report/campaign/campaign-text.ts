/** A campaign for a terminal: a line a day, and what to make of it. */
import type {Campaign, CampaignDay} from '../../plan/campaign.ts'
import type {Pace, Solution} from '../../plan/solve-campaign.ts'
import {counted, formatBytes, formatShare} from '../../units.ts'
import {type Look, tinted, wrapped} from '../kit/look.ts'
import {table} from '../kit/table.ts'
import {dayColumns, sized, termsText} from './campaign-columns.ts'

export function campaignText(campaign: Campaign, look: Look): string {
  const {cluster, from, until, perDay, days, verdict} = campaign
  const lines = [
    wrapped(
      `${tinted(look, 'bold', cluster)}: ${from} to ${until} nodes, ${perDay} a day; ${termsText(campaign)}`,
      look.columns,
    ),
    '',
    ...table<CampaignDay>(
      [...dayColumns, {title: '', cell: ({fault}) => (fault === undefined ? '' : '!')}],
      days,
    ),
    '',
    tinted(look, verdict.keepsUp ? 'green' : 'red', wrapped(verdict.text, look.columns)),
    ...serialLines(campaign, look),
  ]
  return `${lines.join('\n')}\n`
}

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
