/** Takes terms apart with a path for the error: `owners[3]: an atom is expected, not 12`. */
import {isHeldLocation, isNodeName} from '../../names.ts'
import type {NodeName} from '../../ring/ring.ts'
import type {Term} from './term.ts'

export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

export type Decoder<T> = (term: Term, path: string) => T

const fail = (path: string, expected: string, term: Term): never => {
  throw new DecodeError(`${path}: ${expected} is expected, not ${brief(term)}`)
}

/** A term in a few words, for messages. */
export function brief(term: Term): string {
  const words = named(term)
  return words.length > 80 ? `${words.slice(0, 80)} ...` : words
}

function named(term: Term): string {
  if (typeof term === 'object') {
    if ('atom' in term) return term.atom
    if ('tuple' in term) return `a tuple of ${term.tuple.length}`
    if ('list' in term) return `a list of ${term.list.length}`
    return 'map' in term ? 'a map' : 'binary' in term ? 'a binary' : term.opaque
  }
  return typeof term === 'string' ? JSON.stringify(term.slice(0, 40)) : String(term)
}

export const isAtom = (term: Term, name: string): boolean =>
  typeof term === 'object' && 'atom' in term && term.atom === name

export const atom: Decoder<string> = (term, path) =>
  typeof term === 'object' && 'atom' in term ? term.atom : fail(path, 'an atom', term)

export const nodeName: Decoder<NodeName> = (term, path) => {
  const name = atom(term, path)
  return isNodeName(name) ? name : fail(path, 'a node name', term)
}

export const location: Decoder<string> = (term, path) => {
  const name = text(term, path)
  return isHeldLocation(name) ? name : fail(path, 'a location not beginning with -', term)
}

export const boolean: Decoder<boolean> = (term, path) =>
  isAtom(term, 'true') ? true : isAtom(term, 'false') ? false : fail(path, 'true or false', term)

/** An integer that JavaScript holds exactly. */
export const integer: Decoder<number> = (term, path) =>
  typeof term === 'number' && Number.isInteger(term) ? term : fail(path, 'an integer', term)

export const number: Decoder<number> = (term, path) =>
  typeof term === 'number' ? term : fail(path, 'a number', term)

export const big: Decoder<bigint> = (term, path) =>
  typeof term === 'bigint'
    ? term
    : typeof term === 'number' && Number.isInteger(term)
      ? BigInt(term)
      : fail(path, 'an integer', term)

/** No path and no name that a host tells is longer. */
const longestText = 4096

/** `"abc"`, or the same as a list of code points. */
export const text: Decoder<string> = (term, path) => {
  const found =
    typeof term === 'object' && 'list' in term && term.tail === undefined && term.list.length <= longestText
      ? String.fromCodePoint(...term.list.map((code, at) => codePoint(code, `${path}[${at}]`)))
      : term
  return typeof found === 'string' && found.length <= longestText
    ? found
    : fail(path, `a string of at most ${longestText} characters`, term)
}

/** A release, or what is as short: as long as one may be in a snapshot's file. */
export const label: Decoder<string> = (term, path) => {
  const found = text(term, path)
  return found.length <= 500 ? found : fail(path, 'a string of at most 500 characters', term)
}

const codePoint: Decoder<number> = (term, path) => {
  const code = integer(term, path)
  return code >= 0 && code <= 0x10ffff ? code : fail(path, 'a character', term)
}

export const list =
  <T>(item: Decoder<T>): Decoder<T[]> =>
  (term, path) => {
    // a list of small integers is printed as a string
    if (typeof term === 'string')
      return Array.from(term, (char, at) => item(char.codePointAt(0)!, `${path}[${at}]`))
    if (typeof term !== 'object' || !('list' in term) || term.tail !== undefined)
      return fail(path, 'a list', term)
    return term.list.map((each, at) => item(each, `${path}[${at}]`))
  }

export const tuple =
  <T extends readonly unknown[]>(...items: {readonly [K in keyof T]: Decoder<T[K]>}): Decoder<T> =>
  (term, path) => {
    if (typeof term !== 'object' || !('tuple' in term) || term.tuple.length !== items.length)
      return fail(path, `a tuple of ${items.length}`, term)
    return term.tuple.map((each, at) => items[at]!(each, `${path}.${at}`)) as unknown as T
  }

/** A proplist as a map by name; keys that repeat keep the first, as `proplists:get_value/2` does. */
export const properties: Decoder<ReadonlyMap<string, Term>> = (term, path) => {
  const found = new Map<string, Term>()
  for (const [key, value] of list(tuple(atom, anything))(term, path))
    if (!found.has(key)) found.set(key, value)
  return found
}

export const anything: Decoder<Term> = term => term

/** The decoded value, or undefined where Riak says `undefined` or the key is not there. */
export const optional =
  <T>(item: Decoder<T>): ((term: Term | undefined, path: string) => T | undefined) =>
  (term, path) =>
    term === undefined || isAtom(term, 'undefined') ? undefined : item(term, path)

/** The value of a key that must be there. */
export function required<T>(from: ReadonlyMap<string, Term>, key: string, item: Decoder<T>, path: string): T {
  const term = from.get(key)
  if (term === undefined) throw new DecodeError(`${path}.${key} is missing`)
  return item(term, `${path}.${key}`)
}
