/** Erlang terms as the practice node holds and prints them. A list of characters is a JavaScript string. */

export type Term =
  | number
  | bigint
  | string
  | Float
  | Atom
  | Tuple
  | List
  | Pid
  /** a value that Erlang code passes on without looking into it, as a ring or a fun */
  | Handle

/** a number of which Erlang knows that it is a float, also when it has no fraction */
export type Float = {readonly float: number}
export type Atom = {readonly atom: string}
export type Tuple = {readonly tuple: readonly Term[]}
/** `tail`: only of an improper list */
export type List = {readonly list: readonly Term[]; readonly tail?: Term}
export type Pid = {
  readonly pid: {
    readonly node: string
    /** `25642.1` */
    readonly process: string
    /** how the node that prints it numbers the pid's node; 0 for its own */
    readonly number: number
  }
}
export type Handle = {readonly handle: unknown; readonly shown: string}

const atoms = new Map<string, Atom>()

export function atom(name: string): Atom {
  const known = atoms.get(name) ?? {atom: name}
  atoms.set(name, known)
  return known
}

export const tuple = (...items: readonly Term[]): Tuple => ({tuple: items})
export const list = (items: readonly Term[]): List => ({list: items})
export const float = (value: number): Float => ({float: value})

/** `{key, value}` pairs. */
export const proplist = (entries: readonly (readonly [string, Term])[]): List =>
  list(entries.map(([key, value]) => tuple(atom(key), value)))

export const truth = (value: boolean): Atom => atom(String(value))
export const undefinedAtom = atom('undefined')

export const isAtom = (term: Term, name?: string): term is Atom =>
  typeof term === 'object' && 'atom' in term && (name === undefined || term.atom === name)
export const isTuple = (term: Term): term is Tuple => typeof term === 'object' && 'tuple' in term
export const isList = (term: Term): term is List => typeof term === 'object' && 'list' in term

/** The elements of a proper list, characters of a string included; undefined for anything else. */
export function elements(term: Term): readonly Term[] | undefined {
  if (typeof term === 'string') return Array.from(term, character => character.codePointAt(0)!)
  return isList(term) && term.tail === undefined ? term.list : undefined
}
