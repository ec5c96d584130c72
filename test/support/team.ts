/** Machines of people who share nothing but the hosts of a practice ring. */
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, expect} from 'vitest'
import {type Lab, type LabOptions, startLab} from '../../src/lab/server/start-lab.ts'
import {type Home, type Ran, ringupHome} from './ringup.ts'

/** A machine with nothing on its disk but the inventory. */
export type Machine = {readonly home: Home; readonly say: (...words: readonly string[]) => Promise<Ran>}

/** Of the test that runs. */
export let lab: Lab
let machines: Machine[] = []

/** To be said once in a file, outside of its tests. */
export function eachTestItsMachines(): void {
  beforeEach(() => {
    machines = []
  })
  afterEach(async () => {
    await lab.stop()
    for (const {home} of machines) home.remove()
  })
}

let wishes = ''

/** @param growth what the inventory of each machine wants of growth, as YAML */
export async function startTeam(
  options: Partial<LabOptions> = {},
  growth: readonly string[] = [],
): Promise<void> {
  wishes = growth.length === 0 ? '' : `\ngrowth:\n${growth.map(line => `  ${line}\n`).join('')}`
  lab = await startLab({
    nodes: 3,
    spare: 3,
    ring: 16,
    speed: 300,
    seed: 5,
    bytes: 1e9,
    patience: 2500,
    colleagues: ['colleague'],
    ...options,
  })
}

export function machine(login: 'riakops' | 'colleague' = 'riakops'): Machine {
  const home = ringupHome()
  const inventory = join(home.path, 'inventory.yaml')
  writeFileSync(inventory, `${readFileSync(lab.inventories.get(login)!, 'utf8')}${wishes}`)
  const made: Machine = {home, say: (...words) => home.run(words, {env: {RINGUP_INVENTORY: inventory}})}
  machines.push(made)
  return made
}

export const go = ['--yes', '--interval', '100ms'] as const
export const json = (ran: Ran) => JSON.parse(ran.stdout)

/** Hosts to which something was sent that changes something, and has those words in it. */
export const sentTo = (words: string): string[] =>
  lab.commands
    .filter(({kind, argv}) => kind === 'write' && argv.join(' ').includes(words))
    .map(({host}) => host)

/** Files of records of runs on a host. */
export function recordsOn(host: string): string[] {
  const folder = join(lab.dir, 'hosts', host, 'var/tmp')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(name => name.includes('.record.run-'))
    .map(name => join(folder, name))
}

/** As a machine that dies with the join of r04 staged: its copies stay behind. Returns the run. */
export async function dieStaged({home}: Machine): Promise<string> {
  const staged = new Promise<void>(resolve =>
    lab.onCommand(({line}) => {
      if (line.includes('cluster join')) setTimeout(resolve, 50)
    }),
  )
  const ran = await home.spawn(['add', 'r04', ...go, '--reason', 'OPS-1'], {
    env: {RINGUP_INVENTORY: join(home.path, 'inventory.yaml')},
    kill: {signal: 'SIGKILL', after: staged},
  })
  expect(ran.code).toBeNull()
  const [name] = readdirSync(join(home.path, '.local/state/ringup/runs'))
  return name!.replace('.jsonl', '')
}
