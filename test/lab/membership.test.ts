import {describe, expect, it} from 'vitest'
import {publish} from '../../src/lab/model/gossip.ts'
import {isStopped, kill, start} from '../../src/lab/model/lifecycle.ts'
import {isReady, statusIn, type World} from '../../src/lab/model/world.ts'
import {
  admin,
  at,
  grow,
  named,
  pass,
  practiceCluster,
  riak,
  ringOn,
  until,
  untilReady,
  untilSettled,
} from '../support/practice-cluster.ts'

const newcomer = 6

const join = (world: World, number: number): void => {
  expect(admin(world, number, `cluster join ${named(1)}`)).toContain('Success: staged join request')
  until(world, () => statusIn(ringOn(world), named(number)) === 'joining')
  untilReady(world)
}
const plan = (world: World): string => admin(world, 1, 'cluster plan')
const commit = (world: World): string => admin(world, 1, 'cluster commit')

const committed = 'Cluster changes committed\nok\n'
const unseen = `You must verify the plan with 'riak-admin cluster plan' before committing\nok\n`
const changed = `The plan has changed. Verify with 'riak-admin cluster plan' before committing\nok\n`

describe('a staged join', () => {
  it('takes the ring a moment to spread', () => {
    const world = practiceCluster()
    admin(world, newcomer, `cluster join ${named(1)}`)
    let wasUnready = false
    until(world, () => {
      wasUnready ||= !isReady(at(world, 1))
      return wasUnready && isReady(at(world, 1))
    })
    expect(ringOn(world).members).toContainEqual({node: named(newcomer), status: 'joining'})
    expect(ringOn(world).owners).not.toContain(named(newcomer))
  })

  it('keeps finished transfers from being installed, until it is cleared', () => {
    const world = practiceCluster({ring: 32, alone: 2, bytes: 600e6})
    grow(world, newcomer)
    const {pending, owners} = ringOn(world)
    join(world, 7)
    until(world, () => ringOn(world).pending.every(({status}) => status === 'complete'))
    pass(world, 60_000)
    expect(ringOn(world).owners).toEqual(owners)
    expect(ringOn(world).pending).toHaveLength(pending.length)
    expect(admin(world, 1, 'ring-status')).toContain('Waiting for claimant to change ownership.')

    admin(world, 1, 'cluster clear')
    untilSettled(world)
    for (const {partition, to} of pending) expect(ringOn(world).owners[partition]).toBe(to)
  })

  it('keeps them until it is committed, too', () => {
    const world = practiceCluster({ring: 32, alone: 2, bytes: 600e6})
    grow(world, newcomer)
    const {owners} = ringOn(world)
    join(world, 7)
    until(world, () => ringOn(world).pending.every(({status}) => status === 'complete'))
    expect(ringOn(world).owners).toEqual(owners)
    untilReady(world)
    expect(plan(world)).toContain('Staged Changes')
    expect(commit(world)).toBe(committed)
    untilSettled(world)
    expect(new Set(ringOn(world).owners)).toContain(named(7))
  })

  it('that is cleared stops the VM sooner or later; started again it is alone', () => {
    const world = practiceCluster({alone: 3})
    for (const number of [6, 7, 8]) join(world, number)
    plan(world)
    expect(admin(world, 1, 'cluster clear')).toBe('Cleared staged cluster changes\nok\n')
    expect(commit(world)).toBe(changed)
    expect(ringOn(world).members).toHaveLength(5)
    // nobody tells them: they go on until they gossip with one that knows
    expect([6, 7, 8].map(number => riak(world, number, 'ping'))).toContain('pong\n')

    until(world, () => [6, 7, 8].every(number => isStopped(at(world, number))), 120_000)
    pass(world, 10_000)
    expect(riak(world, newcomer, 'ping')).toBe(`Node ${named(newcomer)} is not responding to pings\n`)

    riak(world, newcomer, 'daemon')
    expect(ringOn(world, newcomer).members).toEqual([{node: named(newcomer), status: 'valid'}])
    expect(new Set(ringOn(world, newcomer).owners)).toEqual(new Set([named(newcomer)]))
  })
})

describe('a commit', () => {
  it('needs a plan that somebody has seen', () => {
    const world = practiceCluster()
    join(world, newcomer)
    expect(commit(world)).toBe(unseen)
    plan(world)
    expect(commit(world)).toBe(committed)
    expect(world.counters.commits).toBe(1)
    expect(commit(world)).toBe(unseen)
    expect(world.counters.commits).toBe(1)
  })

  it('needs it unchanged', () => {
    const world = practiceCluster({alone: 2})
    join(world, 6)
    plan(world)
    join(world, 7)
    expect(commit(world)).toBe(changed)
    plan(world)
    expect(commit(world)).toBe(committed)
  })

  it('finds other changes by the leave that somebody staged since', () => {
    const world = practiceCluster()
    join(world, newcomer)
    plan(world)
    admin(world, 2, `cluster leave ${named(3)}`)
    expect(commit(world)).toBe(changed)
  })

  it('waits for a ring that all agree on', () => {
    const world = practiceCluster()
    join(world, newcomer)
    plan(world)
    const {cluster} = at(world, 1)
    kill(world, at(world, 5))
    publish(world, cluster, {...cluster.ring}, at(world, 1))
    expect(commit(world)).toContain('Cannot commit until cluster state has converged.')
    expect(plan(world)).toContain('Cannot plan until cluster state has converged.')
  })

  it('gives the claimant another seed, as clear does, and nothing else does', () => {
    const world = practiceCluster()
    const {seed} = at(world, 1).memory
    join(world, newcomer)
    plan(world)
    expect(at(world, 1).memory.seed).toEqual(seed)
    commit(world)
    const second = at(world, 1).memory.seed
    expect(second).not.toEqual(seed)
    admin(world, 1, 'cluster clear')
    expect(at(world, 1).memory.seed).not.toEqual(second)
  })
})

