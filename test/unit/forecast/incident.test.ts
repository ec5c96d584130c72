/**
 * The documented incident: a sixth node joins five that are nearly full, and the old ones' disks fill, because new
 * partitions come in before old ones have left. Told beforehand, and then seen on the practice ring's disks.
 */
import {describe, expect, it} from 'vitest'
import {freeBytes, usedBytes} from '../../../src/lab/model/disk.ts'
import type {World} from '../../../src/lab/model/world.ts'
import {type Order, orderOf} from '../../../src/plan/order.ts'
import {makePlan, type Plan} from '../../../src/plan/plan.ts'
import {blockingRisks} from '../../../src/plan/risks.ts'
import type {Change} from '../../../src/ring/changes.ts'
import {planChanges} from '../../../src/ring/plan-changes.ts'
import {labSnapshot} from '../../support/lab-snapshot.ts'
import {
  admin,
  at,
  named,
  pass,
  practiceCluster,
  ringOn,
  until,
  untilReady,
} from '../../support/practice-cluster.ts'

const limit = 0.9
const location = (number: number): string => `rack-${(number % 2) + 1}`

/** Five members of two racks with claim v4, each disk 88 % full; three hosts that may join. */
function fullCluster(): World {
  const claim = {claim: 'v4', targetN: 4, targetLocationN: 3, fullRebalanceOnLeave: false} as const
  const locations = Object.fromEntries([1, 2, 3, 4, 5].map(number => [named(number), location(number)]))
  const world = practiceCluster({members: 5, alone: 3, ring: 64, bytes: 5e9, claim, locations, rate: 60e6})
  // riak_core's own ring for such racks, and disks as full as each other
  const {ring} = at(world, 1).cluster
  const {final} = planChanges(
    {...ring, locations: {}, owners: ring.owners.map(() => named(1))},
    [1, 2, 3, 4, 5].map(number => ({action: 'setLocation', node: named(number), location: location(number)})),
    claim,
  )
  const sizes = new Map([...world.nodes.values()].flatMap(({data}) => [...data]))
  at(world, 1).cluster.ring = {...ring, owners: final.owners, locations, locationChanged: false}
  for (const [number] of [1, 2, 3, 4, 5, 6, 7, 8].map(node => [node] as const)) {
    const node = at(world, number)
    node.data.clear()
    for (const [partition, owner] of final.owners.entries())
      if (owner === node.name) node.data.set(partition, sizes.get(partition)!)
    if (number <= 5) node.view = {...node.view, ring: at(world, 1).cluster.ring}
    const held = usedBytes(node, world.now) - node.disk.other
    node.disk.size = number <= 5 ? Math.round(held / 0.86) : 90e9
    node.disk.other = number <= 5 ? Math.round(node.disk.size * 0.02) : 1e9
  }
  return world
}

const joining = (...numbers: readonly number[]): Change[] => [
  ...numbers.map((number): Change => ({action: 'join', node: named(number)})),
  ...numbers.map(
    (number): Change => ({action: 'setLocation', node: named(number), location: location(number)}),
  ),
]

const planOf = (world: World, changes: readonly Change[], accepted: readonly string[] = []): Plan =>
  makePlan({cluster: 'practice', snapshot: labSnapshot(world), changes, accepted, options: {diskPeak: limit}})

/** Carries changes out by hand, as an operator without ringup would; the fullest that each old disk was, 0 to 1. */
function carryOut(world: World, changes: readonly Change[], limitMs: number): number[] {
  const numbers = changes.flatMap(({action, node}) =>
    action === 'join' ? [Number(node.split('.').at(-1))] : [],
  )
  for (const number of numbers) admin(world, number, `cluster join ${named(1)}`)
  until(world, () => numbers.every(number => ringOn(world).members.some(({node}) => node === named(number))))
  untilReady(world)
  for (const change of changes)
    if (change.action === 'setLocation')
      admin(world, 1, `cluster location ${change.location} --node=${change.node}`)
  untilReady(world)
  admin(world, 1, 'cluster plan')
  admin(world, 1, 'cluster commit')
  until(world, () => ringOn(world).pending.length > 0)
  const start = world.now
  const peaks = [0, 0, 0, 0, 0]
  while (ringOn(world).pending.length > 0 && world.now - start < limitMs) {
    for (const [index] of peaks.entries()) {
      const node = at(world, index + 1)
      peaks[index] = Math.max(peaks[index]!, 1 - freeBytes(node, world.now) / node.disk.size)
    }
    pass(world, 500)
  }
  return peaks
}

describe('a sixth node for five that are nearly full', () => {
  const order = (world: World): Order =>
    orderOf({
      snapshot: labSnapshot(world),
      changes: joining(6),
      others: [7, 8].map(number => ({node: named(number), location: location(number)})),
      options: {diskPeak: limit},
    })

  it('is blocked: with the node, the bytes, and when', () => {
    const world = fullCluster()
    const plan = planOf(world, joining(6))
    const [risk] = blockingRisks(plan)

    expect(plan.transitions.flatMap(({transfers}) => transfers).length).toBeGreaterThan(40)
    expect(risk).toMatchObject({id: 'disk-peak', acceptable: true})
    expect(risk!.value).toMatch(
      /^riak@10\.0\.0\.[1-5] has [\d.]+ GB of [\d.]+ GB used and receives [\d.]+ GB: 1\d\d(\.\d)? % full \([\d.]+ GB\) at the worst, [\d.]+ % as simulated, [\w. ]+ after the commit, and 4 more above the limit$/,
    )
  })

  it('accepted, it fills the disks of the practice ring as was told', () => {
    const world = fullCluster()
    const plan = planOf(world, joining(6), ['disk-peak'])
    expect(blockingRisks(plan)).toEqual([])
    const told = plan.forecast.nodes.filter(({disk}) => disk !== null && disk.simulated > disk.size * limit)

    const peaks = carryOut(world, joining(6), 6 * 3600e3)

    expect(told.length).toBeGreaterThan(0)
    expect(Math.max(...peaks)).toBeGreaterThan(0.97)
  })

  it('has a way that fits, which stays below the limit on the practice ring', () => {
    const world = fullCluster()
    const {ways, best} = order(world)

    expect(ways[0]).toMatchObject({id: 'as-asked', fits: false})
    expect(best).toMatchObject({id: 'more', fits: true})
    expect(best!.batches).toEqual([joining(6, 7, 8)])

    const peaks = carryOut(world, joining(6, 7, 8), 24 * 3600e3)

    expect(ringOn(world).pending).toEqual([])
    expect(Math.max(...peaks)).toBeLessThan(limit)
  })
})
