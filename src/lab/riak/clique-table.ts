/**
 * Tables as Riak's command line library draws them: centred cells, and columns cut down in proportion when all of
 * them together are wider than the hundred columns it believes a terminal has.
 */
import {centre} from './columns.ts'

export type Cell = string | number | bigint
/** rows with the same columns, in order */
export type Table = readonly (readonly (readonly [string, Cell])[])[]

const lineLength = 100

export function drawTable(table: Table): string {
  const titles = table[0]!.map(([title]) => title)
  const rows = table.map(row => row.map(([, cell]) => String(cell)))
  const widest = titles.map((title, at) =>
    Math.max(
      ...[title, ...rows.map(row => row[at]!)].flatMap(text => text.split('\n')).map(line => line.length),
    ),
  )
  const widths = fitted(widest, lineLength - 1 - titles.length)
  const border = `+${widths.map(width => `${'-'.repeat(width)}+`).join('')}\n`
  const line = (cells: readonly string[]): string =>
    `|${cells.map((cell, at) => `${centre(cell, widths[at]!)}|`).join('')}\n`
  return [border, line(titles), border, ...rows.map(line), border].join('')
}

function fitted(widths: readonly number[], most: number): readonly number[] {
  const sum = widths.reduce((total, width) => total + width, 0)
  const excess = sum - most
  if (excess <= 0) return widths
  const narrowed = widths.map(width => Math.max(1, width - Math.round((excess * width) / sum)))
  const gap = most - narrowed.reduce((total, width) => total + width, 0)
  if (gap <= 0) return narrowed
  const largest = narrowed.indexOf(Math.max(...narrowed))
  return narrowed.map((width, at) => (at === largest ? width + gap : width))
}
