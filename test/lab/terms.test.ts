/** Erlang's two ways of printing a term: `erl_call` on one line, and `~p` on lines of 80 columns. */
import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {evaluate} from '../../src/lab/erlang/evaluate.ts'
import {parseExpressions} from '../../src/lab/erlang/parse-expression.ts'
import {printAfter, printPretty} from '../../src/lab/erlang/pretty-term.ts'
import {printFlat} from '../../src/lab/erlang/print-term.ts'
import {atom, float, list, type Term, tuple} from '../../src/lab/erlang/term.ts'
import {type Term as Read, readTerm} from '../../src/riak/terms/term.ts'
import {allRecorded} from '../support/transcripts.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')

/** What was read from a recording, as the practice node would hold it. */
function held(term: Read): Term {
  if (typeof term === 'number') return Number.isInteger(term) ? term : float(term)
  if (typeof term !== 'object') return term
  if ('atom' in term) return atom(term.atom)
  if ('tuple' in term) return tuple(...term.tuple.map(held))
  if ('list' in term)
    return {list: term.list.map(held), ...(term.tail === undefined ? {} : {tail: held(term.tail)})}
  if ('opaque' in term) return {handle: undefined, shown: term.opaque}
  throw new TypeError(`no practice node holds ${JSON.stringify(term)}`)
}

const literal = (text: string): Term => evaluate(parseExpressions(`${text}.`), new Map(), undefined)

describe('on one line', () => {
  it('prints what erl_call printed', () => {
    const text = fixture('eval/moving.erl_call.txt')
    expect(printFlat(held(readTerm(text)))).toBe(text.trimEnd())
  })

  it('prints integers beyond 64 bits in base 16', () => {
    expect(printFlat(2n ** 62n)).toBe('4611686018427387904')
    expect(printFlat(2n ** 64n)).toBe('16#10000000000000000')
    expect(printFlat(0xf0n << 152n)).toBe(`16#F0${'0'.repeat(38)}`)
  })
})

describe('on lines of 80 columns', () => {
  it('prints what nodetool printed', () => {
    const text = fixture('eval/moving.nodetool.txt')
    expect(printPretty(held(readTerm(text)))).toBe(text.trimEnd())
  })

  it('prints as Erlang does', () => {
    const samples = fixture('terms/pretty.jsonl')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as {term: string; pretty: string})
    expect(samples.length).toBeGreaterThan(50)
    for (const {term, pretty} of samples) expect(printPretty(literal(term))).toBe(pretty)
  })

  it('begins further to the right after other text', () => {
    const long = list(Array.from({length: 12}, (_, at) => atom(`riak@10.0.0.${at}`)))
    const lines = printAfter('RPC failed: ', long).split('\n')
    expect(lines[0]).toMatch(/^RPC failed: \['riak@10.0.0.0',/)
    expect(lines.slice(1).every(line => line.startsWith(' '.repeat(13)))).toBe(true)
  })

  it('prints every recorded answer of eval', () => {
    const texts = allRecorded()
      .filter(
        ({command, code, stdout}) =>
          code === 0 && command.includes(' eval ') && /^(\[|\{(?!error,))/.test(stdout),
      )
      .map(({stdout}) => stdout.trimEnd())
    expect(texts.length).toBeGreaterThan(20)
    for (const text of texts) {
      const term = held(readTerm(text))
      expect([printFlat(term), printPretty(term)]).toContain(text)
    }
  })
})
