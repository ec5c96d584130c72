import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {loadInventory} from '../../../src/inventory/load.ts'

const load = (text: string) => loadInventory(text, 'inventory.yaml', '/home/op')
const problems = (text: string): string[] =>
  load(text).problems.map(
    ({line, column, message, suggestion}) =>
      `${line}:${column} ${message}${suggestion ? ` (${suggestion})` : ''}`,
  )
const minimal = 'version: 1\ncluster: voxring\nhosts:\n  - { name: r01, address: 10.20.0.11 }\n'

describe('loadInventory', () => {
  it('fills in every default', () => {
    const {inventory} = load(minimal)

    expect(inventory).toEqual({
      file: 'inventory.yaml',
      cluster: 'voxring',
      concurrency: 64,
      limits: {diskPeak: 0.8, transferLimit: {min: 1, max: 8}},
      growth: {},
      hosts: [
        {
          name: 'r01',
          address: '10.20.0.11',
          node: 'riak@10.20.0.11',
          spare: false,
          ssh: {},
          riak: {command: ['sudo', 'riak'], dataDir: '/var/lib/riak', eval: true},
        },
      ],
    })
  })

  it('expands ranges, pairing names with addresses', () => {
    const {inventory} = load(
      'version: 1\ncluster: c\nhosts:\n  - { name: "r[02-11]", address: "10.20.0.[12-21]", location: rack-b }\n',
    )

    expect(inventory!.hosts.map(({name, node}) => `${name} ${node}`)).toEqual(
      Array.from({length: 10}, (_, at) => `r${String(at + 2).padStart(2, '0')} riak@10.20.0.${at + 12}`),
    )
    expect(inventory!.hosts.every(({location}) => location === 'rack-b')).toBe(true)
  })

  it('lets a host override what stands above', () => {
    const {inventory} = load(
      'version: 1\ncluster: c\nssh: { user: ops, port: 22, identityFile: ~/.ssh/key }\nriak: { command: sudo -n riak, nodeName: "{name}@example.net" }\nhosts:\n  - { name: a, address: 10.0.0.1 }\n  - { name: b, address: 10.0.0.2, ssh: { port: 2222 }, riak: { command: riak }, state: spare }\n',
    )

    const [a, b] = inventory!.hosts
    expect(a).toMatchObject({
      node: 'a@example.net',
      ssh: {user: 'ops', port: 22, identityFile: '/home/op/.ssh/key'},
      riak: {command: ['sudo', '-n', 'riak']},
    })
    expect(b).toMatchObject({
      node: 'b@example.net',
      spare: true,
      ssh: {user: 'ops', port: 2222},
      riak: {command: ['riak']},
    })
  })

  it('reads the example that comes with it', () => {
    const {inventory, problems} = load(
      readFileSync(new URL('../../../inventory.example.yaml', import.meta.url), 'utf8'),
    )

    expect(problems).toEqual([])
    expect(inventory!.hosts.length).toBeGreaterThan(10)
  })

  it('reports every problem at once, with its place', () => {
    const text = [
      'version: 2',
      'cluster: voxring',
      'rak: { command: sudo riak }',
      'ssh: { prt: 22, connectTimeout: 10 }',
      'limits: { diskPeak: 120% }',
      'hosts:',
      '  - { name: r01, address: 10.20.0.11, loction: rack-a }',
      '  - { name: r02 }',
      '  - { name: r03, address: "10.0.0.3; reboot" }',
      '',
    ].join('\n')

    expect(problems(text)).toEqual([
      '1:10 version: only 1 is known',
      '3:1 unknown key "rak" (did you mean riak?)',
      '4:8 unknown key "prt" in ssh (did you mean port?)',
      '4:33 ssh.connectTimeout: a duration with a unit is expected, as 10s, 5m or 6h',
      '5:21 limits.diskPeak: a percentage from 0% to 100% is expected',
      '7:39 unknown key "loction" in hosts[0] (did you mean location?)',
      '8:5 hosts[1].address is missing: an address is expected',
      '9:27 hosts[2].address: an IP address or a host name is expected, and at most one range as in 10.0.0.[12-21]',
    ])
  })

  it.each([
    [
      'a tab',
      'version: 1\ncluster: c\nhosts:\n\t- { name: a, address: b }\n',
      ['4:1 a tab is used to indent (indent with spaces)'],
    ],
    [
      'a key twice',
      'version: 1\nversion: 1\ncluster: c\nhosts: []\n',
      ['2:1 the same key stands twice in one map'],
    ],
    ['no hosts', 'version: 1\ncluster: c\nhosts: []\n', ['3:8 hosts: at least one host is expected']],
    ['nothing', '', ['1:1 the inventory: a map of settings is expected']],
  ])('refuses %s', (_, text, expected) => expect(problems(text)).toEqual(expected))

  it('finds hosts that clash, also inside ranges', () => {
    const hosts = (lines: string[]) =>
      problems(`version: 1\ncluster: c\nhosts:\n${lines.map(line => `  - ${line}`).join('\n')}\n`)

    expect(hosts(['{ name: a, address: 10.0.0.1 }', '{ name: a, address: 10.0.0.2 }'])).toEqual([
      '5:5 host a stands twice',
    ])
    expect(hosts(['{ name: "r[1-3]", address: "10.0.0.[1-3]" }', '{ name: b, address: 10.0.0.2 }'])).toEqual([
      '5:5 b and r2 have the same address: 10.0.0.2 port 22, data /var/lib/riak',
    ])
    expect(hosts(['{ name: "r[1-3]", address: "10.0.0.[1-4]" }'])).toEqual([
      '4:5 r[1-3] is 3 names, but 10.0.0.[1-4] is 4 addresses',
    ])
    expect(hosts(['{ name: "r[3-1]", address: "10.0.0.[1-3]" }'])).toEqual([
      '4:5 r[3-1]: the range runs backwards',
    ])
    expect(hosts(['{ name: a, address: "fe80::1" }'])[0]).toContain('"riak@fe80::1" is not a node name')
  })

  it('grows no memory from aliases of aliases', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`).join('\n')}\n`

    expect(problems(bomb)).toEqual(['1:1 Excessive alias count indicates a resource exhaustion attack'])
  })
})
