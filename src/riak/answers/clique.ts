/**
 * Answers of the commands that print texts and tables in three formats (`--format=human`, json, csv): one shape for
 * all of them. Cells are as printed, without the white space around them.
 */
import type {Answer} from './answer.ts'
import {excerpt, type Lines} from './lines.ts'
import {type Reader, type Reading, readAnswer} from './reading.ts'

export type Clique = {
  /** lines that stand outside of tables, without blank ones */
  readonly texts: readonly string[]
  readonly rows: readonly Row[]
}

export type Row = Readonly<Record<string, string>>

/** `meaning` judges texts and rows; it may call `lines.fail`. */
export function readClique<T>(
  answer: Answer,
  meaning: (clique: Clique, lines: Lines) => T,
  reader: Omit<Reader<T>, 'grammar'> = {},
): Reading<T> {
  return readAnswer(answer, {
    ...reader,
    grammar: lines => {
      const first = lines.peek() ?? ''
      const clique = first.startsWith('[')
        ? readJson(lines)
        : isCsv(first)
          ? readCsv(lines)
          : readHuman(lines)
      return meaning(clique, lines)
    },
  })
}

const isCsv = (line: string): boolean => /^[a-z_.]+(?:,[a-z_.]+)+$/.test(line)

const border = /^\+(?:-+\+)+$/
const returnTerm = /^(?:ok|error|\{error,1\})$/

function readHuman(lines: Lines): Clique {
  const texts: string[] = []
  const rows: Row[] = []
  for (let line = lines.peek(); line !== undefined && !returnTerm.test(line); line = lines.peek()) {
    if (border.test(line)) rows.push(...readTable(lines))
    else texts.push(lines.expect(/^.*$/, 'a text')[0])
  }
  return {texts: texts.map(text => text.trimEnd()).filter(Boolean), rows}
}

function readTable(lines: Lines): Row[] {
  const width = lines.expect(border, 'a table')[0].length
  const cells = (what: string): string[] => {
    const line = lines.expect(/^\|.*\|$/, what)[0]
    if (line.length !== width) lines.fail(`${what} as wide as its table`)
    return line
      .slice(1, -1)
      .split('|')
      .map(cell => cell.trim())
  }
  const columns = cells('the heading of a table')
  lines.expect(border, 'a line below the heading')
  const rows: Row[] = []
  while (!lines.take(border)) {
    const row = cells('a row of the table')
    if (row.length !== columns.length) lines.fail(`a row of ${columns.length} cells`)
    rows.push(Object.fromEntries(columns.map((column, at) => [column, row[at]!])))
  }
  return rows
}

function readCsv(lines: Lines): Clique {
  const columns = lines.expect(/^.+$/, 'the heading')[0].split(',')
  const rows: Row[] = []
  for (
    let line = lines.peek();
    line !== undefined && line !== '' && !returnTerm.test(line);
    line = lines.peek()
  ) {
    const cells = lines.expect(/^.+$/, 'a row')[0].split(',')
    if (cells.length !== columns.length) lines.fail(`a row of ${columns.length} values before this line`)
    rows.push(Object.fromEntries(columns.map((column, at) => [column, cells[at]!.trim()])))
  }
  return {texts: [], rows}
}

function readJson(lines: Lines): Clique {
  const line = lines.expect(/^\[.*\]$/, 'a JSON array')[0]
  const texts: string[] = []
  const rows: Row[] = []
  for (const part of parsed(line, lines)) {
    const {type, text, table} = part as {type?: unknown; text?: unknown; table?: unknown}
    if (type === 'text' && typeof text === 'string') texts.push(...text.split('\n').map(one => one.trimEnd()))
    else if (type === 'table' && Array.isArray(table)) rows.push(...table.map(row => rowOf(row, lines)))
    else lines.fail('texts and tables')
  }
  return {texts: texts.filter(Boolean), rows}
}

function parsed(line: string, lines: Lines): unknown[] {
  try {
    return JSON.parse(line) as unknown[]
  } catch {
    return lines.fail('JSON before this line')
  }
}

function rowOf(row: unknown, lines: Lines): Row {
  if (typeof row !== 'object' || row === null) return lines.fail('rows of a table')
  return Object.fromEntries(
    Object.entries(row).map(([key, value]): [string, string] => {
      // a list in a list in a list has no end that it could be printed to
      if (typeof value === 'object' && value !== null) lines.fail('cells of a table')
      return [key.trim(), String(value).trim()]
    }),
  )
}

/** The cell of a column; the answer is not understood when there is none. */
export function cellOf(row: Row, column: string, lines: Lines): string {
  return row[column] ?? lines.fail(`a column ${column}`)
}

/** Takes a cell by a pattern. */
export function matched(row: Row, column: string, pattern: RegExp, lines: Lines): RegExpExecArray {
  return (
    pattern.exec(cellOf(row, column, lines)) ??
    lines.fail(`another ${column} than ${excerpt(row[column] ?? '')}`)
  )
}
