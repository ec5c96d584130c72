/** Erlang's operators on terms: comparisons, lists, booleans, and arithmetic on integers of any size. */
import {compareTerms, isSame, numberOf} from './compare-terms.ts'
import {ErlangError, itemsOf} from './erlang-error.ts'
import type {Expression} from './parse-expression.ts'
import {atom, float, isAtom, list, type Term, truth, tuple} from './term.ts'

export function operate(
  {name, operands}: Extract<Expression, {is: 'operator'}>,
  value: (part: Expression) => Term,
): Term {
  const first = value(operands[0]!)
  if (operands.length === 1) {
    if (name === 'not') return truth(!isTrue(first))
    return arithmetic('-', name === '-' ? 0 : first, name === '-' ? first : 0)
  }
  if (name === 'andalso') return isTrue(first) ? value(operands[1]!) : first
  if (name === 'orelse') return isTrue(first) ? first : value(operands[1]!)
  const second = value(operands[1]!)
  switch (name) {
    case '=:=':
      return truth(isSame(first, second))
    case '==':
      return truth(isSame(first, second) || isEqual(first, second))
    case '/=':
      return truth(!isSame(first, second) && !isEqual(first, second))
    case '=/=':
      return truth(!isSame(first, second))
    case '<':
      return truth(compareTerms(first, second) < 0)
    case '>':
      return truth(compareTerms(first, second) > 0)
    case '=<':
      return truth(compareTerms(first, second) <= 0)
    case '>=':
      return truth(compareTerms(first, second) >= 0)
    case '++':
      return list([...itemsOf(first), ...itemsOf(second)])
    case '--': {
      const left = [...itemsOf(first)]
      for (const item of itemsOf(second)) {
        const at = left.findIndex(other => isSame(other, item))
        if (at >= 0) left.splice(at, 1)
      }
      return list(left)
    }
    case 'and':
      return truth(isTrue(first) && isTrue(second))
    case 'or':
      return truth(isTrue(first) || isTrue(second))
    default:
      return arithmetic(name, first, second)
  }
}

/** Numbers alone may be equal and not the same: 1 and 1.0. */
const isEqual = (first: Term, second: Term): boolean =>
  isNumber(first) && isNumber(second) && numberOf(first) === numberOf(second)

const isNumber = (term: Term): boolean =>
  typeof term === 'number' || typeof term === 'bigint' || (typeof term === 'object' && 'float' in term)

function arithmetic(name: string, first: Term, second: Term): Term {
  const isWhole = (term: Term): term is number | bigint =>
    typeof term === 'number' || typeof term === 'bigint'
  if (isWhole(first) && isWhole(second) && name !== '/') {
    const [a, b] = [BigInt(first), BigInt(second)]
    if ((name === 'div' || name === 'rem') && b === 0n) throw new ErlangError(atom('badarith'))
    const results: Readonly<Record<string, () => bigint>> = {
      '+': () => a + b,
      '-': () => a - b,
      '*': () => a * b,
      div: () => a / b,
      rem: () => a % b,
    }
    const result = results[name]?.()
    if (result === undefined) throw new ErlangError(atom('badarith'))
    return BigInt(Number(result)) === result && Number.isSafeInteger(Number(result)) ? Number(result) : result
  }
  const [a, b] = [numberOf(first), numberOf(second)]
  if (name === '/' && b !== 0) return float(a / b)
  if (name === '+') return float(a + b)
  if (name === '-') return float(a - b)
  if (name === '*') return float(a * b)
  throw new ErlangError(atom('badarith'))
}

const isTrue = (term: Term): boolean => {
  if (isAtom(term, 'true')) return true
  if (isAtom(term, 'false')) return false
  throw new ErlangError(tuple(atom('badarg'), term))
}
