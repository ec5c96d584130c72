/** `lab up`, `lab status`, `lab down` as processes, and the control socket between them. */
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import ssh2 from 'ssh2'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {loadInventory} from '../../src/inventory/load.ts'
import {askControl, type LabStatus} from '../../src/lab/server/control.ts'
import {serveLab} from '../../src/lab/server/serve-lab.ts'
import {type Home, ringupHome} from '../support/ringup.ts'

let home: Home
const dir = () => join(home.path, 'lab')
const lab = (...args: string[]) => home.run(['lab', ...args], {env: {RINGUP_LAB_DIR: dir()}})
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

beforeAll(() => {
  home = ringupHome()
})
afterAll(async () => {
  await lab('down')
  home.remove()
})

describe('lab', () => {
  it('up serves in the background, once, until down', async () => {
    const up = await lab('up', '--nodes', '3', '--spare', '1', '--ring', '16', '--speed', '100', '--json')
    expect(up).toMatchObject({code: 0, stderr: ''})
    const {pid, inventoryFile, hosts} = JSON.parse(up.stdout) as LabStatus
    expect(hosts.map(({name, isSpare}) => `${name}${isSpare ? ' spare' : ''}`)).toEqual([
      'r01',
      'r02',
      'r03',
      'r04 spare',
    ])
    expect(isAlive(pid)).toBe(true)
    expect(readFileSync(join(dir(), 'lab.pid'), 'utf8')).toBe(`${pid}\n`)

    const second = await lab('up')
    expect(second).toMatchObject({code: 3, stdout: ''})
    expect(second.stderr).toContain(`process ${pid}`)
    expect(second.stderr).toContain('ringup lab down')

    const status = await home.run(['status', '-i', inventoryFile])
    expect(status).toMatchObject({code: 0})
    expect(status.stdout).toContain('practice: 3 members, ring of 16')

    const shown = await lab('status')
    expect(shown.stdout).toContain('r04  ')
    expect(shown.stdout).toContain(`process ${pid}`)

    await askControl(dir(), {ask: 'fault', fault: {fault: 'kill', host: 'r02'}})
    const asked = JSON.parse((await lab('status', '--json')).stdout) as LabStatus
    expect(asked.hosts.map(({state}) => state)).toEqual(['running', 'stopped', 'running', 'stopped'])
    const heard = await askControl(dir(), {ask: 'commands'})
    expect(heard?.commands?.map(({kind}) => kind)).toContain('read')

    expect((await lab('down')).stdout).toContain(`process ${pid}`)
    expect(isAlive(pid)).toBe(false)
    expect(existsSync(join(dir(), 'lab.pid'))).toBe(false)
    expect(existsSync(join(dir(), 'control.sock'))).toBe(false)
    expect(await lab('down')).toMatchObject({code: 0, stdout: `No practice ring runs in ${dir()}.\n`})
    expect(await lab('status')).toMatchObject({code: 6, stdout: ''})
  })

  it('outlives a client that opens a session and goes away', async () => {
    const up = await lab('up', '--nodes', '1', '--spare', '0', '--ring', '8', '--json')
    const {pid, inventoryFile} = JSON.parse(up.stdout) as LabStatus
    const {hosts} = loadInventory(readFileSync(inventoryFile, 'utf8'), inventoryFile, '/').inventory!
    const [{address, ssh}] = hosts as [(typeof hosts)[number]]
    const client = new ssh2.Client()
    await new Promise<void>((resolve, reject) => {
      client.on('error', reject)
      client.on('close', resolve)
      client.on('ready', () => {
        // RFC 4254, section 6.1, and no request after it
        ;(client as unknown as {_protocol: {session: (...of: number[]) => void}})._protocol.session(
          0,
          2 ** 20,
          2 ** 15,
        )
        setTimeout(() => client.destroy(), 200)
      })
      client.connect({
        host: address,
        port: ssh.port!,
        username: ssh.user!,
        privateKey: readFileSync(ssh.identityFile!),
      })
    })

    expect(await home.run(['status', '-i', inventoryFile])).toMatchObject({code: 0})
    expect(readFileSync(join(dir(), 'lab.log'), 'utf8')).not.toContain('TypeError')
    expect(isAlive(pid)).toBe(true)
    await lab('down')
  })

  it('up refuses what cannot be', async () => {
    for (const args of [
      ['--ring', '63'],
      ['--nodes', '0'],
      ['--bytes', 'many'],
      ['--subnet', '10.0.0'],
      ['--ring', '8', '--nodes', '9'],
    ])
      expect(await lab('up', ...args)).toMatchObject({code: 64, stdout: ''})
  })

  it('up says why it could not start', async () => {
    const blocker = await serveLab(join(home.path, 'other'), {
      nodes: 1,
      spare: 0,
      subnet: '127.99.88',
      port: 2299,
    })
    const up = await lab('up', '--nodes', '1', '--spare', '0', '--subnet', '127.99.88', '--port', '2299')
    expect(up.code).toBe(3)
    expect(up.stderr).toContain('EADDRINUSE')
    await blocker.stop()
    expect(await askControl(join(home.path, 'other'), {ask: 'status'})).toBeUndefined()
  })
})
