/** All pages of help as one Markdown file. */
import {markdown} from '../report/kit/escape.ts'
import type {Page} from './page.ts'
import type {Block} from './section.ts'

export const referenceMarkdown = (pages: readonly Page[]): string =>
  [
    '# Reference',
    'What `ringup help` prints, made by `npm run reference` of what the commands say of themselves.',
    pages.map(({name, summary}) => `- [${title(name)}](#${anchor(name)}): ${markdown(summary)}`).join('\n'),
    ...pages.flatMap(({name, summary, sections}) => [
      `## ${title(name)}`,
      markdown(summary),
      ...sections.flatMap(({heading, blocks}) => [`**${heading}**`, ...blocks.map(blockMarkdown)]),
    ]),
  ].join('\n\n') + '\n'

const title = (name: string): string => ['ringup', name].join(' ').trim()

const anchor = (name: string): string => title(name).replaceAll(' ', '-')

function blockMarkdown(block: Block): string {
  if (typeof block === 'string') return markdown(block)
  if ('commands' in block) return fenced('sh', block.commands)
  if ('lines' in block) return fenced('yaml', block.lines)
  return block.rows
    .map(([term, text]) => `- \`${term.trim()}\`: ${text.split('\n').map(markdown).join('<br>')}`)
    .join('\n')
}

const fenced = (language: string, lines: readonly string[]): string =>
  `\`\`\`${language}\n${lines.join('\n')}\n\`\`\``
