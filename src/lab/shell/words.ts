/**
 * A command line as words, as a POSIX shell would have them after quotes and escapes are gone. What a shell does
 * beyond that is refused by name: pipes, lists, redirections, substitutions and variables have no place on a
 * practice host, and guessing at them would let through what a real shell does differently.
 */

export type Word = {
  readonly text: string
  /** parts that were not quoted: where `*` and `?` are patterns, and `NAME=` an assignment */
  readonly bare: readonly (readonly [from: number, to: number])[]
}

export type Line =
  | {readonly words: readonly Word[]; readonly refused?: undefined}
  | {readonly refused: string}

const operators = ['&&', '||', ';;', '>>', '<<', ';', '&', '|', '>', '<', '(', ')', '\n']

export function splitWords(line: string): Line {
  const words: Word[] = []
  let word: {text: string; bare: [number, number][]} | undefined
  let at = 0
  const open = (): {text: string; bare: [number, number][]} => {
    word ??= {text: '', bare: []}
    return word
  }
  const add = (text: string, isBare: boolean): void => {
    const current = open()
    const from = current.text.length
    current.text += text
    if (isBare) current.bare.push([from, current.text.length])
  }
  const close = (): void => {
    if (word) words.push(word)
    word = undefined
  }

  while (at < line.length) {
    const char = line[at]!
    if (char === ' ' || char === '\t') {
      close()
      at += 1
    } else if (char === "'") {
      const end = line.indexOf("'", at + 1)
      if (end < 0) return {refused: `unexpected EOF while looking for matching \`''`}
      add(line.slice(at + 1, end), false)
      at = end + 1
    } else if (char === '"') {
      const quoted = doubleQuoted(line, at + 1)
      if ('refused' in quoted) return quoted
      add(quoted.text, false)
      at = quoted.next
    } else if (char === '\\') {
      const next = line[at + 1]
      // a backslash at the end of a line joins it to the next one
      if (next === undefined) add('\\', false)
      else if (next !== '\n') add(next, false)
      at += 2
    } else if (char === '#' && word === undefined) {
      const end = line.indexOf('\n', at)
      at = end < 0 ? line.length : end
    } else if (char === '$' || char === '`') {
      return {refused: `${char} (expansion)`}
    } else {
      const operator = operators.find(candidate => line.startsWith(candidate, at))
      const isTrailing = operator === '\n' && line.slice(at).trim() === ''
      if (operator !== undefined && !isTrailing) return {refused: JSON.stringify(operator).slice(1, -1)}
      if (!isTrailing) add(char, true)
      at += 1
    }
  }
  close()
  return {words}
}

function doubleQuoted(
  line: string,
  from: number,
): {readonly text: string; readonly next: number} | {readonly refused: string} {
  let text = ''
  for (let at = from; at < line.length; at += 1) {
    const char = line[at]!
    if (char === '"') return {text, next: at + 1}
    if (char === '$' || char === '`') return {refused: `${char} (expansion)`}
    if (char !== '\\') {
      text += char
      continue
    }
    at += 1
    const next = line[at] ?? ''
    if (next === '\n') continue
    text += '$`"\\'.includes(next) ? next : `\\${next}`
  }
  return {refused: 'unexpected EOF while looking for matching `"\''}
}

/** `NAME=value` with a bare name and `=`: an assignment before the command. */
export function assignmentOf({text, bare}: Word): readonly [string, string] | undefined {
  const match = /^([A-Za-z_]\w*)=/.exec(text)
  if (!match) return undefined
  const end = match[0].length
  const isBare = covers(bare, 0, end)
  return isBare ? [match[1]!, text.slice(end)] : undefined
}

/** Whether a position was written without quotes. */
export const isBareAt = ({bare}: Word, position: number): boolean => covers(bare, position, position + 1)

function covers(bare: Word['bare'], from: number, to: number): boolean {
  let reached = from
  for (const [start, end] of bare) if (start <= reached && end > reached) reached = end
  return reached >= to
}
