/** Who sends how much to whom: a map of pairs, darker where more goes. */
import type {Plan} from '../../plan/plan.ts'
import {counted, formatBytes} from '../../units.ts'
import {html} from '../kit/escape.ts'
import {at, type Figure, text} from '../kit/figure.ts'

const left = 170
const top = 130

/** undefined: nothing moves */
export function transferFigure({transitions}: Plan): Figure | undefined {
  const transfers = transitions.flatMap(transition => transition.transfers)
  if (transfers.length === 0) return undefined
  const known = transfers.every(({bytes}) => bytes !== null)
  const cells = new Map<string, {from: string; to: string; count: number; bytes: number}>()
  for (const {from, to, bytes} of transfers) {
    const cell = cells.get(`${from} ${to}`) ?? {from, to, count: 0, bytes: 0}
    cell.count += 1
    cell.bytes += bytes ?? 0
    cells.set(`${from} ${to}`, cell)
  }
  const sources = [...new Set(transfers.map(({from}) => from))].sort()
  const targets = [...new Set(transfers.map(({to}) => to))].sort()
  const size = Math.max(9, Math.min(26, Math.floor(640 / Math.max(sources.length, targets.length))))
  const weight = (cell: {count: number; bytes: number}): number => (known ? cell.bytes : cell.count)
  const most = Math.max(1, ...[...cells.values()].map(weight))
  const told = (cell: {count: number; bytes: number}): string =>
    `${counted(cell.count, 'partition')}${known ? `, ${formatBytes(cell.bytes)}` : ''}`
  const heaviest = [...cells.values()].reduce((a, b) => (weight(b) > weight(a) ? b : a))
  const body = [
    text(left, 18, 'to', {soft: true}),
    text(left - 8, top - 8, 'from', {anchor: 'end', soft: true}),
    ...targets.map(
      (name, index) =>
        `<text transform="translate(${at(left + index * size + size * 0.7)} ${top - 6}) rotate(-60)">${html(name)}</text>`,
    ),
    ...sources.map((name, index) => text(left - 8, top + index * size + size * 0.75, name, {anchor: 'end'})),
    ...sources.flatMap((from, y) =>
      targets.map((to, x) => {
        const cell = cells.get(`${from} ${to}`)
        const place = `x="${left + x * size}" y="${top + y * size}" width="${size - 1}" height="${size - 1}"`
        return cell
          ? `<rect class="after" ${place} opacity="${at(0.2 + 0.8 * (weight(cell) / most))}"><title>${html(`${from} to ${to}: ${told(cell)}`)}</title></rect>`
          : `<rect class="line" ${place} opacity="0.5"/>`
      }),
    ),
  ]
  return {
    id: 'transfers',
    title: 'Transfers by pair of nodes',
    says: `${counted(transfers.length, 'transfer')} from ${counted(sources.length, 'node')} to ${counted(targets.length, 'node')}. The most goes from ${heaviest.from} to ${heaviest.to}: ${told(heaviest)}.`,
    width: left + targets.length * size + 90,
    height: top + sources.length * size + 16,
    body,
  }
}
