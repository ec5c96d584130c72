/**
 * Draws whole frames on the terminal's alternate screen: only the lines that differ from the last frame are written, by
 * position, so nothing flickers. Ink is given a stand-in for stdout, and what it would draw itself goes nowhere.
 */
import {EventEmitter} from 'node:events'

const alternateScreen = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J'
const normalScreen = '\x1b[?7h\x1b[?25h\x1b[?1049l'
/** the terminal shows the change at once; those that do not know it ignore it */
const [beginUpdate, endUpdate] = ['\x1b[?2026h', '\x1b[?2026l']

export type Painter = {
  /** given to Ink as its stdout */
  readonly stdout: NodeJS.WriteStream
  readonly paint: (lines: readonly string[]) => void
  /** Leaves the terminal to somebody else for a while. */
  readonly leave: () => void
  /** The terminal was somebody else's meanwhile: everything is drawn anew. */
  readonly again: () => void
  /** Gives the terminal back; more than once does no harm. */
  readonly restore: () => void
}

export function openPainter(terminal: NodeJS.WriteStream): Painter {
  let shown: string[] = []
  let open = true
  const stdout = Object.assign(new EventEmitter(), {
    isTTY: true,
    get columns(): number {
      return terminal.columns
    },
    get rows(): number {
      return terminal.rows
    },
    write: (): boolean => true,
  })

  const paint = (frame: readonly string[]): void => {
    if (!open) return
    const lines = frame.slice(0, terminal.rows)
    let changes = ''
    for (let at = 0; at < Math.max(lines.length, shown.length); at += 1) {
      const line = lines[at] ?? ''
      if (line !== shown[at]) changes += `\x1b[${at + 1};1H${line}\x1b[0m\x1b[K`
    }
    shown = lines
    if (changes !== '') terminal.write(beginUpdate + changes + endUpdate)
  }

  const resized = (): void => {
    shown = []
    terminal.write('\x1b[2J')
    stdout.emit('resize')
  }
  const leave = (): void => {
    if (open) terminal.write(normalScreen)
  }
  const again = (): void => {
    if (!open) return
    shown = []
    terminal.write(alternateScreen)
  }

  const restore = (): void => {
    if (!open) return
    open = false
    terminal.off('resize', resized)
    process.off('exit', restore)
    terminal.write(normalScreen)
  }

  terminal.write(alternateScreen)
  terminal.on('resize', resized)
  process.on('exit', restore)
  return {stdout: stdout as unknown as NodeJS.WriteStream, paint, leave, again, restore}
}
