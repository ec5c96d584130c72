/**
 * Reading Riak's text line by line, strictly: a line that is not what the grammar allows is a problem that carries
 * it, never skipped.
 */

export type Understood<T> =
  | {readonly value: T; readonly problem?: undefined}
  | {readonly value?: undefined; readonly problem: NotUnderstood}

export type NotUnderstood = {
  /** what was looked for */
  readonly expected: string
  /** the line found; undefined at the end of the text */
  readonly line: string | undefined
  /** from 1 */
  readonly lineNumber: number
}

class NotUnderstoodError extends Error {
  readonly problem: NotUnderstood
  constructor(problem: NotUnderstood) {
    super(problem.expected)
    this.problem = problem
  }
}

export type Lines = {
  /** the next line, undefined at the end */
  readonly peek: () => string | undefined
  /** takes the next line if it matches */
  readonly take: (pattern: RegExp) => RegExpExecArray | undefined
  /** takes the next line, which must match */
  readonly expect: (pattern: RegExp, expected: string) => RegExpExecArray
  /** takes lines while they match */
  readonly many: (pattern: RegExp) => RegExpExecArray[]
  readonly blank: () => void
  /** the next line cannot be understood */
  readonly fail: (expected: string) => never
}

/** What is shown of a host's words: no more than a few lines. */
export const excerpt = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)} ...` : text)

/** Riak's longest number, an index, has 49 digits; what has many more is none, and would be infinite. */
const longNumber = /\d{61}/

/** Runs a grammar over a text; it must use up every line. Trailing blank lines are allowed. */
export function understand<T>(text: string, grammar: (lines: Lines) => T): Understood<T> {
  const all = text.split(/\r?\n/)
  let at = 0
  const lines: Lines = {
    peek: () => all[at],
    take: pattern => {
      const line = all[at]
      const match = line === undefined ? null : pattern.exec(line)
      if (!match) return undefined
      at += 1
      return match
    },
    expect: (pattern, expected) => lines.take(pattern) ?? lines.fail(expected),
    many: pattern => {
      const matches: RegExpExecArray[] = []
      for (let match = lines.take(pattern); match; match = lines.take(pattern)) matches.push(match)
      return matches
    },
    blank: () => {
      lines.many(/^\s*$/)
    },
    fail: expected => {
      throw new NotUnderstoodError({expected, line: all[at], lineNumber: at + 1})
    },
  }
  try {
    const long = all.findIndex(line => longNumber.test(line))
    if (long >= 0)
      return {problem: {expected: 'a number of at most 60 digits', line: all[long], lineNumber: long + 1}}
    const value = grammar(lines)
    lines.blank()
    if (at < all.length) lines.fail('the end of the answer')
    return {value}
  } catch (error) {
    if (error instanceof NotUnderstoodError) return {problem: error.problem}
    throw error
  }
}

/** `expected X, found "..." in line 3` */
export const describeProblem = ({expected, line, lineNumber}: NotUnderstood): string =>
  `${expected} is expected in line ${lineNumber}, found ${line === undefined ? 'the end' : JSON.stringify(excerpt(line))}`
