/**
 * Reads Erlang terms as text, in every style that Riak prints them: erl_call on one line with `16#` integers and
 * `<node@host.25642.1>` pids, nodetool wrapped over lines with decimals and `<9428.25642.1>`. One pass, linear in
 * the text; nested terms are limited so that a hostile answer cannot exhaust the stack.
 *
 * Atoms, strings and opaque values are kept apart from each other; `"abc"` and `[97,98,99]` are the same to Erlang
 * and `asText` reads both.
 */

export type Term = number | bigint | string | Atom | Tuple | List | TermMap | Binary | Opaque
export type Atom = {readonly atom: string}
export type Tuple = {readonly tuple: readonly Term[]}
/** `tail` only of an improper list, as `[a | b]` */
export type List = {readonly list: readonly Term[]; readonly tail?: Term}
export type TermMap = {readonly map: readonly (readonly [Term, Term])[]}
export type Binary = {readonly binary: string}
/** pids, ports, references and funs: known by their text only */
export type Opaque = {readonly opaque: string}

export class TermError extends Error {
  override readonly name = 'TermError'
  /** offset in the text, in UTF-16 units */
  readonly offset: number
  readonly line: number
  readonly column: number

  constructor(message: string, text: string, offset: number) {
    const before = text.slice(0, offset)
    const line = before.split('\n').length
    const column = offset - before.lastIndexOf('\n')
    super(`${message} at ${line}:${column}`)
    this.offset = offset
    this.line = line
    this.column = column
  }
}

const depthLimit = 200

/** Riak's numbers have fewer than 60 digits; reading one of a million would take minutes. */
const digitLimit = 400

/** A ring of 65 536 partitions that all move, told by a thousand nodes, has 700 000. */
const termLimit = 1_500_000

/** Erlang's own, in characters. */
const atomLimit = 255

/** characters; numbers of a byte, one for each partition, are printed as a string too */
const stringLimit = 65_536

/** Reads one term; what follows it must be white space and at most a full stop. Throws `TermError`. */
export function readTerm(text: string): Term {
  const reader = new Reader(text)
  const term = reader.term(0)
  reader.end()
  return term
}

// a class, because a position moves through many small functions
class Reader {
  private at = 0
  private terms = 0
  private readonly text: string
  /** atoms repeat a lot: one object for each name */
  private readonly atoms = new Map<string, Atom>()

  constructor(text: string) {
    this.text = text
  }

  term(depth: number): Term {
    if (depth > depthLimit) throw this.error(`nested deeper than ${depthLimit}`)
    this.terms += 1
    if (this.terms > termLimit) throw this.error(`more than ${termLimit} terms`)
    this.space()
    const {text, at} = this
    const char = text[at]
    if (char === undefined) throw this.error('the text ends where a term should begin')
    if (char === '{') return {tuple: this.sequence('{', '}', depth)}
    if (char === '[') return this.list(depth)
    if (char === "'") return this.atom(this.quoted("'", 2 * atomLimit))
    if (char === '"') return this.strings()
    if (char === '<') return text[at + 1] === '<' ? this.binary() : this.opaque('<', '>')
    if (char === '#') return text[at + 1] === '{' ? this.map(depth) : this.named()
    if (isDigit(char) || char === '-' || char === '+') return this.number()
    if (isLower(char)) return this.atom(this.word())
    throw this.error(`unexpected ${JSON.stringify(char)}`)
  }

  end(): void {
    this.space()
    if (this.text[this.at] === '.') this.at += 1
    this.space()
    if (this.at < this.text.length) throw this.error('more text after the term')
  }

  private sequence(open: string, close: string, depth: number): Term[] {
    this.expect(open)
    const items: Term[] = []
    if (this.taken(close)) return items
    do items.push(this.term(depth + 1))
    while (this.taken(','))
    this.expect(close)
    return items
  }

  private list(depth: number): List {
    this.expect('[')
    const list: Term[] = []
    if (this.taken(']')) return {list}
    do list.push(this.term(depth + 1))
    while (this.taken(','))
    const tail = this.taken('|') ? this.term(depth + 1) : undefined
    this.expect(']')
    return tail === undefined ? {list} : {list, tail}
  }

  private map(depth: number): TermMap {
    this.at += 1
    this.expect('{')
    const map: [Term, Term][] = []
    if (this.taken('}')) return {map}
    do {
      const key = this.term(depth + 1)
      this.expect('=>')
      map.push([key, this.term(depth + 1)])
    } while (this.taken(','))
    this.expect('}')
    return {map}
  }

  private atom(name: string): Atom {
    const known = this.atoms.get(name)
    if (known) return known
    if (name.length > 2 * atomLimit || [...name].length > atomLimit)
      throw this.error(`an atom of more than ${atomLimit} characters`)
    const atom = {atom: name}
    this.atoms.set(name, atom)
    return atom
  }

  private word(): string {
    const {text, at} = this
    let end = at + 1
    while (end < text.length && isWord(text[end]!)) end += 1
    this.at = end
    return text.slice(at, end)
  }

  /** Adjacent strings are one, as nodetool prints long ones over several lines. */
  private strings(): string {
    let whole = ''
    do {
      whole += this.quoted('"', stringLimit)
      if (whole.length > stringLimit) throw this.error(`a string of more than ${stringLimit} characters`)
      this.space()
    } while (this.text[this.at] === '"')
    return whole
  }

