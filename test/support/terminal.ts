/** A terminal as a model: replays written bytes into what a person would see. Knows what ringup writes, nothing more. */

/** A stretch of a line in one look; numbers are those of SGR, as 1 (bold) and 32 (green). */
export type Run = {readonly column: number; readonly text: string; readonly style: readonly number[]}

export type TerminalModel = {
  readonly write: (bytes: string) => void
  /** the screen that is shown, with its colours; blanks between are left out */
  readonly runs: () => Run[][]
  /** lines of the screen that is shown, trailing blanks cut off */
  readonly lines: () => string[]
  readonly alternate: () => boolean
  readonly cursorVisible: () => boolean
  /** lines of the normal screen, whatever is shown */
  readonly normal: () => string[]
}

export function terminalModel(columns: number, rows: number): TerminalModel {
  const blankLine = (): Cell[] => Array<Cell>(columns).fill(nothing)
  const blank = (): Cell[][] => Array.from({length: rows}, blankLine)
  const buffers = {normal: blank(), alternate: blank()}
  let shown: 'normal' | 'alternate' = 'normal'
  let [row, column] = [0, 0]
  let saved = [row, column] as const
  let [visible, wraps] = [true, true]
  let style: readonly number[] = []

  const put = (char: string): void => {
    if (column >= columns) {
      if (!wraps) column = columns - 1
      else newline()
    }
    buffers[shown][row]![column] = {char, style}
    column += 1
  }
  const newline = (): void => {
    column = 0
    if (row < rows - 1) row += 1
    else {
      buffers[shown].shift()
      buffers[shown].push(blankLine())
    }
  }
  const control = (mode: string, numbers: string, final: string): void => {
    const [first, second] = numbers.split(';').map(Number)
    if (mode === '?') {
      const on = final === 'h'
      if (first === 1049) {
        shown = on ? 'alternate' : 'normal'
        if (on) {
          buffers.alternate = blank()
          saved = [row, column]
        } else [row, column] = saved
      } else if (first === 25) visible = on
      else if (first === 7) wraps = on
      else if (first !== 2026) throw new Error(`unknown mode ?${numbers}`)
    } else if (final === 'H') [row, column] = [(first || 1) - 1, (second || 1) - 1]
    else if (final === 'K') buffers[shown][row]!.fill(nothing, column)
    else if (final === 'J' && first === 2) buffers[shown] = blank()
    else if (final === 'm') style = styled(style, first || 0)
    else throw new Error(`unknown sequence ${numbers}${final}`)
  }

  const text = (buffer: Cell[][]): string[] =>
    buffer.map(line =>
      line
        .map(({char}) => char)
        .join('')
        .trimEnd(),
    )
  return {
    write: bytes => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what a terminal is about
      for (const [whole, mode, numbers, final] of bytes.matchAll(/\x1b\[(\??)([\d;]*)([A-Za-z])|[\s\S]/gu)) {
        if (final !== undefined) control(mode!, numbers!, final)
        else if (whole === '\n') newline()
        else if (whole === '\r') column = 0
        else put(whole)
      }
    },
    lines: () => text(buffers[shown]),
    runs: () => buffers[shown].map(runsOf),
    alternate: () => shown === 'alternate',
    cursorVisible: () => visible,
    normal: () => text(buffers.normal),
  }
}

type Cell = {readonly char: string; readonly style: readonly number[]}

const nothing: Cell = {char: ' ', style: []}

/** 22 ends bold and dim, 39 a colour. */
function styled(style: readonly number[], code: number): readonly number[] {
  if (code === 0) return []
  if (code === 22) return style.filter(one => one !== 1 && one !== 2)
  const colours = style.filter(one => one < 30)
  return code === 39 ? colours : code < 30 ? [...style, code] : [...colours, code]
}

function runsOf(line: readonly Cell[]): Run[] {
  const runs: {column: number; text: string; style: readonly number[]}[] = []
  for (const [column, {char, style}] of line.entries()) {
    const last = runs.at(-1)
    if (last && String(last.style) === String(style)) last.text += char
    else runs.push({column, text: char, style})
  }
  return runs.map(run => ({...run, text: run.text.trimEnd()})).filter(({text}) => text !== '')
}
