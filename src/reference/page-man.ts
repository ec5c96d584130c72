/** A page of help as a man page: macros of man(7), which groff and mandoc both know. */
import {wrapped} from '../report/kit/look.ts'
import type {Page} from './page.ts'
import type {Block} from './section.ts'
import {topics} from './topics.ts'

/** Commands stand in section 1, what is about many of them in 7. */
const chapter = (name: string): 1 | 7 => (Object.hasOwn(topics, name) ? 7 : 1)

/** `grow next` -> `ringup-grow-next` */
const manName = (name: string): string => ['ringup', ...name.split(' ').filter(Boolean)].join('-')

export const manFile = ({name}: Page): string => `${manName(name)}.${chapter(name)}`

const headings: Readonly<Record<string, string>> = {usage: 'synopsis', flags: 'options'}

/**
 * @param version of ringup
 * @param date of the page, `2026-11-27`
 * @param others names of the pages that are referred to
 */
export function manPage(
  {name, summary, sections}: Page,
  {
    version,
    date,
    others,
  }: {readonly version: string; readonly date: string; readonly others: readonly string[]},
): string {
  const title = manName(name)
  const section = (heading: string, body: string): string => `.SH ${heading.toUpperCase()}\n${body}`
  return `${[
    `.TH ${escaped(title.toUpperCase())} ${chapter(name)} "${date}" "ringup ${version}" "ringup"`,
    section('name', paragraph(`${title} - ${summary}`)),
    ...sections.map(({heading, blocks}) =>
      section(headings[heading] ?? heading, blocks.map(blockRoff).join('\n.PP\n')),
    ),
    section(
      '"see also"',
      others.map(other => `.BR ${escaped(manName(other))} (${chapter(other)})`).join(',\n'),
    ),
  ].join('\n')}\n`
}

function blockRoff(block: Block): string {
  if (typeof block === 'string') return paragraph(block)
  if ('commands' in block) return verbatim(block.commands)
  if ('lines' in block) return verbatim(block.lines)
  return block.rows
    .map(
      ([term, text]) => `.TP\n.B ${escaped(term.trim())}\n${text.split('\n').map(paragraph).join('\n.br\n')}`,
    )
    .join('\n')
}

const verbatim = (lines: readonly string[]): string =>
  `.nf\n${lines.map(line => guarded(escaped(line))).join('\n')}\n.fi`

const paragraph = (text: string): string => wrapped(escaped(text), 78).split('\n').map(guarded).join('\n')

const escaped = (text: string): string => text.replaceAll('\\', '\\e').replaceAll('-', '\\-')

/** A line that begins like a macro is none. */
const guarded = (line: string): string => line.replace(/^(?=[.'])/, '\\&')
