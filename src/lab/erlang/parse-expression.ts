/** Erlang expressions as trees: as much of the language as read-only questions to a node need. */
import {ErlangSyntaxError, syntaxErrorBefore, type Token, tokensOf} from './tokens.ts'

export type Expression =
  | {readonly is: 'literal'; readonly value: number | bigint}
  | {readonly is: 'float'; readonly value: number}
  | {readonly is: 'atom'; readonly name: string}
  | {readonly is: 'string'; readonly text: string}
  | {readonly is: 'variable'; readonly name: string}
  | {readonly is: 'tuple'; readonly items: readonly Expression[]}
  | {readonly is: 'list'; readonly items: readonly Expression[]; readonly tail?: Expression}
  | {readonly is: 'comprehension'; readonly item: Expression; readonly parts: readonly Qualifier[]}
  | {readonly is: 'match'; readonly pattern: Expression; readonly value: Expression}
  | {readonly is: 'operator'; readonly name: string; readonly operands: readonly Expression[]}
  | {
      readonly is: 'call'
      readonly module?: Expression
      readonly callee: Expression
      readonly args: readonly Expression[]
    }
  | {readonly is: 'fun'; readonly clauses: readonly Clause[]}
  | {
      readonly is: 'reference'
      readonly module: Expression
      readonly name: Expression
      readonly arity: Expression
    }
  | {readonly is: 'block'; readonly body: Body}
  | {readonly is: 'case'; readonly value: Expression; readonly clauses: readonly Clause[]}
  | {readonly is: 'if'; readonly clauses: readonly Clause[]}
  | {
      readonly is: 'try'
      readonly body: Body
      readonly clauses: readonly Clause[]
      readonly handlers: readonly Handler[]
    }
  | {readonly is: 'catch'; readonly value: Expression}

export type Body = readonly Expression[]
export type Qualifier =
  | {readonly pattern: Expression; readonly source: Expression}
  | {readonly pattern?: undefined; readonly source: Expression}
/** `guards`: alternatives of conjunctions */
export type Clause = {
  readonly patterns: readonly Expression[]
  readonly guards: readonly Body[]
  readonly body: Body
}
export type Handler = Clause & {readonly kind: Expression}

/** Throws `ErlangSyntaxError`. The text must end with a full stop. */
export function parseExpressions(text: string): Body {
  const parser = new Parser(tokensOf(text))
  return parser.whole()
}

/** from the loosest binding to the tightest; comparisons do not chain */
const levels: readonly {readonly names: readonly string[]; readonly from: 'left' | 'right'}[] = [
  {names: ['orelse'], from: 'right'},
  {names: ['andalso'], from: 'right'},
  {names: ['==', '/=', '=<', '<', '>=', '>', '=:=', '=/='], from: 'left'},
  {names: ['++', '--'], from: 'right'},
  {names: ['+', '-', 'or', 'xor', 'bor', 'bxor'], from: 'left'},
  {names: ['*', '/', 'div', 'rem', 'and', 'band', 'bsl', 'bsr'], from: 'left'},
]

// a class, because a position moves through many small functions
class Parser {
  private at = 0
  private readonly tokens: readonly Token[]

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  whole(): Body {
    const body = this.body()
    this.expect('.')
    if (this.token.kind !== 'end') throw syntaxErrorBefore(this.token)
    return body
  }

  private get token(): Token {
    return this.tokens[this.at]!
  }

  private is(text: string): boolean {
    const {kind} = this.token
    return (kind === 'mark' || kind === 'keyword') && this.token.text === text
  }

  private taken(text: string): boolean {
    if (!this.is(text)) return false
    this.at += 1
    return true
  }

  private expect(text: string): void {
    if (!this.taken(text)) throw syntaxErrorBefore(this.token)
  }

  private body(): Body {
    const body = [this.expression()]
    while (this.taken(',')) body.push(this.expression())
    return body
  }

  private expression(): Expression {
    if (this.taken('catch')) return {is: 'catch', value: this.expression()}
    const left = this.operation(0)
    return this.taken('=') ? {is: 'match', pattern: left, value: this.expression()} : left
  }

  private operation(level: number): Expression {
    const operators = levels[level]
    if (!operators) return this.prefixed()
    let left = this.operation(level + 1)
    for (;;) {
      const name = operators.names.find(operator => this.is(operator))
      if (name === undefined) return left
      this.at += 1
      const right = this.operation(operators.from === 'right' ? level : level + 1)
      left = {is: 'operator', name, operands: [left, right]}
    }
  }

