/** The only place that writes to stdout and stderr; only the screen (`src/tui`) does it by itself. */
import {fstatSync} from 'node:fs'
import {jsonText} from '../printable.ts'
import {shown} from '../report/kit/look.ts'

/** Data. Colours are kept, other control characters of whoever wrote it are seen, not obeyed. */
export const writeOut = (text: string): void => void process.stdout.write(shown(text))

/** Talk. */
export const writeError = (text: string): void => void process.stderr.write(shown(text))

/** @param indent none: one line */
export const writeJson = (value: unknown, indent?: number): void =>
  void process.stdout.write(`${jsonText(value, indent)}\n`)

/** What hosts answered, as it is where nobody would obey it: in a file, or in a pipe that is no log of CI. */
export const writeAnswers = (text: string): void =>
  void process.stdout.write(process.stdout.isTTY || isLog() ? shown(text) : text)

/** A CI runner may read it, and takes some lines for commands; a file it does not read. */
const isLog = (): boolean => Boolean(process.env.CI || process.env.TF_BUILD) && !fstatSync(1).isFile()

/** Warnings of Node and of libraries come as talk, like all else. */
export function tellWarnings(): void {
  process.removeAllListeners('warning')
  process.on('warning', ({name, message}) => writeError(`ringup: ${name}: ${message}\n`))
}
