/**
 * The order in which Erlang's `dict` lists its keys. riak_core counts partitions in dicts and reads them back as
 * lists, so this order decides who keeps a surplus partition and who receives a leaver's. It depends on the
 * names alone: OTP's linear hashing over `erlang:phash`.
 */
import type {NodeName} from '../ring.ts'

/** PJW over an atom's text: one unit a character up to U+00FF, its UTF-8 bytes beyond. */
export function atomHash(name: NodeName): number {
  let hash = 0
  const add = (unit: number): void => {
    hash = ((hash << 4) + unit) >>> 0
    const high = hash & 0xf0000000
    if (high !== 0) hash = (hash ^ (high >>> 24) ^ high) >>> 0
  }
  for (const character of name) {
    const point = character.codePointAt(0) ?? 0
    if (point <= 0xff) add(point)
    else for (const byte of utf8(point)) add(byte)
  }
  return hash
}

/** `erlang:phash` of a pair of atoms, before its last modulus */
export const pairHash = (first: number, second: number): number =>
  (Math.imul((Math.imul(first, 268440163) + second) | 0, 268439627) + 2) >>> 0

function utf8(point: number): number[] {
  const last = 0x80 | (point & 0x3f)
  if (point < 0x800) return [0xc0 | (point >> 6), last]
  const third = 0x80 | ((point >> 6) & 0x3f)
  if (point < 0x10000) return [0xe0 | (point >> 12), third, last]
  return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f), third, last]
}

const segment = 16
const keysPerSlot = 5

/** Distinct keys, given in the order they were inserted, as `dict:to_list` returns them. */
export function dictOrder<Key>(keys: readonly Key[], hashOf: (key: Key) => number): Key[] {
  const slots: {key: Key; hash: number}[][] = Array.from({length: segment}, () => [])
  let modulus = segment
  for (const [size, key] of keys.entries()) {
    const hash = hashOf(key)
    let slot = hash % modulus
    if (slot >= slots.length) slot -= modulus / 2
    slots[slot]!.push({key, hash})
    if (size + 1 <= keysPerSlot * slots.length) continue
    if (slots.length === modulus) modulus *= 2
    const split = slots.length - modulus / 2
    const moved = slots[split]!
    slots[split] = []
    slots.push([])
    for (const entry of moved) slots[entry.hash % modulus]!.push(entry)
  }
  return slots.flatMap(slot => slot.reverse().map(entry => entry.key))
}