  private prefixed(): Expression {
    for (const name of ['not', '-', '+', 'bnot'])
      if (this.taken(name)) return {is: 'operator', name, operands: [this.prefixed()]}
    return this.called(this.primary())
  }

  private called(callee: Expression): Expression {
    if (this.taken(':')) {
      const name = this.primary()
      this.expect('(')
      return this.called({is: 'call', module: callee, callee: name, args: this.sequence(')')})
    }
    return this.taken('(') ? this.called({is: 'call', callee, args: this.sequence(')')}) : callee
  }

  private sequence(close: string): Expression[] {
    if (this.taken(close)) return []
    const items = [this.expression()]
    while (this.taken(',')) items.push(this.expression())
    this.expect(close)
    return items
  }

  private primary(): Expression {
    const {token} = this
    this.at += 1
    switch (token.kind) {
      case 'number':
        return {is: 'literal', value: token.value}
      case 'float':
        return {is: 'float', value: token.value}
      case 'atom':
        return {is: 'atom', name: token.text}
      case 'variable':
        return {is: 'variable', name: token.text}
      case 'string':
        return {is: 'string', text: this.moreStrings(token.text)}
      case 'mark':
        if (token.text === '{') return {is: 'tuple', items: this.sequence('}')}
        if (token.text === '[') return this.list()
        if (token.text === '(') return this.closed(this.expression(), ')')
        break
      case 'keyword':
        return this.construct(token)
    }
    throw syntaxErrorBefore(token)
  }

  private moreStrings(text: string): string {
    let whole = text
    for (; this.token.kind === 'string'; this.at += 1) whole += this.token.text
    return whole
  }

  private closed<T>(value: T, close: string): T {
    this.expect(close)
    return value
  }

  private list(): Expression {
    if (this.taken(']')) return {is: 'list', items: []}
    const first = this.expression()
    if (this.taken('||')) {
      const parts = [this.qualifier()]
      while (this.taken(',')) parts.push(this.qualifier())
      return this.closed({is: 'comprehension', item: first, parts}, ']')
    }
    const items = [first]
    while (this.taken(',')) items.push(this.expression())
    const tail = this.taken('|') ? this.expression() : undefined
    return this.closed({is: 'list', items, ...(tail ? {tail} : {})}, ']')
  }

  private qualifier(): Qualifier {
    const left = this.expression()
    return this.taken('<-') ? {pattern: left, source: this.expression()} : {source: left}
  }

  private construct(token: Token): Expression {
    switch (token.text) {
      case 'begin':
        return this.closed({is: 'block', body: this.body()}, 'end')
      case 'fun':
        return this.function()
      case 'case': {
        const value = this.expression()
        this.expect('of')
        return this.closed({is: 'case', value, clauses: this.clauses(() => [this.expression()])}, 'end')
      }
      case 'if':
        return this.closed({is: 'if', clauses: this.clauses(() => [], true)}, 'end')
      case 'try':
        return this.attempt()
    }
    throw syntaxErrorBefore(token)
  }

  private function(): Expression {
    if (!this.is('(')) {
      const module = this.primary()
      this.expect(':')
      const name = this.primary()
      this.expect('/')
      return {is: 'reference', module, name, arity: this.primary()}
    }
    const parameters = (): Expression[] => {
      this.expect('(')
      return this.sequence(')')
    }
    return this.closed({is: 'fun', clauses: this.clauses(parameters)}, 'end')
  }

  private attempt(): Expression {
    const body = this.body()
    const clauses = this.taken('of') ? this.clauses(() => [this.expression()]) : []
    const handlers: Handler[] = []
    if (this.taken('catch')) {
      do {
        let kind: Expression = {is: 'atom', name: 'throw'}
        // `Class:Pattern` is no call
        let pattern = this.primary()
        if (this.taken(':')) {
          kind = pattern
          pattern = this.primary()
        }
        handlers.push({...this.clause([pattern]), kind})
      } while (this.taken(';'))
    }
    return this.closed({is: 'try', body, clauses, handlers}, 'end')
  }

  private clauses(patterns: () => Expression[], isGuardOnly = false): Clause[] {
    const clauses: Clause[] = []
    do clauses.push(this.clause(patterns(), isGuardOnly))
    while (this.taken(';'))
    return clauses
  }

  private clause(patterns: readonly Expression[], isGuardOnly = false): Clause {
    const guards: Body[] = []
    if (isGuardOnly || this.taken('when'))
      do guards.push(this.body())
      while (this.taken(';'))
    this.expect('->')
    return {patterns, guards, body: this.body()}
  }
}

export {ErlangSyntaxError}
