import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import packageJson from '../../package.json' with {type: 'json'}
import {type Home, ringupHome} from '../support/ringup.ts'

describe('the command line', () => {
  let home: Home
  beforeAll(() => {
    home = ringupHome()
  })
  afterAll(() => home.remove())
  const inventory = (text: string): string => {
    writeFileSync(join(home.path, 'inventory.yaml'), text)
    return text
  }

  it('tells its version', async () => {
    expect(await home.run(['--version'])).toEqual({
      code: 0,
      stdout: `ringup ${packageJson.version}\n`,
      stderr: '',
    })
  })

  it('lists its commands, and an example for each', async () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../../oclif.manifest.json', import.meta.url), 'utf8'),
    ) as {commands: object}
    const ids = Object.keys(manifest.commands).map(id => id.replaceAll(':', ' '))
    expect(ids.length).toBeGreaterThan(10)

    const {stdout} = await home.run(['--help'])
    for (const topic of new Set(ids.map(id => id.split(' ')[0])))
      expect(stdout).toMatch(new RegExp(`^  ${topic} `, 'm'))
    const pages = await Promise.all(
      ids.map(async id => ({id, ...(await home.run([...id.split(' '), '--help']))})),
    )
    for (const {id, code, stdout} of pages) {
      expect(code, id).toBe(0)
      expect(stdout, id).toContain(`$ ringup ${id}`)
      for (const line of stdout.split('\n')) expect(line.length, `${id}: ${line}`).toBeLessThanOrEqual(80)
    }
  })

  it.each([
    [['plna'], 'there is no command plna', 'did you mean: ringup plan'],
    [['inventory', 'chekc'], 'there is no command inventory chekc', 'did you mean: ringup inventory check'],
    [['plan', '--ad', 'r01'], 'Nonexistent flag', '--help'],
    [['apply'], 'Missing 1 required arg', '--help'],
    [['status', 'extra'], 'there is no command status extra', 'did you mean: ringup status'],
    [['watch', '--interval', 'soon', '-i', 'nowhere.yaml'], 'there is no inventory nowhere.yaml', '-i FILE'],
  ])('exits 64 for %j and says what to do', async (args, message, next) => {
    const {code, stdout, stderr} = await home.run(args)

    expect(code).toBe(64)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
    expect(stderr).toContain(next)
  })

  it('gives errors as JSON too', async () => {
    const {code, stdout, stderr} = await home.run(['status', '--json'])

    expect(code).toBe(64)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'ringup/error/1',
      error: {kind: 'usage', exitCode: 64, message: 'there is no inventory inventory.yaml'},
    })
    expect(JSON.parse((await home.run(['plna', '--json'])).stdout).error.next).toBe(
      'did you mean: ringup plan',
    )
  })

  it('checks an inventory, every problem with its place', async () => {
    inventory('version: 1\ncluster: c\nrak: {}\nhosts:\n  - { name: a, adress: 10.0.0.1 }\n')

    const {code, stderr} = await home.run(['inventory', 'check'])

    expect(code).toBe(64)
    expect(stderr).toContain('inventory.yaml:3:1: unknown key "rak" (did you mean riak?)')
    expect(stderr).toContain('inventory.yaml:5:16: unknown key "adress" in hosts[0] (did you mean address?)')
    expect(
      JSON.parse((await home.run(['inventory', 'check', '--json'])).stdout).error.facts.problems,
    ).toHaveLength(3)
  })

  it.each([
    [
      'a tab',
      'version: 1\ncluster: c\nhosts:\n\t- { name: a, address: 10.0.0.1 }\n',
      'inventory.yaml:4:1: a tab is used to indent',
    ],
    [
      'a host twice',
      'version: 1\ncluster: c\nhosts:\n  - { name: a, address: 10.0.0.1 }\n  - { name: a, address: 10.0.0.2 }\n',
      'inventory.yaml:5:5: host a stands twice',
    ],
  ])('refuses an inventory with %s', async (_, text, message) => {
    inventory(text)

    const {code, stderr} = await home.run(['plan', '--add', 'a'])

    expect(code).toBe(64)
    expect(stderr).toContain(message)
  })

  it('shows hosts with ranges expanded', async () => {
    inventory('version: 1\ncluster: voxring\nhosts:\n  - { name: "r[01-03]", address: "10.20.0.[11-13]" }\n')

    const shown = await home.run(['inventory', 'show', '--json'])
    const checked = await home.run(['inventory', 'check'])

    expect(checked).toEqual({
      code: 0,
      stdout: 'inventory.yaml: voxring, 3 hosts, 0 of them spare: no problems\n',
      stderr: '',
    })
    expect(JSON.parse(shown.stdout).hosts.map(({node}: {node: string}) => node)).toEqual(
      [11, 12, 13].map(last => `riak@10.20.0.${last}`),
    )
  })

  it('suggests the host that was meant', async () => {
    const {code, stderr} = await home.run(['plan', '--add', 'r1'])

    expect(code).toBe(64)
    expect(stderr).toContain('r1 is not a host of inventory.yaml')
    expect(stderr).toContain('did you mean r01?')
  })

  it('asks nobody in a pipe', async () => {
    const {code, stderr} = await home.run(['add', 'r01'])

    expect(code).toBe(64)
    expect(stderr).toContain('pass --yes to go on without asking')
  })

  it('prints the JSON Schema that the example satisfies', async () => {
    const {stdout} = await home.run(['inventory', 'schema'])

    const schema = JSON.parse(stdout)
    expect(schema.properties.hosts.items.required).toEqual(['name', 'address'])
    expect(schema.additionalProperties).toBe(false)
  })
})
