/**
 * How terms look. `erl_call` prints them on one line, blanks after commas, big integers in hexadecimal, floats with
 * six decimals; everything else in Riak prints them as `~p` does, wrapped at 80 columns (see `pretty-term.ts`).
 */
import type {Term} from './term.ts'

export const printFlat = (term: Term): string => {
  if (typeof term === 'number') return String(term)
  if (typeof term === 'bigint') return fitsLong(term) ? String(term) : hexadecimal(term)
  if (typeof term === 'string') return printString(term, ', ')
  if ('atom' in term) return printAtom(term.atom)
  if ('float' in term) return term.float.toFixed(6)
  if ('tuple' in term) return `{${term.tuple.map(printFlat).join(', ')}}`
  if ('pid' in term) return `<${term.pid.node}.${term.pid.process}>`
  if ('handle' in term) return term.shown
  const tail = term.tail === undefined ? '' : ` | ${printFlat(term.tail)}`
  return `[${term.list.map(printFlat).join(', ')}${tail}]`
}

const escapes: Readonly<Record<string, string>> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\v': 'v',
  '\b': 'b',
  '\f': 'f',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
}

/** One with a character that Latin-1 cannot print is shown as the list that it is. */
function printString(text: string, comma: string): string {
  if (text === '') return '[]'
  const shown = Array.from(text, char => (escapes[char] ? `\\${escapes[char]}` : char)).join('')
  return /^[ -~\xa0-\xff]*$/.test(shown)
    ? `"${shown}"`
    : `[${Array.from(text, char => char.codePointAt(0)).join(comma)}]`
}

const fitsLong = (value: bigint): boolean => value >= -(2n ** 63n) && value < 2n ** 63n

const hexadecimal = (value: bigint): string =>
  value < 0n ? `-16#${(-value).toString(16).toUpperCase()}` : `16#${value.toString(16).toUpperCase()}`

/** What `~p` prints of a term that has no parts. */
export function printLeaf(term: Exclude<Term, {tuple: unknown} | {list: unknown}>): string {
  if (typeof term === 'number' || typeof term === 'bigint') return String(term)
  if (typeof term === 'string') return printString(term, ',')
  if ('atom' in term) return printAtom(term.atom)
  if ('float' in term) return shortestFloat(term.float)
  if ('pid' in term) return `<${term.pid.number}.${term.pid.process}>`
  return term.shown
}

/** The fewest digits that read back as the same float, with an exponent where that is shorter. */
function shortestFloat(value: number): string {
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
  const scientific = `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${exponent.replace('+', '')}`
  const plain = Number.isInteger(value) ? `${value.toFixed(0)}.0` : String(value)
  return plain.includes('e') || scientific.length < plain.length ? scientific : plain
}

const reserved = new Set(
  'after and andalso band begin bnot bor bsl bsr bxor case catch cond div else end fun if let maybe not of or orelse receive rem try when xor'.split(
    ' ',
  ),
)

export const printAtom = (name: string): string =>
  /^[a-z][\w@]*$/.test(name) && !reserved.has(name)
    ? name
    : `'${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
