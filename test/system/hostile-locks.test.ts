/** Hosts on which somebody else has put something where the lock lies, through the built program. */
import {existsSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import type {LocksReport} from '../../src/actions/locks.ts'
import type {Fault} from '../../src/lab/server/faults.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {type Home, type Ran, ringupHome} from '../support/ringup.ts'

type Thing = Extract<Fault, {fault: 'plant'}>['thing']

let lab: Lab
let home: Home
/** ms of `lock show` where nothing is planted */
let bare: number
beforeEach(async () => {
  // as root, logins are told apart from whoever planted it
  const colleagues = ['ann']
  lab = await startLab({nodes: 3, spare: 1, ring: 16, speed: 400, bytes: 1e9, colleagues})
  home = ringupHome()
  const started = Date.now()
  await home.run(['lock', 'show'], {env: {RINGUP_INVENTORY: lab.inventoryFile}})
  bare = Date.now() - started
})
afterEach(async () => {
  await lab.stop()
  home.remove()
})

const tmpOf = (host: string): string => join(lab.dir, 'hosts', host, 'var/tmp')
/** as the host calls it */
const fileOn = (host: string, thing: string): string =>
  `/var/tmp/ringup-${lab.hosts.find(({name}) => name === host)!.node}.lock.${thing}`
const plant = (host: string, thing: Thing, text = ''): Promise<void> =>
  lab.fault({fault: 'plant', host, thing, bytes: Buffer.from(text).toString('base64')})
const takeAway = (host: string, thing: string): void =>
  rmSync(join(lab.dir, 'hosts', host, fileOn(host, thing)), {recursive: true})
async function ringup(...args: string[]): Promise<Ran> {
  const started = Date.now()
  const ran = await home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile}})
  const took = Date.now() - started
  // how long a look takes on this machine at this moment, with nothing planted
  if (args[0] === 'lock') expect(took).toBeLessThan(5000 * lab.hosts.length + 2 * bare)
  return ran
}
const add = (): Promise<Ran> => ringup('add', 'r04', '--yes', '--no-wait')
const writes = (): number => lab.commands.filter(({kind}) => kind === 'write').length

const commandIn = (file: string): string => `z a[$(id > ${file})]\n{"run":"$(id > ${file})"}\n`
const blocking: [Thing, string][] = [
  ['file', 'a command in an arithmetic word'],
  ['file', ''],
  ['unreadable', 'ringup lock 2\n'],
]

it('names what is no lock of ours, runs and changes nothing, and has nobody in for two minutes', async () => {
  const pwned = join(tmpOf('r04'), 'PWNED')
  for (const [thing, text] of blocking) {
    await plant('r04', thing, text.startsWith('a command') ? commandIn(pwned) : text)

    const shown = await ringup('lock', 'show')
    expect(shown).toMatchObject({code: 0, stderr: ''})
    expect(shown.stdout).toContain(
      `r04: held by somebody whose record cannot be read (uid ${process.getuid!() === 0 ? 20_099 : process.getuid!()}, ${fileOn('r04', thing)})`,
    )
    const refused = await add()
    expect(refused.code).toBe(5)
    expect(refused.stderr).toContain(fileOn('r04', thing))

    takeAway('r04', thing)
  }
  expect(existsSync(pwned)).toBe(false)
  expect(writes()).toBe(0)
})

it('a folder, a FIFO and links keep nobody out, and stay as they are', async () => {
  const things = ['folder', 'fifo', 'link', 'danglingLink'] as const
  for (const host of ['r01', 'r04']) for (const thing of things) await plant(host, thing)

  const {locks} = JSON.parse((await ringup('lock', 'show', '--json')).stdout) as LocksReport
  expect(locks.find(({host}) => host === 'r04')).toMatchObject({outcome: 'none'})
  expect(
    locks
      .find(({host}) => host === 'r01')!
      .claims!.map(({file, state}) => `${file} ${state}`)
      .sort(),
  ).toEqual(things.map(thing => `${fileOn('r01', thing)} other`).sort())
  expect((await ringup('lock', 'show')).stdout).toContain(
    `r04: ${fileOn('r04', 'fifo')} is no lock but a FIFO`,
  )

  expect(await add()).toMatchObject({code: 0})
  expect(lab.counters()).toMatchObject({joins: 1, commits: 1})
  expect(readFileSync(join(tmpOf('r01'), 'precious'), 'utf8')).toBe('precious')
})

it('a prepared folder that everybody may write to is refused, and named', async () => {
  await plant('r04', 'unsafeFolder')

  expect((await ringup('lock', 'show')).stdout).toContain('r04: /var/lib/ringup is no folder that the team')
  const refused = await add()
  expect(refused.code).toBe(3)
  expect(refused.stderr).toMatch(
    /r04: (records: )?\/var\/lib\/ringup is no folder that the team alone can write to/,
  )
  expect(writes()).toBe(0)
})
