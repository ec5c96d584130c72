/** A host that calls a node what could become an option, a line of a file or part of a page is not believed. */
import {describe, expect, it} from 'vitest'
import {adoptedText} from '../../src/inventory/adopted-text.ts'
import {loadInventory} from '../../src/inventory/load.ts'
import {decodeSnapshot} from '../../src/riak/snapshot-eval.ts'
import {readTerm} from '../../src/riak/term.ts'
import {isNodeName} from '../../src/ring/ring.ts'

const bad = [
  '-oProxyCommand=x@y',
  '--all',
  'riak@a\nssh: {user: root}',
  'riak@a, ssh: {user: root}',
  'riak@\x1b[31m',
  'riak@a b',
  'riak@$(id)',
  'riak',
  'riak@-x',
  '<b>@a',
  '',
]

const answer = (
  change: Partial<Record<'owner' | 'member' | 'claimant' | 'asked' | 'to', string>> = {},
  partitions = 2,
) => {
  const {owner = 'riak@a', member = 'riak@a', claimant = 'riak@a', asked = 'riak@a', to = 'riak@a'} = change
  const atom = (name: string): string => `'${name.replaceAll("'", "\\'")}'`
  return `{ringup,1,[{node,${atom(asked)}},{partitions,${partitions}},{members,[{${atom(member)},valid}]},{owners,[${atom(owner)},'riak@a']},{claimant,${atom(claimant)}},{pending,[{0,'riak@a',${atom(to)},[],awaiting}]},{locations,[]},{location_changed,false},{env,[]},{nodes,[]}]}`
}

describe('names of nodes', () => {
  it.each(bad)('%j is none', name => {
    expect(isNodeName(name)).toBe(false)
    for (const field of ['owner', 'member', 'claimant', 'asked', 'to'] as const)
      expect(() => decodeSnapshot(readTerm(answer({[field]: name})), 0), field).toThrow(
        'a node name is expected',
      )
  })

  it('that are usual are read', () => {
    expect(decodeSnapshot(readTerm(answer()), 0).ring.owners).toEqual(['riak@a', 'riak@a'])
    for (const name of ['riak@10.0.0.1', 'dev_1@host-2.example.net', 'riak@127.0.0.1'])
      expect(isNodeName(name)).toBe(true)
  })

  it('and a number of partitions that is not that of their owners is not believed', () => {
    for (const partitions of [1, 4, 2 ** 40])
      expect(() => decodeSnapshot(readTerm(answer({}, partitions)), 0)).toThrow(
        /owners for \d+ partitions|not the index/,
      )
  })

  it('stand in an adopted inventory as one line, whatever the release is called', () => {
    const text = adoptedText({
      cluster: 'c',
      ssh: {
        user: undefined,
        port: undefined,
        identityFile: undefined,
        knownHostsFile: undefined,
        proxyJump: [],
      },
      riak: {
        command: 'sudo riak',
        dataDir: '/x\n y',
        version: '3.2.3\nssh:\n  configFile: /tmp/evil\n#\u2028',
      },
      hosts: [{node: 'riak@10.0.0.1', location: 'rack\n  - { name: evil, address: evil }'}],
    })

    expect(text).not.toMatch(/^ssh:/m)
    expect(text).not.toMatch(/^ {2}- \{ name: evil/m)
    expect(loadInventory(text, 'i.yaml', '/').inventory).toBeUndefined()
  })
})
