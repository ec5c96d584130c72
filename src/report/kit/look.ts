/** How text may look where it goes: its width, whether colours are wanted, and which characters the locale has. */
import {randomInt} from 'node:crypto'
import {printable} from '../../printable.ts'

export type Look = {
  readonly columns: number
  readonly color: boolean
  /** UTF-8 glyphs may be used */
  readonly unicode: boolean
}

export type Tone = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

const codes: Readonly<Record<Tone, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
}

/**
 * Stands for the escape of a colour until the text is shown. Another one in each process: what hosts and files say
 * cannot have it, so no escape but ours gets to a terminal.
 */
const mark = String.fromCharCode(...Array.from({length: 3}, () => randomInt(0xe000, 0xf900)))
const colour = new RegExp(`(${mark}\\[\\d+m)`, 'g')

/** For text that goes through `shown`. */
export const tinted = (look: Look, tone: Tone, text: string): string =>
  look.color && text !== '' ? `${mark}[${codes[tone][0]}m${text}${mark}[${codes[tone][1]}m` : text

/** As it is written to a terminal: colours that `tinted` asked for, and no other control character but newline and tab. */
export const shown = (text: string): string => printable(text).replaceAll(mark, '\x1b')

/** How much room it takes once it is shown; colours take none. */
const width = (text: string): number => printable(text).replace(colour, '').length

/** Cuts a line to a width; colours do not count, and none is left open. */
export function cut(line: string, columns: number): string {
  if (line.length <= columns) return line
  let room = columns
  return line
    .split(colour)
    .map((part, at) => {
      if (at % 2 === 1) return part
      const kept = part.slice(0, room)
      room -= kept.length
      return kept
    })
    .join('')
}

/** Sentences over as many lines as needed, all but the first indented. */
export function wrapped(text: string, columns: number, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/[ \n]+/)) {
    const limit = columns - (lines.length === 0 ? 0 : indent.length)
    if (line !== '' && width(line) + 1 + width(word) > limit) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.join(`\n${indent}`)
}

/** A list over as many lines as needed; no item is broken. */
export const wrappedList = (items: readonly string[], columns: number): string =>
  wrapped(items.map(item => item.replaceAll(' ', '\u00a0')).join(', '), columns).replaceAll('\u00a0', ' ')

/** `#####-----`, as wide as asked. */
export function bar(share: number, width: number, look: Look): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width)
  const [done, rest] = look.unicode ? ['█', '░'] : ['#', '-']
  return done.repeat(full) + rest.repeat(width - full)
}

/** A line that begins with what it is about, and goes on below itself. */
export const labelled = (name: string, text: string, look: Look): string =>
  `${tinted(look, 'bold', name.padEnd(9))}${wrapped(text, look.columns - 9, ' '.repeat(9))}`
