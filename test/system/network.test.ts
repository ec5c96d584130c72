/** Hosts that vanish: real links cut and packets swallowed, in network namespaces of the test's own. Root only. */
import {spawn} from 'node:child_process'
import {readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {ExecReport} from '../../src/actions/exec.ts'
import {type Network, networkOf} from '../support/network-namespaces.ts'
import {type SshdFolder, sshdFolder, sshdMissing} from '../support/sshd.ts'

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))
const possible = !sshdMissing && process.getuid?.() === 0

describe.skipIf(!possible)('a network with faults', () => {
  let folder: SshdFolder
  let network: Network
  let inventory: string

  beforeEach(async () => {
    folder = sshdFolder()
    network = await networkOf(3)
    const servers = await Promise.all(
      network.hosts.map(({address, holder}) => folder.start({address, port: 22, within: holder})),
    )
    const known = join(folder.path, 'known_hosts')
    writeFileSync(
      known,
      servers.map(({knownHost}) => `${knownHost.replace(/^\[(.*)\]:22 /, '$1 ')}\n`).join(''),
    )
    const config = join(folder.path, 'ssh_config')
    writeFileSync(config, 'Host *\n  ServerAliveInterval 1\n  ServerAliveCountMax 3\n  ConnectTimeout 2\n')
    inventory = join(folder.path, 'inventory.yaml')
    writeFileSync(
      inventory,
      `version: 1
cluster: far
ssh: { user: ${servers[0]!.user}, identityFile: ${folder.identityFile}, knownHostsFile: ${known}, configFile: ${config} }
hosts:
${network.hosts.map(({address}, at) => `  - { name: h${at + 1}, address: ${address} }\n`).join('')}  - { name: nowhere, address: 10.99.0.1 }
`,
    )
  })
  afterEach(async () => {
    await folder.remove()
    await network.close()
  })

  type Answered = ExecReport['hosts'][number]
  const exec = async (hosts: string[], command: string[], during = async (): Promise<void> => {}) => {
    const argv = [process.execPath, program, 'exec', '-i', inventory, '--json', ...hosts, '--', ...command]
    const [first, ...rest] = network.asClient(argv)
    const begun = performance.now()
    const child = spawn(first!, rest, {stdio: ['ignore', 'pipe', 'ignore']})
    let text = ''
    child.stdout.on('data', chunk => {
      text += chunk
    })
    const ended = new Promise<number | null>(resolve => child.once('close', resolve))
    await during()
    const code = await ended
    const report = JSON.parse(text) as ExecReport
    const answer = (host: string): Answered => report.hosts.find(one => one.host === host)!
    const fine = (...names: string[]): void => {
      for (const name of names) expect(answer(name)).toMatchObject({code: 0})
    }
    return {code, ms: performance.now() - begun, answer, fine}
  }
  const after = (ms: number, act: () => void) => async (): Promise<void> => {
    await new Promise(resolve => setTimeout(resolve, ms))
    act()
  }
  /** A command that says on each host that it has begun, and what waits for all of them. */
  const begun = (script: string): {command: string[]; everywhere: () => Promise<void>} => ({
    command: ['sh', '-c', `: > ${folder.path}/begun-$$; ${script}`],
    everywhere: async () => {
      const count = (): number => readdirSync(folder.path).filter(name => name.startsWith('begun-')).length
      await expect.poll(count, {timeout: 120_000}).toBe(3)
    },
  })

  it('no route', async () => {
    const {code, answer, fine} = await exec([], ['true'])
    expect(code).toBe(6)
    expect(answer('nowhere')).toMatchObject({failure: {class: 'unreachable'}})
    fine('h1', 'h2', 'h3')
  })

  it('a host that swallows everything', async () => {
    const bare = (await exec(['h1', 'h3'], ['true'])).ms
    network.hosts[1]!.drop()
    const {code, ms, answer, fine} = await exec(['h1', 'h2', 'h3'], ['true'])
    expect(code).toBe(6)
    expect(answer('h2')).toMatchObject({failure: {class: 'connect-timeout'}})
    fine('h1', 'h3')
    expect(ms).toBeGreaterThan(1900)
    // two seconds for what never answers, beside what it takes to start and to ask the others
    expect(ms).toBeLessThan(bare + 4000)
  })

  it('a link that is cut for two seconds in a command: nothing is lost', async () => {
    const [, host] = network.hosts
    const {command, everywhere} = begun('for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.3; done')
    const cut = async (): Promise<void> => {
      await everywhere()
      host!.link('down')
      await after(2000, () => host!.link('up'))()
    }
    const {code, answer, fine} = await exec(['h1', 'h2', 'h3'], command, cut)
    expect(code).toBe(0)
    fine('h1', 'h2', 'h3')
    expect(answer('h2')).toMatchObject({stdout: '1\n2\n3\n4\n5\n6\n7\n8\n'})
  })

  it('a link that is cut for good in a command: lost, in four keepalives; the others go on', async () => {
    const {command, everywhere} = begun('sleep 2; echo done')
    let cutAt = 0
    const {code, answer, fine} = await exec(['h1', 'h2', 'h3'], command, async () => {
      await everywhere()
      network.hosts[1]!.link('down')
      cutAt = performance.now()
    })
    expect(code).toBe(6)
    expect(answer('h2')).toMatchObject({failure: {class: 'lost'}})
    fine('h1', 'h3')
    // from when it was cut: 3 of a second each and one more
    expect(performance.now() - cutAt).toBeLessThan(7800)
  })
})
