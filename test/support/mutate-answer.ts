/** Damages an answer as a bad line, a bug or another version might. */
import type {Random} from './random.ts'

export type Mutation = {readonly what: string; readonly text: string}

/** `others` are answers of other commands, to take lines from. */
export function mutate(text: string, others: readonly string[], random: Random): Mutation {
  const lines = text.split('\n')
  const at = random.below(Math.max(1, lines.length))
  const with_ = (what: string, changed: readonly string[]): Mutation => ({what, text: changed.join('\n')})
  switch (random.below(9)) {
    case 0:
      return with_('line dropped', lines.toSpliced(at, 1))
    case 1:
      return with_('line doubled', lines.toSpliced(at, 0, lines[at]!))
    case 2: {
      const other = random.below(lines.length)
      const swapped = [...lines]
      ;[swapped[at], swapped[other]] = [lines[other]!, lines[at]!]
      return with_('lines swapped', swapped)
    }
    case 3:
      return {what: 'cut', text: text.slice(0, random.below(text.length + 1))}
    case 4:
      return {what: 'digit changed', text: digitChanged(text, random)}
    case 5:
      return with_('words swapped', lines.with(at, wordsSwapped(lines[at]!, random)))
    case 6: {
      const other = others[random.below(others.length)]!.split('\n')
      return with_('line of another answer', lines.toSpliced(at, 0, other[random.below(other.length)]!))
    }
    case 7: {
      const other = others[random.below(others.length)]!
      return {what: 'another answer before', text: `${other}${text}`}
    }
    default: {
      const position = random.below(text.length + 1)
      const char = String.fromCharCode(random.below(2) === 0 ? 32 + random.below(95) : random.below(256))
      return {what: 'character put in', text: text.slice(0, position) + char + text.slice(position)}
    }
  }
}

function digitChanged(text: string, random: Random): string {
  const digits = [...text.matchAll(/\d/g)].map(({index}) => index)
  if (digits.length === 0) return `${text}0`
  const at = digits[random.below(digits.length)]!
  return `${text.slice(0, at)}${(Number(text[at]) + 1 + random.below(9)) % 10}${text.slice(at + 1)}`
}

function wordsSwapped(line: string, random: Random): string {
  const words = line.split(/( +)/)
  const at = 2 * random.below(Math.ceil(words.length / 2))
  const other = 2 * random.below(Math.ceil(words.length / 2))
  const swapped = [...words]
  ;[swapped[at], swapped[other]] = [words[other]!, words[at]!]
  return swapped.join('')
}
