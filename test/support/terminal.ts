/** A terminal as a model: replays written bytes into what a person would see. Knows what ringup writes, nothing more. */

export type TerminalModel = {
  readonly write: (bytes: string) => void
  /** lines of the screen that is shown, trailing blanks cut off */
  readonly lines: () => string[]
  readonly alternate: () => boolean
  readonly cursorVisible: () => boolean
  /** lines of the normal screen, whatever is shown */
  readonly normal: () => string[]
}

export function terminalModel(columns: number, rows: number): TerminalModel {
  const blank = (): string[][] => Array.from({length: rows}, () => Array<string>(columns).fill(' '))
  const buffers = {normal: blank(), alternate: blank()}
  let shown: 'normal' | 'alternate' = 'normal'
  let [row, column] = [0, 0]
  let [visible, wraps] = [true, true]

  const put = (char: string): void => {
    if (column >= columns) {
      if (!wraps) column = columns - 1
      else newline()
    }
    buffers[shown][row]![column] = char
    column += 1
  }
  const newline = (): void => {
    column = 0
    if (row < rows - 1) row += 1
    else {
      buffers[shown].shift()
      buffers[shown].push(Array<string>(columns).fill(' '))
    }
  }
  const control = (mode: string, numbers: string, final: string): void => {
    const [first, second] = numbers.split(';').map(Number)
    if (mode === '?') {
      const on = final === 'h'
      if (first === 1049) {
        shown = on ? 'alternate' : 'normal'
        if (on) buffers.alternate = blank()
      } else if (first === 25) visible = on
      else if (first === 7) wraps = on
      else if (first !== 2026) throw new Error(`unknown mode ?${numbers}`)
    } else if (final === 'H') [row, column] = [(first || 1) - 1, (second || 1) - 1]
    else if (final === 'K') buffers[shown][row]!.fill(' ', column)
    else if (final === 'J' && first === 2) buffers[shown] = blank()
    else if (final !== 'm') throw new Error(`unknown sequence ${numbers}${final}`)
  }

  const text = (buffer: string[][]): string[] => buffer.map(line => line.join('').trimEnd())
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
    alternate: () => shown === 'alternate',
    cursorVisible: () => visible,
    normal: () => text(buffers.normal),
  }
}
