/** What limits were before ringup changed them: whose they are, and that one cluster's record is never another's. */
import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {
  clearThrottle,
  readThrottle,
  saveThrottle,
  type ThrottleRecord,
  type Whose,
} from '../../../src/state/throttle.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringup-throttle-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const ring = 'riak@a/1764335462.123456'
const nodes = (letters: string): string[] => [...letters].map(letter => `riak@${letter}`)
const whose = (name: string, letters: string, label = 'riak'): Whose => ({
  name,
  members: nodes(letters),
  label,
})
const record = (letters: string, change: Partial<ThrottleRecord> = {}): ThrottleRecord => ({
  v: 1,
  cluster: 'riak',
  command: 'throttle set',
  host: 'desk',
  pid: 1,
  since: 1_700_000_000_000,
  originals: nodes(letters).map(node => ({
    node,
    transferLimit: 2,
    clusterLimit: null,
    inbound: true,
    outbound: true,
  })),
  ...change,
})
const files = (): string[] => readdirSync(join(folder, 'throttle')).sort()

it('finds the record that began on a road without names, and keeps it in its file', () => {
  saveThrottle(folder, record('abc'))
  expect(readThrottle(folder, whose(ring, 'abcd'))).toEqual(record('abc'))

  saveThrottle(folder, record('abcd', {ring}))
  expect(files()).toEqual(['riak%40a.json'])
  expect(readThrottle(folder, whose('unknown', 'bcd', 'Prod'))).toEqual(record('abcd', {ring}))
})

it("keeps apart a ring made of another one's disks, which has its name", () => {
  saveThrottle(folder, record('abc', {ring}))
  saveThrottle(folder, record('xyz', {ring}))

  expect(files()).toHaveLength(2)
  expect(readThrottle(folder, whose(ring, 'abc'))).toEqual(record('abc', {ring}))
  clearThrottle(folder, whose(ring, 'xyz'))
  expect(readThrottle(folder, whose(ring, 'xyz'))).toBeUndefined()
  expect(readThrottle(folder, whose(ring, 'abc'))).toEqual(record('abc', {ring}))
})

it('takes the oldest of two of one ring, and clears both', () => {
  saveThrottle(folder, record('abc', {ring, since: 2}))
  writeFileSync(join(folder, 'throttle', 'riak.json'), JSON.stringify(record('abc', {since: 1})))

  expect(readThrottle(folder, whose(ring, 'abc'))).toMatchObject({since: 1})
  clearThrottle(folder, whose(ring, 'abc'))
  expect(files()).toEqual([])
})

it.each([
  ['its own, by the name of the ring', `${ring}.json`, true],
  ['its own, by a node', 'riak@b.json', true],
  ['what may be its own, by the label', 'riak.json', true],
  ['of another ring', 'riak@a/1764335463.000000.json', false],
  ['of another label', 'staging.json', false],
  ['of a name that is none', '%E0%A4%A.json', false],
])('a damaged file stops only whom it may belong to: %s', (_, name, stops) => {
  mkdirSync(join(folder, 'throttle'))
  const file = name.startsWith('%') ? name : `${encodeURIComponent(name.slice(0, -'.json'.length))}.json`
  writeFileSync(join(folder, 'throttle', file), '{"v":1,')
  const read = () => readThrottle(folder, whose(ring, 'abc'))

  if (stops) {
    expect(read).toThrow('cannot be read')
    expect(() => saveThrottle(folder, record('abc', {ring}))).toThrow('cannot be read')
  } else {
    expect(read()).toBeUndefined()
    saveThrottle(folder, record('abc', {ring}))
    expect(read()).toEqual(record('abc', {ring}))
  }
})
