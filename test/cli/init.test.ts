import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
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

  it('never writes over a file that describes another cluster', async () => {
    const other = readFileSync(lab.inventoryFile, 'utf8').replace(/^ {2}- .*r02.*\n/m, '')
    writeFileSync(file('other.yaml'), other)

    const {code, stderr} = await init('--out', file('other.yaml'))

    expect(code).toBe(64)
    expect(stderr).toContain(`has no host for ${lab.hosts[1]!.node}`)
    expect(readFileSync(file('other.yaml'), 'utf8')).toBe(other)
  })

  it('says what is wrong with --from, and with a host key that is not known', async () => {
    const {address, port} = lab.hosts[1]!

    expect(await home.run(['init', '--from', 'x y'])).toMatchObject({code: 64})
    expect(await home.run(['init', '--from', `a@${address}:${port}`, '--out', 'x.yaml'])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('its host key is not known'),
    })
  })
})
