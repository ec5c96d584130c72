/**
 * Terms as `io_lib`'s `~p` lays them out: on one line if they fit; else one part under the other, where leaves still
 * share lines and a tagged tuple's parts stand under its second one, or four columns in when that is too far right.
 * Riak's node lists, errors and eval answers all have this shape, so every blank of it counts.
 */
import {printAtom, printLeaf} from './print-term.ts'
import {elements, type Term} from './term.ts'

const lineLength = 80

/** The term, beginning at a column (from 1). */
export function printPretty(term: Term, column = 1): string {
  const form = formOf(term)
  const {length} = form
  if (length < lineLength - column) return flat(form)
  for (const tagIndent of [-1, 4]) {
    try {
      return layOut(form, start(column, length, tagIndent, true))
    } catch (error) {
      if (!(error instanceof TooFarRight)) throw error
    }
  }
  return layOut(form, start(column, length, 1, false))
}

/** `~p` after so much text on the line. */
export const printAfter = (text: string, term: Term): string => text + printPretty(term, text.length + 1)

class TooFarRight extends Error {}

type Form = Leaf | Compound
type Leaf = {readonly text: string; readonly length: number; readonly parts?: undefined}
type Compound = {
  readonly parts: readonly Form[]
  readonly tail: Form | undefined
  readonly kind: 'list' | 'tuple' | 'tagged'
  readonly length: number
}

function formOf(term: Term): Form {
  if (typeof term === 'object' && 'tuple' in term) {
    if (term.tuple.length === 0) return leaf('{}')
    const [first] = term.tuple
    const isTagged = term.tuple.length > 1 && typeof first === 'object' && 'atom' in first
    return compound(isTagged ? 'tagged' : 'tuple', term.tuple)
  }
  if (typeof term === 'object' && 'list' in term) {
    if (term.list.length === 0) return leaf('[]')
    const characters = printableText(term)
    return characters === undefined ? compound('list', term.list, term.tail) : leaf(printLeaf(characters))
  }
  return leaf(typeof term === 'object' && 'atom' in term ? printAtom(term.atom) : printLeaf(term))
}

/** A list of printable character codes is a string to Erlang. */
function printableText(term: Term): string | undefined {
  const codes = elements(term)
  if (!codes?.every(code => typeof code === 'number' && isPrintable(code))) return undefined
  return String.fromCodePoint(...(codes as readonly number[]))
}

const isPrintable = (code: number): boolean =>
  (code >= 32 && code < 127) || (code >= 160 && code < 256) || (code >= 8 && code <= 13) || code === 27

const leaf = (text: string): Leaf => ({text, length: text.length})

function compound(kind: Compound['kind'], items: readonly Term[], last?: Term): Compound {
  const parts = items.map(formOf)
  const tail = last === undefined ? undefined : formOf(last)
  const all = tail ? [...parts, tail] : parts
  const length = 2 + all.reduce((sum, part) => sum + part.length, 0) + Math.max(0, all.length - 1)
  return {kind, parts, tail, length}
}

const flat = (form: Form): string => {
  if (!form.parts) return form.text
  const inner = form.parts.map(flat).join(',') + (form.tail ? `|${flat(form.tail)}` : '')
  return form.kind === 'list' ? `[${inner}]` : `{${inner}}`
}

/** Where the pen is. */
type Place = {
  readonly column: number
  /** blanks before a new line's text */
  readonly indent: number
  /** brackets that close right after */
  readonly closing: number
  /** characters on this line already, without its indentation */
  readonly width: number
  /** most characters on a line, without its indentation */
  readonly most: number
  /** how far a tagged tuple's parts are indented; below 0: under the second part */
  readonly tagIndent: number
  /** give up when a tag reaches too far right */
  readonly strict: boolean
}

const start = (column: number, most: number, tagIndent: number, strict: boolean): Place => ({
  column,
  indent: column - 1,
  closing: 0,
  width: 0,
  most,
  tagIndent,
  strict,
})

const fits = (length: number, {column, closing, width, most}: Place): boolean =>
  length < lineLength - column - closing && length + width + closing <= most

function layOut(form: Form, place: Place): string {
  if (fits(form.length, place)) return flat(form)
  if (!form.parts) return form.text
  if (form.kind === 'tagged') return `{${layOutTagged(form, {...place, width: place.width + 1})}}`
  const inside = {...place, column: place.column + 1, indent: place.indent + 1, width: place.width + 1}
  const isList = form.kind === 'list'
  const inner = layOutParts(form.parts, form.tail, inside, isList ? '|' : ',')
  return isList ? `[${inner}]` : `{${inner}}`
}

function layOutTagged(form: Compound, place: Place): string {
  const [tag, ...rest] = form.parts as [Leaf, ...Form[]]
  const {column, indent, most, tagIndent} = place
  const under = tag.length + 2
  const isIndented = tagIndent > 0 && under > tagIndent
  const shift = isIndented ? tagIndent : under
  const at = column + shift
  const isGood = isIndented
    ? most + at <= lineLength || at <= lineLength / 2
    : most + at < lineLength || at < Math.floor(lineLength / 2)
  if (place.strict && !isGood) throw new TooFarRight()
  const inside = {...place, column: at, indent: indent + shift, width: place.width + tag.length}
  if (isIndented) return tag.text + layOutRest(rest, undefined, inside, column + under, ',')
  return `${tag.text},${layOutParts(rest, undefined, {...inside, width: inside.width + 1}, ',')}`
}

function layOutParts(
  [first, ...rest]: readonly Form[],
  tail: Form | undefined,
  place: Place,
  beforeTail: string,
): string {
  const [text, width] = layOutPart(first!, {...place, closing: depthAfter(rest.length, place.closing)})
  const inside = {...place, width: place.width + width}
  return text + layOutRest(rest, tail, inside, place.column + width, beforeTail)
}

/** @param column where the text has come to; `place.column` is where a new line begins */
function layOutRest(
  parts: readonly Form[],
  tail: Form | undefined,
  place: Place,
  column: number,
  beforeTail: string,
): string {
  let text = ''
  let {width} = place
  let at = column
  for (const [position, part] of parts.entries()) {
    const after = depthAfter(parts.length - 1 - position, place.closing)
    const length = part.length + 1
    const room = Math.max(1, after)
    if (!part.parts && length < lineLength - at - room && width + length + room <= place.most) {
      text += `,${part.text}`
      at += length
      width += length
      continue
    }
    const [laid, laidWidth] = layOutPart(part, {...place, closing: after, width: 0})
    text += `,\n${' '.repeat(place.indent)}${laid}`
    at = place.column + laidWidth
    width = laidWidth
  }
  return tail ? text + layOutTail(tail, {...place, width}, at, beforeTail) : text
}

function layOutTail(tail: Form, place: Place, column: number, before: string): string {
  const closing = place.closing + 1
  const length = tail.length + 1
  if (!tail.parts && length < lineLength - column - closing && length + place.width + closing <= place.most)
    return before + tail.text
  return `${before}\n${' '.repeat(place.indent)}${layOut(tail, {...place, closing, width: 0})}`
}

/** The text, and how many columns it takes; a compound one takes all that are left. */
function layOutPart(part: Form, place: Place): readonly [string, number] {
  if (!part.parts && fits(part.length, place)) return [part.text, part.length]
  return [layOut(part, place), lineLength]
}

const depthAfter = (partsLeft: number, closing: number): number => (partsLeft > 0 ? 0 : closing + 1)
