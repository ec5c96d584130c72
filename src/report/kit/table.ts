/** Plain tables: columns as wide as their widest cell, numbers to the right, no lines. */
import {printableLine} from '../../printable.ts'

export type Column<T> = {
  readonly title: string
  readonly cell: (row: T) => string
  readonly align?: 'left' | 'right'
}

/** Rows as lines, each beginning with `indent`; trailing blanks are cut off. */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[], indent = '  '): string[] {
  const cells = [
    columns.map(({title}) => title),
    ...rows.map(row => columns.map(({cell}) => printableLine(cell(row)))),
  ]
  const widths = columns.map((_, at) => Math.max(...cells.map(line => line[at]!.length)))
  return cells.map(line =>
    (
      indent +
      line
        .map((cell, at) =>
          columns[at]!.align === 'right' ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!),
        )
        .join('  ')
    ).trimEnd(),
  )
}
