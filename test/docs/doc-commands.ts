/** The command lines of the documentation, as a reader would copy them, with what each says of itself. */
import {readdirSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

export const projectFolder = fileURLToPath(new URL('../../', import.meta.url))

export type DocCommand = {
  /** `README.md`, `docs/...`, ...; from the project's folder */
  readonly file: string
  readonly line: number
  readonly command: string
  /** the comment behind it says `exit N` or `exit N or M`; else 0 */
  readonly exits: readonly number[]
  /** the comment behind it says that it asks */
  readonly asks: boolean
  /** what the page says that it prints, where a `console` block shows it; `...` stands for what is left out */
  readonly shown: readonly string[]
}

/** Every page, sorted. */
export const docPages = (): string[] => [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(`${projectFolder}docs`, {recursive: true, encoding: 'utf8'})
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`)
    .sort(),
]

export const pageText = (file: string): string => readFileSync(`${projectFolder}${file}`, 'utf8')

/** Lines of `sh` blocks, lines behind `$ ` of `console` blocks, and indented lines that call ringup or npm. */
export function docCommands(file: string, text: string = pageText(file)): DocCommand[] {
  const found: DocCommand[] = []
  let fence: string | undefined
  let going = ''
  for (const [index, line] of text.split('\n').entries()) {
    const opened = /^\s*```(\w*)/.exec(line)
    if (opened) {
      fence = fence === undefined ? opened[1]! : undefined
      continue
    }
    const written =
      fence === 'sh'
        ? line.trim()
        : fence === 'console' && line.startsWith('$ ')
          ? line.slice(2)
          : fence === undefined && /^ {4}(ringup|npm|node) /.test(line)
            ? line.trim()
            : ''
    if (written.endsWith('\\')) going += `${written.slice(0, -1)} `
    else if (written !== '' && !written.startsWith('#')) {
      found.push(docCommand(file, index + 1, going + written))
      going = ''
    } else if (fence === 'console') (found.at(-1)?.shown as string[] | undefined)?.push(line)
  }
  return found
}

function docCommand(file: string, line: number, written: string): DocCommand {
  const [, command, comment = ''] = /^(.*?)(?:\s+#\s(.*))?$/.exec(written)!
  const exits = (/\bexit (\d+(?: or \d+)*)/.exec(comment)?.[1] ?? '0').split(' or ').map(Number)
  return {file, line, command: command!, exits, asks: /\basks\b/.test(comment), shown: []}
}

/** What two runs of a command have in common: numbers, times, sizes, paths and the width of columns may differ. */
export const likeness = (text: string): string =>
  text
    .replace(/\/[\w./-]+/g, 'PATH')
    .replace(/\d{8}-\d{6}-[0-9a-f]{4}/g, 'RUN')
    .replace(/sha256:[0-9a-f]+/g, 'DIGEST')
    .replace(/\b\d+(\.\d+)? (days?|h|min|s|ms)\b( \d+ (h|min|s)\b)*/g, 'TIME')
    .replace(/\b\d+(\.\d+)? [kMGT]?B\b/g, 'SIZE')
    .replace(/\d+(\.\d+)?/g, '0')
    .replace(/\s+/g, ' ')
    .trim()
