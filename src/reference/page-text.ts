/** A page of help for a terminal. */
import {type Look, tinted, wrapped} from '../report/kit/look.ts'
import type {Page} from './page.ts'
import type {Block, Row} from './section.ts'

/** Terms that are wider stand on a line of their own. */
const widestTerm = 24

/** Lines as wide as the terminal, but no wider than is pleasant to read. */
export function pageText({summary, sections}: Page, look: Look): string {
  const columns = Math.max(40, Math.min(look.columns, 100))
  const parts = sections.map(
    ({heading, blocks}) =>
      `${tinted(look, 'bold', heading.toUpperCase())}\n${blocks.map(block => blockText(block, columns)).join('\n\n')}`,
  )
  return `${[indented(summary, 0, columns), ...parts].join('\n\n')}\n`
}

function blockText(block: Block, columns: number): string {
  if (typeof block === 'string') return `  ${indented(block, 2, columns)}`
  if ('commands' in block) return block.commands.map(line => `  $ ${line}`).join('\n')
  if ('lines' in block) return block.lines.map(line => `  ${line}`).join('\n')
  return rowsText(block.rows, columns)
}

function rowsText(rows: readonly Row[], columns: number): string {
  const width = Math.max(...rows.map(([term]) => term.length).filter(length => length <= widestTerm), 0)
  return rows
    .map(([term, text]) => {
      const meaning = indented(text, width + 4, columns)
      const line =
        term.length > width
          ? `  ${term}\n${' '.repeat(width + 4)}${meaning}`
          : `  ${term.padEnd(width)}  ${meaning}`
      return line.trimEnd()
    })
    .join('\n')
}

/** All lines but the first begin with blanks. */
const indented = (text: string, indent: number, columns: number): string =>
  text
    .split('\n')
    .map(line => wrapped(line, columns - indent))
    .join('\n')
    .replaceAll('\n', `\n${' '.repeat(indent)}`)
