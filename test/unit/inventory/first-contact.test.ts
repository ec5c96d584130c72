/** What people write into their first inventory, and what is said of it. */
import {describe, expect, it} from 'vitest'
import {loadInventory} from '../../../src/inventory/load.ts'

const load = (text: string) =>
  loadInventory(`version: 1\ncluster: c\n${text}`, '/etc/ringup/ring.yaml', '/home/ops')
const host = (fields: string): string => `  - { ${fields} }\n`

describe('a first inventory', () => {
  it.each([
    [
      'an address that is none',
      host('name: r1, address: 10.0.0.300'),
      'r1: 10.0.0.300 is no IPv4 address: it has 300, above 255',
    ],
    [
      'zeros before a number',
      host('name: r1, address: 10.20.0.011'),
      'r1: 10.20.0.011 is no IPv4 address: it has 011, with a zero before it',
    ],
    [
      'three numbers',
      host('name: r1, address: 10.20.0'),
      'r1: 10.20.0 is no IPv4 address: it has not four numbers',
    ],
    [
      'names that differ in capitals',
      host('name: Riak1, address: 10.0.0.1') + host('name: riak1, address: 10.0.0.2'),
      'riak1 and Riak1 differ in capitals only',
    ],
    ['a name that is a number', host('name: 01, address: 10.0.0.1'), 'hosts[0].name: a name is expected'],
    [
      'two documents',
      `${host('name: r1, address: 10.0.0.1')}---\nversion: 1\n`,
      'a second document begins here, and an inventory is one',
    ],
    [
      'two nodes in one folder',
      host('name: r1, address: 10.0.0.1, riak: { nodeName: dev1@10.0.0.1 }') +
        host('name: r2, address: 10.0.0.1, riak: { nodeName: dev2@10.0.0.1 }'),
      'r2 and r1 have the same address: 10.0.0.1 port 22, data /var/lib/riak',
    ],
  ])('with %s', (_, hosts, message) => {
    const {problems} = load(`hosts:\n${hosts}`)
    expect(problems.map(problem => problem.message)).toEqual([message])
    expect(problems[0]!.line).toBeGreaterThan(3)
  })

  it('says how a number is written as a name', () => {
    expect(load(`hosts:\n${host('name: 01, address: 10.0.0.1')}`).problems[0]!.suggestion).toBe(
      'YAML reads it as a number: write it in quotes, as "01"',
    )
  })

  it('finds files from where it lies, from home, and from the root', () => {
    const {inventory} = load(
      `ssh: { identityFile: keys/id, knownHostsFile: ~/kh, configFile: none }\nhosts:\n${host('name: r1, address: 10.0.0.1')}`,
    )
    expect(inventory!.hosts[0]!.ssh).toMatchObject({
      identityFile: '/etc/ringup/keys/id',
      knownHostsFile: '/home/ops/kh',
      configFile: 'none',
    })
  })

  it('may have two nodes on one host, as the tutorial makes them', () => {
    const {inventory, problems} = load(
      `hosts:\n${[1, 2]
        .map(n =>
          host(
            `name: dev${n}, address: 127.0.0.1, riak: { nodeName: dev${n}@127.0.0.1, command: /opt/dev${n}/bin/riak, dataDir: /opt/dev${n}/data }`,
          ),
        )
        .join('')}`,
    )
    expect(problems).toEqual([])
    expect(inventory!.hosts.map(({node}) => node)).toEqual(['dev1@127.0.0.1', 'dev2@127.0.0.1'])
  })
})
