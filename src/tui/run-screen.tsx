/**
 * The live screen: takes scenes from outside, never asks a host. The only file that mounts Ink, which reads keys and
 * holds the terminal; lines are made here and painted by position, since Ink looks at every character of every frame.
 */
import {render, useInput} from 'ink'
import type {Look} from '../report/kit/look.ts'
import type {Scene} from '../watch/scene.ts'
import {openPainter} from './painter.ts'
import {screenLines} from './screen-lines.ts'
import {firstUi, type Key, press, type Ui} from './ui.ts'

export type RunScreen = {
  readonly show: (scene: Scene) => void
  /** Gives the terminal back. */
  readonly close: () => void
}

export type ScreenOptions = {
  readonly first: Scene
  readonly look: Look
  /** Ctrl-C or q */
  readonly onQuit: () => void
  /** a transfer limit for all members, typed and confirmed; missing: the screen only looks */
  readonly onLimit?: ((limit: number) => void) | undefined
}

export function openScreen({first, look, onQuit, onLimit}: ScreenOptions): RunScreen {
  const painter = openPainter(process.stdout)
  // a terminal that is closed cannot be read either
  process.stdin.on('error', () => {})
  let scene = first
  let newest = first
  let ui: Ui = firstUi
  const size = () => ({
    columns: process.stdout.columns ?? 80,
    // one row is left free: a frame as tall as the terminal scrolls it in some
    rows: Math.max(4, (process.stdout.rows ?? 24) - 1),
  })
  const draw = (): void => {
    const now = size()
    painter.paint(screenLines(scene, ui, now, {...look, columns: now.columns}))
  }
  const pressed = (key: Key): void => {
    const next = press(ui, key, {page: Math.max(1, size().rows - 10), actions: onLimit !== undefined})
    if (next === 'quit') {
      onQuit()
      return
    }
    // what was held back while it was paused is shown at once
    if (ui.paused && !next.paused) scene = newest
    ui = next
    draw()
    if (next.confirmed !== undefined) onLimit?.(next.confirmed)
  }
  const suspend = (): void => {
    painter.leave()
    process.stdin.setRawMode?.(false)
    process.kill(process.pid, 'SIGTSTP')
  }
  const ink = render(<Keys onKey={pressed} onSuspend={suspend} />, {
    stdout: painter.stdout,
    debug: true,
    patchConsole: false,
    exitOnCtrlC: false,
  })
  painter.stdout.on('resize', draw)
  // ctrl-z and fg: the shell has drawn over it
  const resumed = (): void => {
    process.stdin.setRawMode?.(true)
    painter.again()
    draw()
  }
  process.on('SIGCONT', resumed)
  draw()
  return {
    show: latest => {
      newest = latest
      // the clock goes on, what is shown does not
      scene = ui.paused ? {...scene, now: latest.now} : latest
      draw()
    },
    close: () => {
      process.off('SIGCONT', resumed)
      try {
        ink.unmount()
      } catch (error) {
        // raw mode cannot be left on a terminal that is gone
        if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error
      }
      painter.restore()
    },
  }
}

type KeysProps = {readonly onKey: (key: Key) => void; readonly onSuspend: () => void}

function Keys({onKey, onSuspend}: KeysProps) {
  useInput((input, key) => {
    // in raw mode the terminal does not do it by itself
    if (key.ctrl && input === 'z') {
      onSuspend()
      return
    }
    for (const pressed of keysOf(input, key)) onKey(pressed)
  })
  return null
}

type InkKey = Parameters<Parameters<typeof useInput>[0]>[1]

/** Keys that are pressed fast, or pasted, come together. */
function keysOf(input: string, key: InkKey): Key[] {
  const name = nameOf(key)
  if (name !== undefined || input.length < 2) return [{input, ctrl: key.ctrl, name}]
  return Array.from(input, (character): Key => {
    const named = ({'\r': 'enter', '\n': 'enter', '\t': 'tab', '\x7f': 'backspace'} as const)[character]
    return named === undefined ? {input: character} : {input: '', name: named}
  })
}

function nameOf(key: InkKey): Key['name'] {
  if (key.tab) return key.shift ? 'backtab' : 'tab'
  if (key.upArrow) return 'up'
  if (key.downArrow) return 'down'
  if (key.leftArrow) return 'left'
  if (key.rightArrow) return 'right'
  if (key.return) return 'enter'
  if (key.escape) return 'escape'
  if (key.backspace || key.delete) return 'backspace'
  if (key.pageUp) return 'pageUp'
  return key.pageDown ? 'pageDown' : undefined
}
