/**
 * A chain: numbered lines of JSON, each bound to all before it by a running digest, so that two copies can be compared
 * without their texts, and a copy that was torn or changed counts only as far as it is whole. A copy on a host is made
 * of segments, one line each, which are only ever appended: `NUMBER HEAD DATA`, where NUMBER counts the events up to its
 * end, HEAD is the digest there, and DATA the new lines, deflated with the text before them as the dictionary.
 */
import {createHash} from 'node:crypto'
import {constants, deflateRawSync, inflateRawSync} from 'node:zlib'

export type Chain = {
  /** without the end of the line */
  readonly lines: readonly string[]
  /** the digest after each line, in hex */
  readonly heads: readonly string[]
}

export const headOf = ({heads}: Chain): string => heads.at(-1) ?? ''

export function chainOf(lines: readonly string[]): Chain {
  const heads: string[] = []
  for (const line of lines) heads.push(nextHead(heads.at(-1) ?? '', line))
  return {lines, heads}
}

/** bytes of a journal after which its readings of progress are not kept on hosts any more */
const mostWithProgress = 200_000

/** Of a journal's lines those that are kept on hosts: all, but for the many readings of a run that goes on for days. */
export function keptLines(lines: readonly string[]): string[] {
  let size = 0
  return lines.filter(line => {
    if (size > mostWithProgress && line.includes('"type":"progress"')) return false
    size += line.length
    return true
  })
}

/** 96 bits: whoever has one host cannot make another text with the digest that a second host tells */
const nextHead = (before: string, line: string): string =>
  createHash('sha256').update(`${before}\n${line}`).digest('hex').slice(0, 24)

/** The first `count` events. */
export const firstOf = ({lines, heads}: Chain, count: number): Chain => ({
  lines: lines.slice(0, count),
  heads: heads.slice(0, count),
})

/** Whether the second goes on where the first ends, or is the first. */
export const continues = (first: Chain, second: Chain): boolean =>
  first.lines.length === 0 || second.heads[first.heads.length - 1] === headOf(first)

/** How many events two chains have in common. */
export function commonLength({heads: a}: Chain, {heads: b}: Chain): number {
  let [low, high] = [0, Math.min(a.length, b.length)]
  // what is common is common up to there
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (a[middle - 1] === b[middle - 1]) low = middle
    else high = middle - 1
  }
  return low
}

/** bytes of text that a dictionary may have */
const window = 32_768

/** What has to be appended to a copy that has the first `from` events. */
export function segmentOf({lines, heads}: Chain, from: number): string {
  const before = tailText(lines.slice(0, from))
  const text = Buffer.from(
    lines
      .slice(from)
      .map(line => `${line}\n`)
      .join(''),
  )
  const dictionary = before.length > 0 ? {dictionary: before} : {}
  const data = deflateRawSync(text, {level: constants.Z_BEST_COMPRESSION, ...dictionary})
  return `${heads.length} ${heads.at(-1)} ${data.toString('base64')}`
}

function tailText(lines: readonly string[]): Buffer {
  let [from, size] = [lines.length, 0]
  while (from > 0 && size < window) {
    from -= 1
    size += Buffer.byteLength(lines[from]!) + 1
  }
  return Buffer.from(
    lines
      .slice(from)
      .map(line => `${line}\n`)
      .join(''),
  ).subarray(-window)
}

export type ReadCopy = {
  readonly chain: Chain
  /** what is wrong after the chain; undefined: it is whole */
  readonly damage: 'torn' | 'changed' | 'too large' | undefined
}

/** bytes that a chain's text may have */
const mostText = 8_000_000

/** A copy as far as it is whole. @param text segments, each with its end of line */
export function readCopy(text: string): ReadCopy {
  const segments = text.split('\n')
  const rest = segments.pop()
  const lines: string[] = []
  const heads: string[] = []
  let size = 0
  const ended = (damage: ReadCopy['damage']): ReadCopy => ({chain: {lines, heads}, damage})
  for (const segment of segments) {
    const found = /^(\d{1,9}) ([0-9a-f]{24}) ([A-Za-z0-9+/]+={0,2})$/.exec(segment)
    if (!found) return ended(segment === segments.at(-1) ? 'torn' : 'changed')
    const [, number, head, data] = found
    let added: string
    try {
      const dictionary = tailText(lines)
      added = inflateRawSync(Buffer.from(data!, 'base64'), {
        maxOutputLength: mostText,
        ...(dictionary.length > 0 ? {dictionary} : {}),
      }).toString()
    } catch (error) {
      return ended((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'changed')
    }
    size += added.length
    if (size > mostText) return ended('too large')
    const fresh = added.split('\n')
    if (fresh.pop() !== '' || lines.length + fresh.length !== Number(number)) return ended('changed')
    const more: string[] = []
    for (const line of fresh) more.push(nextHead(more.at(-1) ?? heads.at(-1) ?? '', line))
    if (more.at(-1) !== head) return ended('changed')
    for (const line of fresh) lines.push(line)
    for (const one of more) heads.push(one)
  }
  return ended(rest === '' ? undefined : 'torn')
}
