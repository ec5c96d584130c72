import {describe, expect, it} from 'vitest'
import {usedBytes} from '../../src/lab/model/disk.ts'
import {kill, start} from '../../src/lab/model/lifecycle.ts'
import {lastReport} from '../../src/lab/model/progress.ts'
import type {Transfer, World} from '../../src/lab/model/world.ts'
import {
  admin,
  at,
  grow,
  named,
  pass,
  practiceCluster,
  ringOn,
  until,
  untilSettled,
} from '../support/practice-cluster.ts'

const transfers = (world: World, number: number): Transfer[] => at(world, number).handoffs
const all = (world: World): Transfer[] => [
  ...new Set([...world.nodes.values()].flatMap(({handoffs}) => handoffs)),
]

const newcomer = 6
const members = [1, 2, 3, 4, 5]
const everybody = [...members, newcomer]

/** Five members of a ring of 32 and a sixth that has just been committed; ten seconds for each partition. */
function growing(options: Parameters<typeof practiceCluster>[0] = {}): World {
  const world = practiceCluster({ring: 32, bytes: 600e6, ...options})
  grow(world, newcomer)
  until(world, () => all(world).length > 0)
  return world
}

describe('transfers', () => {
  it('move every pending partition, its data and no other', () => {
    const world = practiceCluster({ring: 32, bytes: 600e6})
    grow(world, newcomer)
    const planned = ringOn(world).pending
    expect(planned.length).toBeGreaterThan(4)

    untilSettled(world)

    const {owners} = ringOn(world)
    for (const {partition, to} of planned) expect(owners[partition]).toBe(to)
    expect(at(world, newcomer).data.size).toBe(planned.length)
    expect(everybody.reduce((sum, number) => sum + at(world, number).data.size, 0)).toBe(32)
    for (const [partition, owner] of owners.entries()) {
      const holder = everybody.find(number => at(world, number).data.has(partition))
      expect(named(holder!)).toBe(owner)
    }
    expect(world.counters.transfersDone).toBe(planned.length)
  })

  it('count on both sides against the limit, sent and received together', () => {
    const world = growing()
    for (let round = 0; round < 60; round += 1) {
      for (const number of everybody) expect(transfers(world, number).length).toBeLessThanOrEqual(2)
      pass(world, 1000)
    }
    // the joining node is the bottleneck: two at a time into it
    expect(all(world).every(({to}) => to === named(newcomer))).toBe(true)
  })

  it('are as many as all limits together allow', () => {
    const world = growing()
    for (const number of everybody) admin(world, number, `transfer-limit ${named(number)} 8`)
    until(world, () => all(world).length === ringOn(world).pending.length)
  })

  it('are looked for among the first eight of the pending list alone', () => {
    const world = practiceCluster({ring: 64, bytes: 600e6})
    grow(world, newcomer)
    for (const number of everybody) admin(world, number, `transfer-limit ${named(number)} 32`)
    const {pending} = ringOn(world)
    const first = new Set(pending.slice(0, 8).map(({partition}) => partition))
    expect(pending.length).toBeGreaterThan(8)

    until(world, () => all(world).length === 8)
    pass(world, 3000)
    expect(all(world).every(({partition}) => first.has(partition))).toBe(true)
  })

  it('are looked for among more when the cluster limit says so', () => {
    const world = practiceCluster({ring: 128, bytes: 3e9})
    for (const number of everybody) {
      at(world, number).clusterLimit = 12
      at(world, number).transferLimit = 32
    }
    grow(world, newcomer)
    until(world, () => all(world).length === 12)
  })

  it('beyond a lowered limit are killed, the oldest go on, and what was killed begins again from zero', () => {
    const world = growing()
    until(world, () => transfers(world, newcomer).length === 2)
    pass(world, 4000)
    const [oldest, killed] = transfers(world, newcomer) as [Transfer, Transfer]
    expect(lastReport(killed, world.now, 2000)?.done).toBeGreaterThan(0.1)
    const used = usedBytes(at(world, newcomer), world.now)

    admin(world, 1, `transfer-limit ${named(newcomer)} 1`)

    expect(transfers(world, newcomer)).toEqual([oldest])
    expect(killed.state).toBe('killed')
    expect(usedBytes(at(world, newcomer), world.now)).toBeLessThan(used)
    expect(world.counters.transfersKilled).toBe(1)
    until(world, () => transfers(world, newcomer).some(({partition}) => partition === killed.partition))
    const again = transfers(world, newcomer).find(({partition}) => partition === killed.partition)!
    expect(again).not.toBe(killed)
    expect(again.startedAt).toBeGreaterThan(killed.startedAt)
    untilSettled(world)
  })

  it('stand still at limit 0 and go on afterwards', () => {
    const world = growing()
    admin(world, 1, 'transfer-limit 0')
    pass(world, 60_000)
    expect(all(world)).toEqual([])
    admin(world, 1, 'transfer-limit 2')
    untilSettled(world)
  })

  it('are killed when their direction is turned off, and only they', () => {
    const world = growing()
    admin(world, 1, `handoff disable outbound --node=${named(newcomer)}`)
    expect(all(world).length).toBeGreaterThan(0)
    admin(world, 1, `handoff disable inbound --node=${named(newcomer)}`)
    expect(all(world)).toEqual([])
    pass(world, 30_000)
    expect(all(world)).toEqual([])
    admin(world, 1, `handoff enable both --node=${named(newcomer)}`)
    untilSettled(world)
  })

  it('fail on a full disk, and come through once there is room', () => {
    const world = practiceCluster({ring: 32, bytes: 600e6, disk: {size: 3e9, other: 0}})
    const {disk} = at(world, newcomer)
    disk.size = 1e9
    grow(world, newcomer)
    until(world, () => world.counters.transfersKilled >= 2)
    expect(usedBytes(at(world, newcomer), world.now)).toBeLessThanOrEqual(disk.size)
    pass(world, 60_000)
    expect(at(world, newcomer).data.size).toBe(1)
    disk.size = 20e9
    untilSettled(world)
    expect(at(world, newcomer).data.size).toBe(
      ringOn(world).owners.filter(owner => owner === named(newcomer)).length,
    )
  })

  it('die with the node that sends or receives them, and begin again when it is back', () => {
    const world = growing()
    const sender = members.find(number => transfers(world, number).length > 0)!
    kill(world, at(world, sender))
    expect(all(world).every(({from}) => from !== named(sender))).toBe(true)
    kill(world, at(world, newcomer))
    expect(all(world)).toEqual([])
    pass(world, 60_000)
    expect(ringOn(world, sender === 1 ? 2 : 1).pending.length).toBeGreaterThan(0)
    for (const number of [sender, newcomer]) start(world, at(world, number))
    untilSettled(world)
    expect(at(world, newcomer).data.size).toBe(
      ringOn(world).owners.filter(owner => owner === named(newcomer)).length,
    )
  })

  it('show progress from their second second on, in steps of two', () => {
    const world = growing()
    const [transfer] = all(world) as [Transfer]
    const seen = (ms: number) => lastReport(transfer, transfer.startedAt + ms, 2000)
    expect(seen(1999)).toBeUndefined()
    expect(seen(2500)).toEqual(seen(3900))
    expect(seen(4000)!.objects).toBeGreaterThan(seen(2500)!.objects)
    expect(seen(8000)!.done).toBeLessThan(1)
    expect(seen(60_000)!.done).toBe(1)
  })

  it('of the same seed tell the same story', () => {
    const story = (seed: number): string => {
      const lines: string[] = []
      const world = practiceCluster({ring: 32, seed, note: line => lines.push(line)})
      grow(world, newcomer)
      const took = untilSettled(world)
      return JSON.stringify([took, ringOn(world), lines, world.counters])
    }
    expect(story(3)).toBe(story(3))
    expect(story(3)).not.toBe(story(4))
  })
})
