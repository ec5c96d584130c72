/** Tables of a panel: sorted, filtered, with a marked row that stays in sight. Pure. */
import {printableLine} from '../printable.ts'
import type {Look} from '../report/kit/look.ts'
import type {Ui} from './ui.ts'

export type RowColumn<T> = {
  readonly title: string
  readonly cell: (row: T) => string
  readonly align?: 'left' | 'right'
  /** what it is sorted by, when it is chosen; largest first where it is a number */
  readonly by?: (row: T) => number | string
}

export type Rows<T> = {
  readonly columns: readonly RowColumn<T>[]
  readonly rows: readonly T[]
  readonly isFault: (row: T) => boolean
  readonly tone?: (row: T) => 'red' | 'yellow' | 'dim' | undefined
}

/** Rows as they are shown, and the one that is marked. */
export function chosenRows<T>(
  {columns, rows, isFault}: Rows<T>,
  ui: Ui,
): {readonly shown: readonly T[]; readonly marked: T | undefined} {
  const wanted = ui.filter.toLowerCase()
  const kept = rows.filter(
    row =>
      (!ui.faultsOnly || isFault(row)) &&
      (wanted === '' || columns.some(({cell}) => cell(row).toLowerCase().includes(wanted))),
  )
  const sorting = columns.filter(({by}) => by !== undefined)
  const by = sorting[ui.sort[ui.panel] % Math.max(1, sorting.length)]?.by
  const shown = by === undefined ? kept : [...kept].sort((a, b) => compare(by(a), by(b)))
  return {shown, marked: shown[Math.min(ui.row, shown.length - 1)]}
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return b - a
  return a < b ? -1 : a > b ? 1 : 0
}

/** Lines of a panel: heading, rows in sight, and how many there are. */
export function rowLines<T>(table: Rows<T>, ui: Ui, room: number, look: Look, nothing: string): string[] {
  const {shown, marked} = chosenRows(table, ui)
  if (shown.length === 0) return [`  ${ui.filter !== '' || ui.faultsOnly ? 'nothing that fits' : nothing}`]
  const {columns} = table
  const space = Math.max(1, room - 2)
  const at = Math.min(ui.row, shown.length - 1)
  const first = Math.max(0, Math.min(at - Math.floor(space / 2), shown.length - space))
  const sight = shown.slice(first, first + space)
  const cells = sight.map(row => columns.map(({cell}) => printableLine(cell(row))))
  const sorting = columns.filter(({by}) => by !== undefined)
  const sorted = sorting[ui.sort[ui.panel] % Math.max(1, sorting.length)]
  const arrow = look.unicode ? '▾' : 'v'
  const titles = columns.map(column => (column === sorted ? `${column.title}${arrow}` : column.title))
  const widths = columns.map((_, index) =>
    Math.max(titles[index]!.length, ...cells.map(line => line[index]!.length)),
  )
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) =>
        columns[index]!.align === 'right' ? text.padStart(widths[index]!) : text.padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd()
  const pointer = look.unicode ? '▸' : '>'
  return [
    `  ${line(titles)}`,
    ...sight.map((row, index) => `${row === marked ? pointer : ' '} ${line(cells[index]!)}`),
    ...(shown.length > space ? [`  ${first + 1} to ${first + sight.length} of ${shown.length}`] : []),
  ]
}
