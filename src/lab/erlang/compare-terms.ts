/** When two terms are the same to Erlang, and which comes first. */
import {ErlangError} from './erlang-error.ts'
import {printAtom} from './print-term.ts'
import {atom, elements, isAtom, isTuple, type Term} from './term.ts'

export const isSame = (a: Term, b: Term): boolean => a === b || keyOf(a) === keyOf(b)

/** A text that two terms share only when they are equal. */
export function keyOf(term: Term): string {
  if (typeof term === 'number' || typeof term === 'bigint') return String(term)
  const items = elements(term)
  if (items) return `[${items.map(keyOf).join()}]`
  if (typeof term === 'string') return JSON.stringify(term)
  if ('atom' in term) return printAtom(term.atom)
  if ('tuple' in term) return `{${term.tuple.map(keyOf).join()}}`
  if ('list' in term) return `[${term.list.map(keyOf).join()}|${keyOf(term.tail!)}]`
  if ('float' in term) return `${term.float}f`
  return 'pid' in term ? `<${term.pid.node} ${term.pid.process}>` : term.shown
}

/** Erlang's order for what is compared here: numbers, then atoms, tuples by size, lists. */
export function compareTerms(a: Term, b: Term): number {
  const [first, second] = [rankOf(a), rankOf(b)]
  if (first !== second) return first - second
  if (first === 0) return numberOf(a) - numberOf(b)
  if (isAtom(a) && isAtom(b)) return a.atom < b.atom ? -1 : a.atom > b.atom ? 1 : 0
  const [items, others] = [partsOf(a), partsOf(b)]
  if (isTuple(a) && items.length !== others.length) return items.length - others.length
  for (const [at, item] of items.entries()) {
    const other = others[at]
    if (other === undefined) return 1
    const order = compareTerms(item, other)
    if (order !== 0) return order
  }
  return items.length - others.length
}

const partsOf = (term: Term): readonly Term[] => (isTuple(term) ? term.tuple : (elements(term) ?? []))

const rankOf = (term: Term): number => {
  if (typeof term === 'number' || typeof term === 'bigint') return 0
  if (typeof term === 'string' || 'list' in term) return 4
  if ('float' in term) return 0
  return 'atom' in term ? 1 : 'tuple' in term ? 3 : 2
}

export function numberOf(term: Term): number {
  if (typeof term === 'number' || typeof term === 'bigint') return Number(term)
  if (typeof term === 'object' && 'float' in term) return term.float
  throw new ErlangError(atom('badarith'))
}
