/** How full each disk is before a plan, at the worst while it is carried out, and in the end. */
import type {Plan} from '../../plan/plan.ts'
import {formatShare} from '../../units.ts'
import {at, type Figure, text} from '../kit/figure.ts'

const row = 22
const left = 190
const wide = 470

/** undefined: no disk is known */
export function diskFigure({forecast, diskPeak}: Plan): Figure | undefined {
  const nodes = forecast.nodes.flatMap(({node, disk}) => (disk && disk.size > 0 ? [{node, disk}] : []))
  if (nodes.length === 0) return undefined
  const most = Math.max(1, ...nodes.map(({disk}) => disk.worst / disk.size))
  const x = (share: number): number => left + (share / most) * wide
  const top = 44
  const height = top + nodes.length * row + 24
  const fullest = nodes.reduce((a, b) => (b.disk.worst / b.disk.size > a.disk.worst / a.disk.size ? b : a))
  const body = [
    ...legend(),
    ...[0, 0.25, 0.5, 0.75, 1].flatMap(share => [
      `<path class="line" d="M${at(x(share))} ${top - 6}V${height - 20}"/>`,
      text(x(share), height - 6, formatShare(share), {anchor: 'middle', soft: true}),
    ]),
    `<path class="limit" d="M${at(x(diskPeak))} ${top - 6}V${height - 20}"/>`,
    text(x(diskPeak), top - 10, `limit ${formatShare(diskPeak)}`, {anchor: 'middle', soft: true}),
    ...nodes.flatMap(({node, disk}, index) => {
      const y = top + index * row
      const bar = (bytes: number, kind: string, offset: number, thick: number): string =>
        `<rect class="${kind}" x="${left}" y="${at(y + offset)}" width="${at(Math.max(0.5, x(bytes / disk.size) - left))}" height="${thick}"/>`
      return [
        text(left - 8, y + 13, node, {anchor: 'end'}),
        bar(disk.worst, 'peak', 1, 16),
        bar(disk.before, 'before', 1, 10),
        bar(disk.after, 'after', 12, 5),
        text(x(disk.worst / disk.size) + 6, y + 13, formatShare(disk.worst / disk.size), {soft: true}),
      ]
    }),
  ]
  return {
    id: 'disks',
    title: 'Disks before, at the worst, and after',
    says: `Each disk as a bar. The fullest at the worst is ${fullest.node}: ${formatShare(fullest.disk.before / fullest.disk.size)} before, ${formatShare(fullest.disk.worst / fullest.disk.size)} at the worst, ${formatShare(fullest.disk.after / fullest.disk.size)} after.`,
    width: left + wide + 70,
    height,
    body,
  }
}

const legend = (): string[] =>
  (
    [
      ['before', 'before'],
      ['peak', 'at the worst'],
      ['after', 'after'],
    ] as const
  ).flatMap(([kind, words], index) => [
    `<rect class="${kind}" x="${left + index * 110}" y="8" width="12" height="12"/>`,
    text(left + index * 110 + 18, 18, words),
  ])
