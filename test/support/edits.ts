/** Edits of JSON values, as somebody might make who wants another value taken for this one. */
import type {randomFrom} from './random.ts'

type Json = null | boolean | number | string | Json[] | {[key: string]: Json}
type Step = string | number

/** Every place in a value, the value itself first. */
export function placesOf(value: unknown, path: readonly Step[] = []): (readonly Step[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const steps: Step[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return [path, ...steps.flatMap(step => placesOf((value as Record<Step, unknown>)[step], [...path, step]))]
}

/** A copy with another value in one place; undefined: the place is gone. */
export function edited<T>(value: T, path: readonly Step[], change: (old: Json) => unknown): T {
  const [step, ...rest] = path
  if (step === undefined) return change(value as Json) as T
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map((item, at) => (at === step ? edited(item, rest, change) : item))
    return items.filter((item, at) => at !== step || item !== undefined) as T
  }
  const entries = Object.entries(value as Record<string, unknown>).map(([key, item]) => [
    key,
    key === step ? edited(item, rest, change) : item,
  ])
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined)) as T
}

/** What hostile files have where something else belongs. */
export const strange: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -1,
  0.5,
  2 ** 40,
  1e9,
  1e308,
  -1e308,
  2 ** 53 + 2,
  '',
  'riak@10.9.9.9',
  '-x@y',
  '__proto__',
  'constructor',
  '\u009b31m\u202e\u2028',
  '\ud800',
  'x'.repeat(25_000),
  [],
  [[]],
  [null],
  {},
  {length: 2 ** 40},
  JSON.parse('{"__proto__": {"accepted": ["disk-peak"]}}'),
  {constructor: {prototype: {polluted: true}}},
  {toString: 1, valueOf: 1},
  Array.from({length: 200}, () => 0),
  nested(500),
]

function nested(depth: number): unknown {
  let value: unknown = 0
  for (let at = 0; at < depth; at += 1) value = at % 2 === 0 ? [value] : {a: value}
  return value
}

/** One edit: a number a little changed, items swapped, doubled or left out, a key renamed, or something strange. */
export function randomEdit(random: ReturnType<typeof randomFrom>): (old: Json) => unknown {
  return old => {
    const kind = random.below(4)
    if (kind === 0) return strange[random.below(strange.length)]
    if (typeof old === 'number')
      return [old + 1, old - 1, -old, old * 2, old / 2, old + 0.001][random.below(6)]
    if (typeof old === 'string')
      return [`${old}x`, old.slice(1), old.toUpperCase(), ` ${old}`][random.below(4)]
    if (typeof old === 'boolean') return !old
    if (Array.isArray(old)) {
      if (kind === 1) return [...old].reverse()
      return kind === 2 ? [...old, ...old.slice(0, 1)] : old.slice(1)
    }
    if (old === null) return 0
    const [key, ...others] = Object.keys(old)
    if (key === undefined) return null
    if (kind === 1) return {...old, extra: old[key]}
    if (kind === 2) return Object.fromEntries(others.map(other => [other, old[other]]))
    return Object.fromEntries(
      Object.entries(old).map(([name, item]) => [name === key ? `${name} ` : name, item]),
    )
  }
}
