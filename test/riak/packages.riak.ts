/**
 * Riak as a package on Debian machines, supervised by systemd: three grow to five, and a machine loses its power in
 * mid-growth.
 */
import {copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {openFleet} from '../../src/fleet/fleet.ts'
import {finalOwners, type Plan} from '../../src/plan/plan.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {type Ended, ringup as tortured} from '../torture/ringup.ts'
import {eventually} from './command.ts'
import {whatIsLacking} from './lacking.ts'
import {bootMachines, type Machines, machinesMissing, makePackage} from './machines.ts'
import {askedVersion, releaseFolder, unpackRelease} from './release.ts'
import {advancedConfig, riakConf} from './riak-config.ts'

const lacking = whatIsLacking() ?? machinesMissing()
if (lacking !== undefined) console.error(`skipped: Riak as a package on Debian machines: ${lacking}`)

describe.skipIf(lacking !== undefined)('Riak as a package on Debian machines', () => {
  let folder: string
  let machines: Machines
  let home: Home
  let inventory: string
  const ringup = (...args: string[]) =>
    home.spawn(args, {env: {RINGUP_INVENTORY: inventory}, timeout: 280_000})
  const node = (at: number): string => `riak@${machines.all[at]!.address}`
  const said = async (at: number, line: string): Promise<string> => {
    const {code, stdout, stderr} = await machines.ssh(at, line)
    if (code !== 0) throw new Error(`${machines.all[at]!.name}: ${line}: ${code} ${stdout}${stderr}`)
    return stdout.trim()
  }
  const serving = (at: number): Promise<unknown> =>
    eventually(`riak_kv on ${machines.all[at]!.name}`, {timeout: 120_000, interval: 1000}, async () =>
      (await said(at, 'sudo riak admin services')).includes('riak_kv') ? true : undefined,
    )

  beforeAll(async () => {
    home = ringupHome()
    folder = mkdtempSync(join(tmpdir(), 'ringup-package-'))
    const version = askedVersion()
    await unpackRelease(version, folder)
    const file = await makePackage(releaseFolder(version), folder)
    machines = await bootMachines(5, ({root}) => copyFileSync(file, join(root, 'root/riak.deb')))
    await Promise.all(
      machines.all.map(async ({address, root}, at) => {
        await said(at, 'sudo dpkg -i /root/riak.deb')
        const settings = {address, ring: 16, claim: undefined, fast: true}
        const places = (text: string): string =>
          text.replaceAll('/opt/riak/log', '/var/log/riak').replaceAll('/opt/riak/', '/usr/lib/riak/')
        writeFileSync(join(root, 'etc/riak/riak.conf'), places(riakConf(settings)))
        writeFileSync(join(root, 'etc/riak/advanced.config'), places(advancedConfig(settings)))
      }),
    )
    for (const at of [0, 1, 2]) await said(at, 'sudo systemctl start riak.service')
    for (const at of [0, 1, 2]) await serving(at)
    for (const at of [1, 2]) await said(at, `sudo riak admin cluster join ${node(0)}`)
    await said(0, 'sudo riak admin cluster plan && sudo riak admin cluster commit')
    inventory = join(folder, 'inventory.yaml')
    writeFileSync(
      inventory,
      `version: 1
cluster: packaged
ssh: { user: ${machines.user}, identityFile: ${machines.identity}, knownHostsFile: ${machines.knownHosts}, configFile: none }
hosts:
${machines.all.map(({name, address}, at) => `  - { name: ${name}, address: ${address}${at > 2 ? ', state: spare' : ''} }\n`).join('')}`,
    )
    await eventually('a settled ring of three', {timeout: 120_000, interval: 2000}, async () => {
      const {code, stdout} = await ringup('status', '--json')
      const {healthy, converging} = code === 0 ? JSON.parse(stdout) : {healthy: false, converging: true}
      return healthy && !converging ? true : undefined
    })
  }, 600_000)
  afterAll(async () => {
    await machines?.down()
    home?.remove()
    rmSync(folder, {recursive: true, force: true})
  }, 60_000)

  test('check knows the unit, and the limit of the process that will run', async () => {
    const before = await said(3, 'sudo ls -laR /var/lib/riak')
    const {stdout} = await ringup('check', 'm4', 'm5', '--json')
    const {findings} = JSON.parse(stdout) as {
      findings: {id: string; host: string; level: string; found: string}[]
    }
    const found = (id: string) =>
      findings.filter(one => one.id === id).map(({level, found: text}) => [level, text])

    expect(found('unit')).toEqual([
      ['pass', 'enabled, not active'],
      ['pass', 'enabled, not active'],
    ])
    expect(found('open-files')[0]).toEqual(['pass', '262144 (the systemd unit)'])
    expect(findings.filter(({level}) => level === 'fail')).toEqual([])
    expect(await said(3, 'sudo ls -laR /var/lib/riak')).toBe(before)
  })

  test('three grow to five in their units, while a machine loses its power and comes back', async () => {
    const file = join(folder, 'grow.json')
    await ringup('plan', '--add', 'm4,m5', '--out', file)
    const plan = JSON.parse(readFileSync(file, 'utf8')) as Plan
    expect(plan.fidelity).toBe('exact')

    // halted once it is committed: the power of a member that sends
    const meeting = mkdtempSync(join(folder, 'meet-'))
    const torture = `${encodeURIComponent('step-done commit')} after ${meeting}`
    let ended: Ended | undefined
    const applied = tortured({inventoryFile: inventory}, folder, {torture})([
      'apply',
      file,
      '--yes',
      '--interval',
      '1s',
    ]).then(how => {
      ended = how
    })
    while (ended === undefined && !existsSync(join(meeting, 'reached'))) await pause(20)
    expect(ended, 'how it ended, and it was not committed').toBeUndefined()
    await machines.cut(1)
    await machines.on(1)
    writeFileSync(join(meeting, 'go'), '')
    await applied

    expect([ended!.code, ended!.code === 0 ? '' : ended!.stderr]).toEqual([0, ''])
    for (const at of [0, 1, 2, 3, 4]) {
      // a machine that is a container may have less than the unit asks for
      const most = Number(
        await said(at, "sed -n 's/^Max open files *[0-9]* *\\([0-9]*\\).*/\\1/p' /proc/1/limits"),
      )
      expect(await said(at, 'systemctl is-active riak.service')).toBe('active')
      const pid = await said(at, 'systemctl show riak.service -p MainPID --value')
      expect(await said(at, `sudo cat /proc/${pid}/limits | grep 'open files'`)).toContain(
        ` ${Math.min(262_144, most)} `,
      )
    }
    const fleet = await openFleet(inventory)
    const {ring} = (await fleet.ask()).snapshot
    fleet.close()
    expect(ring.owners).toEqual(finalOwners(plan))
    expect(ring.pending).toEqual([])
  })

  test('a member that is started by hand is outside of its unit, and status says so', async () => {
    const outside = async (): Promise<string[]> => {
      const {stdout} = await ringup('status', '--json')
      const {problems} = JSON.parse(stdout) as {problems: {id: string; message: string}[]}
      return problems.filter(({id}) => id === 'outside-unit').map(({message}) => message)
    }
    expect(await outside()).toEqual([])
    await said(2, 'sudo systemctl stop riak.service && sudo riak daemon')
    await serving(2)
    expect(await outside()).toEqual([expect.stringContaining(node(2))])
    await said(2, 'sudo riak stop && sudo systemctl start riak.service')
    await serving(2)
    expect(await outside()).toEqual([])
  })
})

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
