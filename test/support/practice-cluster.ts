/** A practice ring without hosts: nodes `riak@10.0.0.1` and on, and a clock that the test moves. */
import {
  addNode,
  addRunningNode,
  createPracticeRing,
  fillWithData,
  formCluster,
  settledRing,
} from '../../src/lab/model/practice-ring.ts'
import {
  advance,
  isReady,
  type LabNode,
  nodeOf,
  type World,
  type WorldOptions,
} from '../../src/lab/model/world.ts'
import type {NodeName, Ring} from '../../src/ring/ring.ts'
import {play} from './replay-lab.ts'

export const named = (number: number): NodeName => `riak@10.0.0.${number}`

export type PracticeOptions = WorldOptions & {
  readonly members?: number
  /** running, each for itself */
  readonly alone?: number
  readonly ring?: number
  readonly locations?: Ring['locations']
  /** of each partition; none: 60 MB, a second at the default rate */
  readonly bytes?: number
  readonly disk?: {readonly size: number; readonly other: number}
}

export function practiceCluster(options: PracticeOptions = {}): World {
  const {members = 5, alone = 1, ring = 16, locations = {}, bytes = 60e6, disk} = options
  const world = createPracticeRing({startAt: Date.UTC(2026, 0, 1), ...options})
  const node = {ringSize: ring, ...(disk ? {disk} : {})}
  const names = Array.from({length: members}, (_, at) => named(at + 1))
  for (const name of names) addNode(world, name, node)
  for (let number = 1; number <= alone; number += 1) addRunningNode(world, named(members + number), node)
  const cluster = formCluster(world, names, {...settledRing(world, names, ring), locations})
  fillWithData(world, cluster, bytes * ring)
  return world
}

export const at = (world: World, number: number): LabNode => nodeOf(world, named(number))

/** The ring as the first node has it. */
export const ringOn = (world: World, number = 1): Ring => at(world, number).view.ring

/** What `riak WORDS` prints on a node; as on a real one, it takes its time to get there. */
export function riak(world: World, number: number, words: string): string {
  pass(world, 900)
  return play(world, `10.0.0.${number}`, `sudo riak ${words}`).stdout
}

export const admin = (world: World, number: number, words: string): string =>
  riak(world, number, `admin ${words}`)

export const pass = (world: World, ms: number): void => advance(world, world.now + ms)

/** Lets time pass until something holds; looks every 100 ms. Returns how long it took. */
export function until(world: World, holds: () => boolean, limit = 600_000): number {
  const start = world.now
  while (!holds()) {
    if (world.now - start > limit) throw new Error(`not within ${limit} ms`)
    pass(world, 100)
  }
  return world.now - start
}

export const untilReady = (world: World): number => until(world, () => isReady(at(world, 1)))

/** Nothing pending, and all agree. */
export const untilSettled = (world: World, limit?: number): number =>
  until(world, () => ringOn(world).pending.length === 0 && isReady(at(world, 1)), limit)

/** Joins, plans and commits. */
export function grow(world: World, ...numbers: readonly number[]): void {
  for (const number of numbers) admin(world, number, `cluster join ${named(1)}`)
  until(world, () => numbers.every(number => ringOn(world).members.some(({node}) => node === named(number))))
  untilReady(world)
  admin(world, 1, 'cluster plan')
  admin(world, 1, 'cluster commit')
}
