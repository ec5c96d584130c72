/**
 * What came of reading an answer. Riak exits 0 on refusals and prints `ok` after many of them, so the meaning is in
 * recognised text alone; text that is not recognised is `unknown`, and whoever runs something stops there.
 */
import {nodeNamePattern} from '../../names.ts'
import {type Answer, answerText, isNotRunning, printed} from './answer.ts'
import {type Lines, type NotUnderstood, understand} from './lines.ts'

export type Reading<T> =
  | {readonly outcome: 'read'; readonly value: T}
  /** Riak says no, in words that are known */
  | {readonly outcome: 'refused'; readonly text: string}
  | {readonly outcome: 'not-running'}
  /** the call ended in an error on the node */
  | {readonly outcome: 'crashed'; readonly text: string}
  | {readonly outcome: 'unknown'; readonly problem: NotUnderstood}

export type Reader<T> = {
  /** uses up the whole text, but for the return term */
  readonly grammar: (lines: Lines) => T
  /** whole texts that mean no, without the return term */
  readonly refusals?: readonly RegExp[]
  /** the call's return term, the last line; null: the command prints none */
  readonly returned?: RegExp | null
}

export function readAnswer<T>(
  answer: Answer,
  {grammar, refusals = [], returned = /^ok$/}: Reader<T>,
): Reading<T> {
  if (isNotRunning(answer)) return {outcome: 'not-running'}
  const text = answerText(answer)
  if (/^RPC to \S+ failed: /.test(text)) return {outcome: 'crashed', text: text.trimEnd()}
  const said = text.trimEnd().replace(/\n(?:ok|error|\{error,1\})$/, '')
  if ([usage, ...refusals].some(refusal => refusal.test(said)))
    return {outcome: 'refused', text: said.trimEnd()}
  const {value, problem} = understand(text, lines => {
    const value = grammar(lines)
    if (returned) {
      lines.blank()
      lines.expect(returned, 'the return term of the call')
    }
    return value
  })
  if (problem) return {outcome: 'unknown', problem}
  // what was printed is complete, but the call says that it failed
  if (answer.code !== 0)
    return {
      outcome: 'unknown',
      problem: {expected: 'exit status 0', line: printed(answer).slice(0, 200), lineNumber: 1},
    }
  return {outcome: 'read', value}
}

const usage = /^Usage: riak(?:-admin)? /

/** A node's name as a whole cell of a table. */
export const nodeCell = new RegExp(`^${nodeNamePattern}$`)

/** A node as Erlang prints an atom: `'riak@10.0.0.1'`, but `riak@host1`. Captures the name. */
export const nodeAtom = `'?(${nodeNamePattern})'?`

/** `['riak@10.0.0.1','riak@10.0.0.2']`, wrapped over lines or not; the first line begins after `before`. */
export function takeNodeList(lines: Lines, before: RegExp, after: RegExp): string[] | undefined {
  const start = new RegExp(`^${before.source}\\[(.*)$`)
  const found = lines.take(start)
  if (!found) return undefined
  const parts = [found[1]!]
  const end = new RegExp(`^[^\\]]*\\]${after.source}$`)
  // each line by itself: none but the last may have the bracket
  while (!end.test(parts.at(-1)!)) {
    if (parts.at(-1)!.includes(']')) lines.fail('a list of nodes')
    parts.push(lines.expect(/^ +('?[A-Za-z0-9_].*)$/, 'the rest of a list of nodes')[1]!)
  }
  return parts
    .join('')
    .replace(new RegExp(`\\]${after.source}$`), '')
    .split(',')
    .filter(Boolean)
    .map(item => new RegExp(`^ *${nodeAtom} *$`).exec(item)?.[1] ?? lines.fail('a list of nodes'))
}