describe("the claimant's memory", () => {
  it('is lost when it restarts, all but the joins', () => {
    const world = practiceCluster()
    join(world, newcomer)
    admin(world, 1, `cluster leave ${named(3)}`)
    expect(plan(world)).toContain(`leave          '${named(3)}'`)
    kill(world, at(world, 1))
    start(world, at(world, 1))
    pass(world, 30_000)
    expect(commit(world)).toBe(unseen)
    const text = plan(world)
    expect(text).toContain(`join           '${named(newcomer)}'`)
    expect(text).not.toContain(`leave`)
  })

  it('is of no use to another claimant', () => {
    const world = practiceCluster()
    admin(world, 1, `cluster leave ${named(3)}`)
    plan(world)
    const {cluster} = at(world, 2)
    publish(world, cluster, {...cluster.ring, claimant: named(2)}, at(world, 2))
    untilReady(world)
    expect(plan(world)).toContain('There are no staged changes')
    expect(commit(world)).toBe(unseen)
  })
})

describe('a leave', () => {
  it('moves everything away, then the VM exits and the member is gone', () => {
    const world = practiceCluster({ring: 32})
    admin(world, 1, `cluster leave ${named(3)}`)
    plan(world)
    expect(commit(world)).toBe(committed)
    const seen = new Set<string>()
    until(
      world,
      () => {
        seen.add(statusIn(ringOn(world), named(3)))
        return statusIn(ringOn(world), named(3)) === 'invalid'
      },
      1_200_000,
    )
    expect([...seen]).toEqual(['leaving', 'exiting', 'invalid'])
    pass(world, 60_000)
    expect(isStopped(at(world, 3))).toBe(true)
    expect(at(world, 3).data.size).toBe(0)
    expect(ringOn(world).owners).not.toContain(named(3))
    riak(world, 3, 'daemon')
    expect(ringOn(world, 3).members).toHaveLength(1)
  })

  it('can be planned and committed while another member is down', () => {
    const world = practiceCluster()
    kill(world, at(world, 5))
    pass(world, 20_000)
    admin(world, 1, `cluster leave ${named(3)}`)
    expect(plan(world)).toContain('Staged Changes')
    expect(commit(world)).toBe(committed)
    // but nothing converges before it is back or marked as down
    pass(world, 120_000)
    expect(isReady(at(world, 1))).toBe(false)
    admin(world, 1, `down ${named(5)}`)
    until(world, () => isReady(at(world, 1)))
  })
})

describe('a member that is down', () => {
  it('and marked so takes its place again by itself', () => {
    const world = practiceCluster()
    kill(world, at(world, 4))
    expect(admin(world, 1, 'ringready')).toContain(`FALSE ['${named(4)}'] down.`)
    expect(admin(world, 1, `down ${named(4)}`)).toBe(`Success: "${named(4)}" marked as down\nok\n`)
    untilReady(world)
    expect(statusIn(ringOn(world), named(4))).toBe('down')
    start(world, at(world, 4))
    until(world, () => statusIn(ringOn(world), named(4)) === 'valid', 30_000)
    untilReady(world)
  })

  it('that is the claimant is followed by another one', () => {
    const world = practiceCluster()
    kill(world, at(world, 1))
    admin(world, 2, `down ${named(1)}`)
    until(world, () => ringOn(world, 2).claimant === named(2))
  })
})

describe('forced changes', () => {
  it('remove a member with its data at once', () => {
    const world = practiceCluster({ring: 32})
    kill(world, at(world, 5))
    admin(world, 1, `cluster force-remove ${named(5)}`)
    expect(plan(world)).toContain(`force-remove   '${named(5)}'`)
    expect(commit(world)).toBe(committed)
    expect(statusIn(ringOn(world), named(5))).toBe('invalid')
    expect(ringOn(world).owners).not.toContain(named(5))
  })

  it('replace a leaver with a newcomer', () => {
    const world = practiceCluster({ring: 32})
    const owned = ringOn(world).owners.flatMap((owner, partition) => (owner === named(2) ? [partition] : []))
    join(world, newcomer)
    expect(admin(world, 1, `cluster replace ${named(2)} ${named(newcomer)}`)).toContain('Success')
    plan(world)
    expect(commit(world)).toBe(committed)
    until(world, () => statusIn(ringOn(world), named(2)) === 'invalid', 1_200_000)
    for (const partition of owned) expect(ringOn(world).owners[partition]).toBe(named(newcomer))
  })
})

describe('locations', () => {
  it('of a growing ring may take a second transition, which nobody commits', () => {
    const racks = {[named(1)]: 'a', [named(2)]: 'a', [named(3)]: 'b', [named(4)]: 'b', [named(5)]: 'c'}
    const world = practiceCluster({ring: 32, locations: racks})
    join(world, newcomer)
    expect(admin(world, 1, `cluster location d --node=${named(newcomer)}`)).toContain('Success')
    const transitions = Number(/will result in (\d+) cluster transition/.exec(plan(world))?.[1])
    expect(commit(world)).toBe(committed)
    const installed = new Set<string>()
    until(world, () => {
      installed.add(ringOn(world).owners.join())
      return ringOn(world).pending.length === 0 && isReady(at(world, 1))
    })
    expect(transitions).toBeGreaterThanOrEqual(1)
    expect(installed.size).toBeGreaterThanOrEqual(transitions)
    expect(world.counters.commits).toBe(1)
  })
})
