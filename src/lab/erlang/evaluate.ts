/**
 * Evaluates Erlang expressions with the functions a library offers. Enough of the language for the questions that
 * are sent to a node: they read and compute, and nothing they could call changes the practice ring.
 */

import {isSame} from './compare-terms.ts'
import {atomName, ErlangError, itemsOf, undefinedFunction} from './erlang-error.ts'
import {operate} from './operators.ts'
import type {Body, Clause, Expression, Qualifier} from './parse-expression.ts'
import {atom, elements, float, type Handle, isAtom, isTuple, list, type Term, tuple} from './term.ts'

/** Functions by `module:name/arity`. `Place`: whatever tells them on which node they run. */
export type Library<Place> = ReadonlyMap<string, (args: readonly Term[], call: Call<Place>) => Term>

export type Call<Place> = {
  readonly place: Place
  /** calls a fun, here or in another place */
  readonly apply: (callee: Term, args: readonly Term[], place?: Place) => Term
  /** calls a function by name, here or in another place */
  readonly invoke: (module: string, name: string, args: readonly Term[], place?: Place) => Term
}

type Scope = Map<string, Term>
type Closure<Place> = (args: readonly Term[], place: Place) => Term

export function evaluate<Place>(body: Body, library: Library<Place>, start: Place): Term {
  const invoke = (module: string, name: string, args: readonly Term[], place: Place): Term => {
    const known = library.get(`${module}:${name}/${args.length}`)
    if (!known) throw undefinedFunction(module, name, args)
    return known(args, {
      place,
      apply: (callee, given, elsewhere = place) => applyFun(callee, given, elsewhere),
      invoke: (other, called, given, elsewhere = place) => invoke(other, called, given, elsewhere),
    })
  }

  const applyFun = (callee: Term, args: readonly Term[], place: Place): Term => {
    const closure = closureOf<Place>(callee)
    if (!closure) throw new ErlangError(tuple(atom('badfun'), callee))
    return closure(args, place)
  }

  const run = (expressions: Body, scope: Scope, place: Place): Term => {
    let value: Term = atom('ok')
    for (const expression of expressions) value = one(expression, scope, place)
    return value
  }

  const one = (expression: Expression, scope: Scope, place: Place): Term => {
    const value = (part: Expression): Term => one(part, scope, place)
    switch (expression.is) {
      case 'literal':
        return expression.value
      case 'float':
        return float(expression.value)
      case 'atom':
        return atom(expression.name)
      case 'string':
        return expression.text
      case 'variable': {
        const bound = scope.get(expression.name)
        if (bound === undefined) throw new ErlangError(tuple(atom('unbound_var'), atom(expression.name)))
        return bound
      }
      case 'tuple':
        return tuple(...expression.items.map(value))
      case 'list': {
        const items = expression.items.map(value)
        return expression.tail ? cons(items, value(expression.tail)) : list(items)
      }
      case 'comprehension':
        return list(comprehend(expression.item, expression.parts, scope, place))
      case 'match': {
        const result = value(expression.value)
        if (!matches(expression.pattern, result, scope))
          throw new ErlangError(tuple(atom('badmatch'), result))
        return result
      }
      case 'operator':
        return operate(expression, value)
      case 'call':
        return call(expression, scope, place)
      case 'reference': {
        const [module, name] = [atomName(value(expression.module)), atomName(value(expression.name))]
        return closureTerm<Place>((args, elsewhere) => invoke(module, name, args, elsewhere))
      }
      case 'fun':
        return closureTerm<Place>((args, elsewhere) =>
          choose(expression.clauses, args, new Map(scope), elsewhere, () => atom('function_clause'), true),
        )
      case 'block':
        return run(expression.body, scope, place)
      case 'case': {
        const result = value(expression.value)
        return choose(expression.clauses, [result], scope, place, () => tuple(atom('case_clause'), result))
      }
      case 'if':
        return choose(expression.clauses, [], scope, place, () => atom('if_clause'))
      case 'try':
        return attempt(expression, scope, place)
      case 'catch':
        try {
          return value(expression.value)
        } catch (error) {
          if (!(error instanceof ErlangError)) throw error
          return error.kind === 'throw' ? error.reason : tuple(atom('EXIT'), error.reason)
        }
    }
  }

  const call = (
    {module, callee, args}: Extract<Expression, {is: 'call'}>,
    scope: Scope,
    place: Place,
  ): Term => {
    const given = args.map(argument => one(argument, scope, place))
    if (module)
      return invoke(atomName(one(module, scope, place)), atomName(one(callee, scope, place)), given, place)
    return callee.is === 'atom'
      ? invoke('erlang', callee.name, given, place)
      : applyFun(one(callee, scope, place), given, place)
  }

  const comprehend = (
    item: Expression,
    [first, ...rest]: readonly Qualifier[],
    scope: Scope,
    place: Place,
  ): Term[] => {
    if (!first) return [one(item, scope, place)]
    const source = one(first.source, scope, place)
    if (!first.pattern) return isAtom(source, 'true') ? comprehend(item, rest, scope, place) : []
    const {pattern} = first
    return itemsOf(source).flatMap(each => {
      const inner = new Map(scope)
      return matches(pattern, each, inner, true) ? comprehend(item, rest, inner, place) : []
    })
  }

  const choose = (
    clauses: readonly Clause[],
    values: readonly Term[],
    scope: Scope,
    place: Place,
    reason: () => Term,
    isFresh = false,
  ): Term => {
    for (const {patterns, guards, body: chosen} of clauses) {
      const inner = new Map(scope)
      const isMatch =
        patterns.length === values.length &&
        patterns.every((pattern, at) => matches(pattern, values[at]!, inner, isFresh))
      if (!isMatch || !passes(guards, inner, place)) continue
      const result = run(chosen, inner, place)
      for (const [name, bound] of inner) scope.set(name, bound)
      return result
    }
    throw new ErlangError(reason())
  }

  const passes = (guards: readonly Body[], scope: Scope, place: Place): boolean =>
    guards.length === 0 || guards.some(guard => guard.every(test => isAtom(one(test, scope, place), 'true')))

  const attempt = (
    {body: tried, clauses, handlers}: Extract<Expression, {is: 'try'}>,
    scope: Scope,
    place: Place,
  ): Term => {
    let result: Term
    try {
      result = run(tried, new Map(scope), place)
    } catch (error) {
      if (!(error instanceof ErlangError)) throw error
      for (const handler of handlers) {
        const inner = new Map(scope)
        if (!matches(handler.kind, atom(error.kind), inner)) continue
        if (!matches(handler.patterns[0]!, error.reason, inner)) continue
        if (passes(handler.guards, inner, place)) return run(handler.body, inner, place)
      }
      throw error
    }
    return clauses.length === 0
      ? result
      : choose(clauses, [result], scope, place, () => tuple(atom('try_clause'), result))
  }

  return run(body, new Map(), start)
}

