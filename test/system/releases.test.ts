/** A practice ring of each release behind the start script of its packages: grown, and nothing left in Riak's home. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {dataFiles} from '../../src/lab/shell/files.ts'
import {finalOwners, type Plan} from '../../src/plan/plan.ts'
import {type Home, ringupHome} from '../support/ringup.ts'

let home: Home
let lab: Lab
beforeEach(() => {
  home = ringupHome()
})
afterEach(async () => {
  await lab.stop()
  home.remove()
})

const start = async (release: string) => {
  lab = await startLab({
    dir: join(home.path, 'lab'),
    nodes: 3,
    spare: 1,
    ring: 16,
    speed: 12,
    release,
    bytes: 2e8,
  })
  return (...args: string[]) => home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile}})
}
const litter = (): string[] => lab.hosts.flatMap(({name}) => lab.node(name).trouble.litter)
const accepted = (release: string): string[] =>
  release.startsWith('2.') ? ['--accept', 'claim-unknown', '--accept', 'staged-unknown'] : []

describe.each(['2.2.6', '3.0.16', '3.2.1', '3.4.0'])('Riak %s', release => {
  it('is looked at by every reading command, which write nothing', async () => {
    const ringup = await start(release)
    const files = () =>
      lab.hosts.map(({name}) => dataFiles({world: lab.world(), node: lab.node(name)}).map(({path}) => path))
    const before = files()
    const looks = [
      ['status'],
      ['check', 'r04', '--json'],
      ['throttle', 'show'],
      ['watch', '--once'],
      ['diagnose', '--interval', '100ms'],
      ['plan', '--add', 'r04', ...accepted(release), '--out', join(home.path, 'grow.json')],
      ['apply', join(home.path, 'grow.json'), '--steps'],
    ]
    for (const words of looks) {
      const {code, stdout, stderr} = await ringup(...words)
      expect([words[0], code, code === 0 ? '' : `${stdout}${stderr}`]).toEqual([words[0], 0, ''])
    }
    expect(files()).toEqual(before)
    expect(litter()).toEqual([])
    expect(lab.commands.filter(({kind}) => kind === 'write')).toEqual([])
  })

  it('grows by one as planned', async () => {
    const ringup = await start(release)
    const file = join(home.path, 'grow.json')
    await ringup('plan', '--add', 'r04', ...accepted(release), '--out', file)
    const {code, stderr} = await ringup('apply', file, '--yes', '--interval', '500ms')

    expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
    const plan = JSON.parse(readFileSync(file, 'utf8')) as Plan
    expect(plan.fidelity).toBe(release.startsWith('2.') ? 'estimate' : 'exact')
    expect(lab.node('r01').view.ring.owners).toEqual(finalOwners(plan))
    expect(litter()).toEqual([])
  })
})
