/** Erlang's words, for the expressions that operators send through `riak eval`. */

export type Token =
  | {readonly kind: 'atom' | 'variable' | 'mark' | 'keyword'; readonly text: string}
  | {readonly kind: 'string'; readonly text: string}
  | {readonly kind: 'number'; readonly value: number | bigint; readonly text: string}
  | {readonly kind: 'float'; readonly value: number; readonly text: string}
  | {readonly kind: 'end'; readonly text: ''}

/** What Erlang's parser says of an expression it cannot read. */
export class ErlangSyntaxError extends Error {
  override readonly name = 'ErlangSyntaxError'
}

export const syntaxErrorBefore = (token: Token | undefined): ErlangSyntaxError =>
  new ErlangSyntaxError(`syntax error before: ${token?.kind === 'end' || !token ? "''" : token.text}`)

const keywords = new Set(
  'after and andalso begin bnot bor bsl bsr bxor band case catch div end fun if not of or orelse receive rem try when xor'.split(
    ' ',
  ),
)

const marks = /^(?:=:=|=\/=|=<|>=|==|\/=|<-|->|\|\||\+\+|--|<<|>>|[-+*/=<>(){}[\],.;:|!#])/

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let rest = text
  for (;;) {
    rest = rest.replace(/^(?:\s+|%[^\n]*)+/, '')
    if (rest === '') break
    const [token, length] = nextToken(rest)
    tokens.push(token)
    rest = rest.slice(length)
  }
  tokens.push({kind: 'end', text: ''})
  return tokens
}

function nextToken(text: string): readonly [Token, number] {
  const take = (pattern: RegExp): string | undefined => pattern.exec(text)?.[0]
  const word = take(/^[a-z][\w@]*/)
  if (word !== undefined) return [{kind: keywords.has(word) ? 'keyword' : 'atom', text: word}, word.length]
  const variable = take(/^[A-Z_][\w@]*/)
  if (variable !== undefined) return [{kind: 'variable', text: variable}, variable.length]
  const quoted = take(/^'(?:[^'\\]|\\.)*'/)
  if (quoted !== undefined) return [{kind: 'atom', text: unescaped(quoted)}, quoted.length]
  const string = take(/^"(?:[^"\\]|\\.)*"/)
  if (string !== undefined) return [{kind: 'string', text: unescaped(string)}, string.length]
  const based = take(/^\d{1,2}#[\da-zA-Z]+/)
  if (based !== undefined) return [number(based, inBase(based)), based.length]
  const float = take(/^\d+\.\d+(?:[eE][-+]?\d+)?/)
  if (float !== undefined) return [{kind: 'float', value: Number(float), text: float}, float.length]
  const integer = take(/^\d+/)
  if (integer !== undefined) return [number(integer, BigInt(integer)), integer.length]
  const mark = take(marks)
  if (mark !== undefined) return [{kind: 'mark', text: mark}, mark.length]
  throw new ErlangSyntaxError(`illegal character ${JSON.stringify(text[0])}`)
}

const number = (text: string, value: bigint): Token => ({
  kind: 'number',
  text,
  value: value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value,
})

function inBase(text: string): bigint {
  const [base, digits] = text.split('#') as [string, string]
  let value = 0n
  for (const digit of digits) value = value * BigInt(base) + BigInt(Number.parseInt(digit, 36))
  return value
}

const unescaped = (quoted: string): string =>
  quoted
    .slice(1, -1)
    .replace(/\\(.)/gs, (_, character: string) => ({n: '\n', t: '\t', s: ' '})[character] ?? character)
