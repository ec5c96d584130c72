/** Erlang's exceptions as those of the evaluator, and the conversions that raise them. */
import {atom, elements, isAtom, list, type Term, tuple} from './term.ts'

export type ErrorClass = 'error' | 'exit' | 'throw'

export class ErlangError extends Error {
  override readonly name = 'ErlangError'
  readonly kind: ErrorClass
  readonly reason: Term

  constructor(reason: Term, kind: ErrorClass = 'error') {
    super('an Erlang exception')
    this.reason = reason
    this.kind = kind
  }
}

/** A function nobody has defined: `{undef,[{Module,Function,Args,[]}]}`. */
export const undefinedFunction = (module: string, name: string, args: readonly Term[]): ErlangError =>
  new ErlangError(tuple(atom('undef'), list([tuple(atom(module), atom(name), list(args), list([]))])))

export function itemsOf(term: Term): readonly Term[] {
  const items = elements(term)
  if (!items) throw new ErlangError(tuple(atom('bad_generator'), term))
  return items
}

export function atomName(term: Term): string {
  if (!isAtom(term)) throw new ErlangError(atom('badarg'))
  return term.atom
}
