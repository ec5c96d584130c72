/** How text may look where it goes: its width, whether colours are wanted, and which characters the locale has. */

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

export const tinted = (look: Look, tone: Tone, text: string): string =>
  look.color && text !== '' ? `\x1b[${codes[tone][0]}m${text}\x1b[${codes[tone][1]}m` : text

/** Sentences over as many lines as needed, all but the first indented. */
export function wrapped(text: string, columns: number, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/[ \n]+/)) {
    const limit = columns - (lines.length === 0 ? 0 : indent.length)
    if (line !== '' && line.length + 1 + word.length > limit) {
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
