import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {onTerminal} from '../support/on-terminal.ts'
import {type Home, ringupHome} from '../support/ringup.ts'

let home: Home
let lab: Lab
const file = (name: string): string => join(home.path, name)
const init = (...more: string[]) => {
  const {address, port} = lab.hosts[1]!
  return home.run([
    'init',
    '--from',
    `${lab.user}@${address}:${port}`,
    '--identity-file',
    lab.identityFile,
    '--known-hosts',
    lab.knownHostsFile,
    ...more,
  ])
}

beforeAll(async () => {
  home = ringupHome()
  lab = await startLab({nodes: 4, spare: 1, ring: 16, speed: 200, locations: ['rack "a"', 'rack-b']})
})
afterAll(async () => {
  await lab.stop()
  home.remove()
})

describe('init', () => {
  it('adopts a live cluster; plan finds no changes; run again it changes nothing', async () => {
    const first = await init('--cluster', 'voxring')
    const text = readFileSync(file('inventory.yaml'), 'utf8')
    const plan = JSON.parse((await home.run(['plan', '--json'])).stdout)
    const shown = JSON.parse((await home.run(['inventory', 'show', '--json'])).stdout)
    const second = await init('--cluster', 'voxring')

    expect(first).toMatchObject({code: 0, stdout: expect.stringContaining('4 members, Riak 3.2.3')})
    expect(plan.changes).toEqual([])
    expect(shown.hosts.map(({node, location}: {node: string; location: string}) => [node, location])).toEqual(
      lab.hosts.slice(0, 4).map(({node}, at) => [node, at % 2 === 0 ? 'rack "a"' : 'rack-b']),
    )
    expect(text).toContain('# how to talk to Riak (3.2.3 when this was written)')
    expect(text).toContain('ringup inventory schema > inventory.schema.json')
    expect(second).toMatchObject({code: 0, stdout: expect.stringContaining('nothing changed')})
    expect(readFileSync(file('inventory.yaml'), 'utf8')).toBe(text)
    expect(lab.commands.every(({kind}) => kind === 'read')).toBe(true)
  })

  it('names a cluster that nobody gave a name for the node that began it: two are not called the same', async () => {
    const other = await startLab({nodes: 3, spare: 0, ring: 16, speed: 200})
    try {
      const [{address, port}] = [other.hosts[2]!]
      const given = ['--identity-file', other.identityFile, '--known-hosts', other.knownHostsFile, '--json']
      const first = await init('--out', file('one.yaml'), '--json')
      const second = await home.run([
        ...['init', '--from', `${other.user}@${address}:${port}`, '--out', file('two.yaml'), ...given],
      ])

      const expected = [lab, other].map(({hosts}) => hosts[0]!.node.replaceAll(/[@.]/g, '-'))
      expect([first, second].map(({stdout}) => JSON.parse(stdout).cluster)).toEqual(expected)
      expect(
        ['one.yaml', 'two.yaml'].map(name => /^cluster: (.*)$/m.exec(readFileSync(file(name), 'utf8'))?.[1]),
      ).toEqual(expected)
    } finally {
      await other.stop()
    }
  })

  it.each([
    ['', /^riak-127-[\d-]+$/],
    ['voice: "EU" #1', /^voice: "EU" #1$/],
  ])('asks on a terminal what the cluster is called: %j', async (typed, called) => {
    const {address, port} = lab.hosts[1]!
    const out = file(`asked${typed.length}.yaml`)
    const screen = await onTerminal(
      home,
      [
        ...['init', '--from', `${lab.user}@${address}:${port}`, '--out', out],
        ...['--identity-file', lab.identityFile, '--known-hosts', lab.knownHostsFile],
      ],
      {keys: `${typed}\r`, seen: /What is this cluster called\? \[riak-127-[\d-]+\]: /},
    )
    expect(screen).toContain('written: ')
    const shown = await home.run(['inventory', 'show', '--json', '-i', out])
    expect(JSON.parse(shown.stdout).cluster).toMatch(called)
  })

  it('never writes over a file that describes another cluster', async () => {
    const other = readFileSync(lab.inventoryFile, 'utf8').replace(/^ {2}- .*r02.*\n/m, '')
    writeFileSync(file('other.yaml'), other)

    const {code, stderr} = await init('--out', file('other.yaml'))

    expect(code).toBe(64)
    expect(stderr).toContain(`has no host for ${lab.hosts[1]!.node}`)
    expect(readFileSync(file('other.yaml'), 'utf8')).toBe(other)
  })

  it('says what is wrong with --from', async () => {
    expect(await home.run(['init', '--from', 'x y'])).toMatchObject({code: 64})
    expect(await home.run(['hosts', 'trust', '--from', 'x y'])).toMatchObject({code: 64})
    expect(await home.run(['hosts', 'trust', 'r01', '--from', 'a@b'])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('--from names the host'),
    })
  })

  it('tells of a host key that is not known how it is made known, before there is an inventory', async () => {
    const {address, port} = lab.hosts[1]!
    const from = `${lab.user}@${address}:${port}`
    const known = file('my known_hosts')
    const first = [
      ...['init', '--from', from, '--identity-file', lab.identityFile],
      ...['--known-hosts', known, '--out', file('first.yaml'), '--json'],
    ]
    const refused = await home.run(first)
    const {error} = JSON.parse(refused.stdout) as {error: {message: string; next: string}}
    const trust = `ringup hosts trust --from ${from} --known-hosts '${known}'`
    const screen = await onTerminal(home, ['hosts', 'trust', '--from', from, '--known-hosts', known], {
      keys: 'yes\r',
      seen: /Type yes/,
    })

    expect(refused.code).toBe(6)
    expect(error).toMatchObject({message: expect.stringContaining('its host key is not known'), next: trust})
    expect(screen).toContain('SHA256:')
    expect((await home.run(first)).code).toBe(0)
  })
})