  private quoted(quote: string, limit: number): string {
    const {text} = this
    let at = this.at + 1
    let plainFrom = at
    let value = ''
    for (;;) {
      const char = text[at]
      if (char === undefined) throw this.error(`no closing ${quote}`)
      if (value.length + at - plainFrom > limit)
        throw this.error(`more than ${limit} characters between two ${quote}`)
      if (char === quote) break
      if (char !== '\\') {
        at += 1
        continue
      }
      value += text.slice(plainFrom, at)
      const [escaped, length] = readEscape(text, at)
      if (length === 0) throw this.error('unknown escape')
      value += escaped
      at += length
      plainFrom = at
    }
    this.at = at + 1
    return value + text.slice(plainFrom, at)
  }

  private number(): number | bigint {
    const pattern = /([+-]?)(?:(\d{1,2})#([0-9A-Za-z]+)|(\d+\.\d+(?:[eE][+-]?\d+)?)|(\d+))/y
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text)
    if (!match) throw this.error('a number is expected')
    const [whole, sign, base, digits, float, integer] = match
    if (whole.length > digitLimit) throw this.error(`a number of more than ${digitLimit} digits`)
    this.at += whole.length
    if (float !== undefined) return Number(sign + float)
    const magnitude = base === undefined ? BigInt(integer!) : this.inBase(Number(base), digits!, whole.length)
    const value = sign === '-' ? -magnitude : magnitude
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : value
  }

  private inBase(base: number, digits: string, length: number): bigint {
    const valid = base >= 2 && base <= 36 && [...digits].every(digit => Number.parseInt(digit, 36) < base)
    if (!valid) {
      this.at -= length
      throw this.error('a number that its base does not have')
    }
    if (base === 16) return BigInt(`0x${digits}`)
    let value = 0n
    for (const digit of digits) value = value * BigInt(base) + BigInt(Number.parseInt(digit, 36))
    return value
  }

  private binary(): Binary {
    const {text, at} = this
    const end = closing(text, at + 2, '>>')
    if (end < 0) throw this.error('no closing >>')
    this.at = end + 2
    return {binary: text.slice(at + 2, end)}
  }

  /** `<0.1.2>` and `<riak@10.0.0.1.25642.1>` */
  private opaque(open: string, close: string): Opaque {
    const {text, at} = this
    const end = text.indexOf(close, at)
    if (end < 0) throw this.error(`no closing ${close} for ${open}`)
    this.at = end + close.length
    return {opaque: text.slice(at, this.at)}
  }

  /** `#Ref<0.1.2.3>`, `#Port<0.6>`, `#Fun<mod.1.2>` and erl_call's `#Fun{mod.1.2}` */
  private named(): Opaque {
    const pattern = /#[A-Z][A-Za-z]*(?:<[^<>\n]*>|\{[^{}\n]*\})/y
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text)
    if (!match) throw this.error('unexpected #')
    this.at += match[0].length
    return {opaque: match[0]}
  }

  private space(): void {
    const {text} = this
    for (;;) {
      const char = text[this.at]
      if (char === ' ' || char === '\n' || char === '\t' || char === '\r') this.at += 1
      else return
    }
  }

  private taken(mark: string): boolean {
    this.space()
    if (!this.text.startsWith(mark, this.at)) return false
    this.at += mark.length
    return true
  }

  private expect(mark: string): void {
    if (!this.taken(mark)) {
      const found = this.text[this.at]
      throw this.error(
        found === undefined
          ? `the text ends where ${mark} should be`
          : `${mark} is expected, not ${JSON.stringify(found)}`,
      )
    }
  }

  private error(message: string): TermError {
    return new TermError(message, this.text, this.at)
  }
}

const isDigit = (char: string): boolean => char >= '0' && char <= '9'
const isLower = (char: string): boolean =>
  (char >= 'a' && char <= 'z') || (char >= 'ß' && char <= 'ÿ' && char !== '÷')
const isWord = (char: string): boolean =>
  isDigit(char) ||
  isLower(char) ||
  (char >= 'A' && char <= 'Z') ||
  char === '_' ||
  char === '@' ||
  (char >= 'À' && char <= 'Þ' && char !== '×')

/** Where a binary ends: its strings may hold `>>`. */
function closing(text: string, from: number, mark: string): number {
  let inString = false
  for (let at = from; at < text.length; at += 1) {
    const char = text[at]
    if (char === '"') inString = !inString
    else if (char === '\\' && inString) at += 1
    else if (!inString && text.startsWith(mark, at)) return at
  }
  return -1
}

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\x1b',
  s: ' ',
  d: '\x7f',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

/** An escape that begins at `at`: the character, and the length of the escape (0: none is known). */
function readEscape(text: string, at: number): readonly [string, number] {
  const next = text[at + 1] ?? ''
  const simple = simpleEscapes[next]
  if (simple !== undefined) return [simple, 2]
  const pattern = /\\(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([0-7]{1,3}))/y
  pattern.lastIndex = at
  const match = pattern.exec(text)
  if (!match) return ['', 0]
  const [whole, wide, narrow, octal] = match
  const code = octal === undefined ? Number.parseInt((wide ?? narrow)!, 16) : Number.parseInt(octal, 8)
  return code > 0x10ffff ? ['', 0] : [String.fromCodePoint(code), whole.length]
}
