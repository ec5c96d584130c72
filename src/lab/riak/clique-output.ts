/**
 * What commands of the command line library answer, and its three ways to write it. JSON and CSV are followed by
 * the call's `ok` like everything else, CSV lines end with CR LF, and an unknown format is noted on stderr.
 */
import {type Cell, drawTable, type Table} from './clique-table.ts'

export type Element =
  | {readonly text: string}
  | {readonly table: Table}
  /** `title: value value` */
  | {readonly title: string; readonly values: readonly string[]}
  | {readonly alert: readonly Element[]}

export type Written = {readonly out: string; readonly err: string}

export function write(elements: readonly Element[], format: string): Written {
  switch (format) {
    case 'human':
      return {out: human(elements), err: ''}
    case 'json':
      return {out: `[${elements.map(json).join()}]\n`, err: ''}
    case 'csv':
      return {
        out: elements.map(element => ('table' in element ? csv(element.table) : '')).join(''),
        err: elements.map(element => ('alert' in element ? human(element.alert) : '')).join(''),
      }
    default:
      return {
        out: human(elements),
        err: `\nInvalid format ${JSON.stringify(format)}! Defaulted to human-readable.\n`,
      }
  }
}

const human = (elements: readonly Element[]): string =>
  elements
    .map(element => {
      if ('text' in element) return `${element.text}\n`
      if ('table' in element) return element.table.length === 0 ? '' : `${drawTable(element.table)}\n`
      if ('alert' in element) return human(element.alert)
      return `${element.title}:${element.values.map(value => ` ${value}`).join('')}\n`
    })
    .join('')

function json(element: Element): string {
  if ('text' in element) return JSON.stringify({type: 'text', text: element.text})
  if ('alert' in element) return `{"type":"alert","alert":[${element.alert.map(json).join()}]}`
  if ('title' in element) return JSON.stringify({type: 'list', title: element.title, list: element.values})
  const rows = element.table.map(row => {
    const fields = row.map(([key, cell]) => `${JSON.stringify(key)}:${jsonCell(cell)}`)
    return `{${fields.join()}}`
  })
  return `{"type":"table","table":[${rows.join()}]}`
}

const jsonCell = (cell: Cell): string =>
  typeof cell === 'bigint' ? String(cell) : JSON.stringify(bare(cell))

const bare = (cell: Cell): Cell => (typeof cell === 'string' ? cell.trim() : cell)

function csv(table: Table): string {
  if (table.length === 0) return ''
  const field = (cell: Cell): string => {
    const text = String(bare(cell))
    return /[\r\n",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const line = (cells: readonly Cell[]): string => `${cells.map(field).join(',')}\r\n`
  return [table[0]!.map(([title]) => title), ...table.map(row => row.map(([, cell]) => cell))]
    .map(line)
    .join('')
}
