/** Tables of Markdown, with what is in them made safe. */
import {markdown} from './escape.ts'
import type {Column} from './table.ts'

export const markdownTable = <T>(columns: readonly Column<T>[], rows: readonly T[]): string[] => [
  `| ${columns.map(({title}) => title).join(' | ')} |`,
  `|${columns.map(({align}) => (align === 'right' ? '---:' : '---')).join('|')}|`,
  ...rows.map(row => `| ${columns.map(({cell}) => markdown(cell(row))).join(' | ')} |`),
]
