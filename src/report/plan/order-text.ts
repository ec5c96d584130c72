/** Other ways to do what a plan does, for a terminal. */
import type {Order, Way} from '../../plan/order.ts'
import {counted, formatDuration, formatShare} from '../../units.ts'
import {type Look, tinted, wrapped} from '../kit/look.ts'
import {table} from '../kit/table.ts'

export function orderText({ways, best, limit}: Order, look: Look): string {
  const [asked] = ways
  const lines = [
    '',
    tinted(look, 'bold', `other ways, no disk above ${formatShare(limit)}`),
    ...table<Way>(
      [
        {title: '', cell: way => (way.fits ? (way === best ? '*' : 'ok') : 'no')},
        {title: 'way', cell: way => wayText(way, asked!)},
        {title: 'moves', cell: ({moves}) => String(moves), align: 'right'},
        {title: 'fullest', cell: ({fullest}) => (fullest ? formatShare(fullest.share) : '-'), align: 'right'},
        {title: 'time', cell: ({time}) => (time === null ? '?' : formatDuration(time)), align: 'right'},
      ],
      ways,
    ),
    '',
    wrapped(adviceText({ways, best, limit}), look.columns),
  ]
  return `${lines.join('\n')}\n`
}

const joins = ({batches}: Pick<Way, 'batches'>): string[] =>
  batches.flat().flatMap(({action, node}) => (action === 'join' ? [node] : []))

function wayText(way: Way, asked: Way): string {
  switch (way.id) {
    case 'as-asked':
      return 'as asked'
    case 'one-by-one':
      return `one after another, ${counted(way.batches.length, 'batch', 'batches')}`
    case 'fewer':
      return `only ${counted(joins(way).length, 'node')} of them`
    case 'more':
      return `${counted(joins(way).length - joins(asked).length, 'node')} more at once`
    case 'no-locations':
      return 'without locations'
    case 'valve':
      return `inbound off on ${counted(way.valve.length, 'node')} at first`
  }
}

function adviceText({best, ways}: Order): string {
  if (best === null)
    return 'None of these stays below the limit. Make room (delete, or larger disks), put larger hosts among the spares of the inventory, or raise limits.diskPeak knowing what it risks.'
  if (best === ways[0]) return 'As asked it stays below the limit.'
  if (best.id === 'valve')
    return `Best: as asked, but before the commit turn inbound handoff off on ${best.valve.join(', ')} (riak admin handoff disable inbound --node NODE), and on again (enable) on each as soon as it has nothing left to send. Left off, it would keep data away for good.`
  if (best.id === 'no-locations') return 'Best: the same without locations: --no-locations.'
  const nodes = joins(best)
  return best.batches.length > 1
    ? `Best: ${nodes.join(', then ')}, each when the one before has settled.`
    : `Best: ${nodes.join(', ')} in one batch.`
}