/** Binds what the pattern names. `isFresh`: its variables are new ones, as in generators. */
function matches(pattern: Expression, value: Term, scope: Scope, isFresh = false): boolean {
  switch (pattern.is) {
    case 'variable': {
      if (pattern.name === '_') return true
      const bound = isFresh ? undefined : scope.get(pattern.name)
      if (bound !== undefined) return isSame(bound, value)
      scope.set(pattern.name, value)
      return true
    }
    case 'tuple':
      return (
        isTuple(value) &&
        value.tuple.length === pattern.items.length &&
        pattern.items.every((item, at) => matches(item, value.tuple[at]!, scope, isFresh))
      )
    case 'list': {
      const items = elements(value)
      const {items: wanted, tail} = pattern
      if (!items || items.length < wanted.length || (!tail && items.length > wanted.length)) return false
      return (
        wanted.every((item, at) => matches(item, items[at]!, scope, isFresh)) &&
        (!tail || matches(tail, list(items.slice(wanted.length)), scope, isFresh))
      )
    }
    case 'match':
      return matches(pattern.pattern, value, scope, isFresh) && matches(pattern.value, value, scope, isFresh)
    case 'atom':
      return isAtom(value, pattern.name)
    case 'literal':
      return isSame(pattern.value, value)
    case 'string':
      return isSame(pattern.text, value)
    default:
      return false
  }
}

const closureTerm = <Place>(closure: Closure<Place>): Handle => ({
  handle: closure,
  shown: '#Fun<erl_eval.43.3316493>',
})

const closureOf = <Place>(term: Term): Closure<Place> | undefined =>
  typeof term === 'object' && 'handle' in term && typeof term.handle === 'function'
    ? (term.handle as Closure<Place>)
    : undefined

const cons = (items: readonly Term[], tail: Term): Term => {
  const rest = elements(tail)
  return rest ? list([...items, ...rest]) : {list: items, tail}
}
