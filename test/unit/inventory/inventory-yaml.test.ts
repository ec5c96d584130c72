/** YAML of others: read, or refused with its place, in time that grows with the text and no faster. */
import {describe, expect, it} from 'vitest'
import {hostNames} from '../../../src/inventory/host-names.ts'
import {loadInventory} from '../../../src/inventory/load.ts'

const head = 'version: 1\ncluster: c\n'
const size = 150_000
const many = (line: (at: number) => string): string => {
  let text = head
  for (let at = 0; text.length < size; at += 1) text += line(at)
  return text
}

/** ms of this process: of 400 KB, each of these took from 16 to 84 seconds */
const soon = 5000

describe('an inventory of 150 KB', () => {
  it.each<[string, string, RegExp]>([
    ['many keys in one map', many(at => `k${at}: 1\n`), /hosts is missing/],
    ['many keys in one flow map', `${many(at => (at === 0 ? 'hosts: {' : `k${at}: 1, `))}}`, /hosts: /],
    [
      'anchors and aliases',
      many(at => (at === 0 ? 'hosts:\n' : `- &a${at} x\n- *a${at}\n`)),
      /more than 100 aliases/,
    ],
    ['errors', many(() => '- }\n'), /./],
    ['escapes that are none', `${head}x: "${'\\q'.repeat(size / 2)}"\n`, /./],
    ['the same key again and again', many(() => 'k: 1\n'), /the same key stands twice/],
    ['keys that are lists', many(at => `? [a${at}]\n: 1\n`), /a word is expected as a key/],
    ['tags', many(at => `k${at}: !t x\n`), /a tag/],
  ])(
    'with %s is refused soon, with the first of what is wrong',
    (_, text, says) => {
      const began = process.cpuUsage()

      const {problems} = loadInventory(text, 'i.yaml', '/home/op')

      const {user, system} = process.cpuUsage(began)
      expect((user + system) / 1000).toBeLessThan(soon)
      expect(problems[0]).toMatchObject({file: 'i.yaml', message: expect.stringMatching(says)})
      expect(problems.length).toBeLessThanOrEqual(50)
    },
    120_000,
  )
})

describe('tags and keys', () => {
  const problem = (text: string) => loadInventory(head + text, 'i.yaml', '/').problems[0]

  it.each([
    ['hosts: !evil [{name: a, address: b}]\n', 3, 14],
    ['hosts: [{name: !!str a, address: b}]\n', 3, 22],
    ['hosts: [!!map {name: a, address: b}]\n', 3, 15],
    ['hosts: !!seq [{name: a, address: b}]\n', 3, 14],
  ])('%j is refused for its tag, with its place', (text, line, column) => {
    expect(problem(text)).toMatchObject({message: expect.stringContaining('a tag'), line, column})
  })

  it('a key that is a map, with control characters or not, is refused and warned of by no one else', () => {
    const warned: unknown[] = []
    const listen = (warning: unknown): void => void warned.push(warning)
    process.on('warning', listen)
    expect(problem('? {a: "\\x9b"}\n: 1\nhosts: []\n')).toMatchObject({
      message: 'a word is expected as a key',
    })
    process.off('warning', listen)
    expect(warned).toEqual([])
  })

  it('completion finds no names in what is refused', () => {
    expect(hostNames('hosts: !evil [{name: a}]\n')).toEqual({names: [], locations: []})
    expect(hostNames('hosts: [{name: a}]\n')).toEqual({names: ['a'], locations: []})
  })

  it('a few aliases are read', () => {
    const {inventory} = loadInventory(
      `${head}hosts:\n  - {name: a, address: 10.0.0.1, ssh: &s {user: x}}\n  - {name: b, address: 10.0.0.2, ssh: *s}\n`,
      'i.yaml',
      '/',
    )
    expect(inventory?.hosts[1]?.ssh.user).toBe('x')
  })
})
