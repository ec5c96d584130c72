/** The only place that writes to stdout and stderr; only the screen (`src/tui`) does it by itself. */
import {jsonText} from '../printable.ts'
import {shown} from '../report/look.ts'

/** Data. Colours are kept, other control characters of whoever wrote it are seen, not obeyed. */
export const writeOut = (text: string): void => void process.stdout.write(shown(text))

/** Talk. */
export const writeError = (text: string): void => void process.stderr.write(shown(text))

/** @param indent none: one line */
export const writeJson = (value: unknown, indent?: number): void =>
  void process.stdout.write(`${jsonText(value, indent)}\n`)

/** What hosts answered, as it is where no terminal would obey it: in a file or a pipe. */
export const writeAnswers = (text: string): void =>
  void process.stdout.write(process.stdout.isTTY ? shown(text) : text)
