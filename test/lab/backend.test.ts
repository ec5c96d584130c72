/** Practice rings of each backend: sizes by folder, pauses of a vnode that is behind, and growth all the same. */
import {afterEach, describe, expect, it} from 'vitest'
import {backendNames} from '../../src/lab/model/backend.ts'
import {bytesSent, durationOf} from '../../src/lab/model/progress.ts'
import type {Transfer} from '../../src/lab/model/world.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {finalOwners, type Plan} from '../../src/plan/plan.ts'
import {type Home, ringupHome} from '../support/ringup.ts'

describe.each(backendNames)('a ring on %s', backend => {
  let lab: Lab
  let home: Home
  afterEach(async () => {
    await lab.stop()
    home.remove()
  })

  it('is measured by its folders, checked, and grown as planned', async () => {
    home = ringupHome()
    lab = await startLab({
      nodes: 3,
      spare: 1,
      ring: 16,
      speed: 500,
      seed: 3,
      bytes: 12e9,
      rate: 60e6,
      backend,
      disk: {size: 1e12, other: 2e9},
    })
    const run = async (...args: string[]) =>
      home.run([...args, '--json'], {env: {RINGUP_INVENTORY: lab.inventoryFile}})
    const {transitions} = JSON.parse((await run('plan', '--add', 'r04')).stdout) as Plan
    const {transfers} = transitions[0]!
    expect(transfers.length).toBeGreaterThan(0)
    for (const {partition, from, bytes} of transfers) {
      const held = [...lab.world().nodes.values()].find(({name}) => name === from)!.data.get(partition)!
      expect(bytes! / held.bytes).toBeGreaterThan(0.999)
      expect(bytes! / held.bytes).toBeLessThan(1.001)
    }
    const checked = JSON.parse((await run('check', 'r04')).stdout) as {
      findings: {id: string; level: string; found: string}[]
    }
    expect(checked.findings.find(({id}) => id === 'backend')).toMatchObject({level: 'pass', found: backend})

    const added = await run('add', 'r04', '--yes', '--interval', '200ms')
    expect([added.code, added.stderr.match(/no progress|stalled/i)]).toEqual([0, null])
    const [run0] = (JSON.parse((await run('runs', 'list')).stdout) as {runs: {run: string}[]}).runs
    const {plan} = JSON.parse((await run('runs', 'show', run0!.run)).stdout) as {plan: Plan}
    expect(lab.node('r01').cluster.ring.owners).toEqual(finalOwners(plan))
  })
})

describe('a transfer that pauses', () => {
  const transfer = (bytes: number): Transfer => ({
    ...{kind: 'ownership', module: 'riak_kv_vnode', partition: 0, from: 'riak@a', to: 'riak@b'},
    ...{startedAt: 0, data: {bytes, objects: 1}, rate: 1000, pid: '<0.1.0>', state: 'active'},
    pauses: {after: 20_000, length: 8000},
  })

  it('stands still in a pause, and ends when all is sent', () => {
    const sent = (seconds: number): number => bytesSent(transfer(50_000), 300 + seconds * 1000)
    expect([0, 10, 20, 24, 28, 29, 48, 55, 56, 66].map(sent)).toEqual([
      0, 10_000, 20_000, 20_000, 20_000, 21_000, 40_000, 40_000, 40_000, 50_000,
    ])
    for (const bytes of [1, 19_999, 20_000, 20_001, 40_000, 50_000]) {
      const end = durationOf(transfer(bytes))
      expect(bytesSent(transfer(bytes), end + 1)).toBe(bytes)
      expect(bytesSent(transfer(bytes), end - 100)).toBeLessThan(bytes)
    }
  })
})
