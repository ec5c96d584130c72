/** What the terminal can do, decided once from the streams and the environment. */
import type {Look} from '../report/kit/look.ts'

/** `NO_COLOR` and `TERM=dumb` switch colours off, wherever they would go. */
const wantsColor = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'

const hasUnicode = (): boolean =>
  /UTF-?8/i.test(process.env.LC_ALL || process.env.LC_CTYPE || process.env.LANG || '')

const lookOf = (stream: NodeJS.WriteStream): Look => ({
  columns: stream.columns ?? 80,
  color: wantsColor(stream),
  unicode: hasUnicode(),
})

export const stdoutLook = (): Look => lookOf(process.stdout)
export const stderrLook = (): Look => lookOf(process.stderr)

/** A person is there who can be asked. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true

/** A screen can be drawn: never into a pipe, a job of a CI system, or a terminal without cursor movement. */
export const canDraw = (): boolean =>
  process.stdout.isTTY === true &&
  process.stdin.isTTY === true &&
  !process.env.CI &&
  process.env.TERM !== 'dumb'
