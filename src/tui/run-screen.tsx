/** The live screen: takes state from outside, never asks a host. The only file that mounts Ink. */
import {render, Text, useInput} from 'ink'
import {useEffect, useState} from 'react'
import type {Look} from '../report/look.ts'
import {openPainter} from './painter.ts'
import {type Screen, screenLines} from './screen-lines.ts'

export type RunScreen = {
  readonly show: (screen: Screen) => void
  /** Gives the terminal back. */
  readonly close: () => void
}

export type ScreenOptions = {
  readonly first: Screen
  readonly look: Look
  /** Ctrl-C or q */
  readonly onQuit: () => void
}

export function openScreen({first, look, onQuit}: ScreenOptions): RunScreen {
  const painter = openPainter(process.stdout)
  // a terminal that is closed cannot be read either
  process.stdin.on('error', () => {})
  let update: (screen: Screen) => void = () => {}
  const subscribe = (listener: (screen: Screen) => void): void => {
    update = listener
  }
  const ink = render(<LiveScreen first={first} look={look} onQuit={onQuit} subscribe={subscribe} />, {
    stdout: painter.stdout,
    debug: true,
    patchConsole: false,
    exitOnCtrlC: false,
  })
  return {
    show: screen => update(screen),
    close: () => {
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

type LiveProps = ScreenOptions & {readonly subscribe: (listener: (screen: Screen) => void) => void}

function LiveScreen({first, look, onQuit, subscribe}: LiveProps) {
  const [screen, setScreen] = useState(first)
  useEffect(() => subscribe(setScreen), [subscribe])
  useInput((input, key) => {
    if (input === 'q' || (key.ctrl && input === 'c')) onQuit()
  })
  // one row is left free: a frame as tall as the terminal scrolls it in some
  const size = {columns: process.stdout.columns ?? 80, rows: Math.max(4, (process.stdout.rows ?? 24) - 1)}
  return <Text wrap="truncate">{screenLines(screen, size, look).join('\n')}</Text>
}
