/**
 * The recorded episodes and how each of their commands is compared with the practice ring's answer. `exact`: to the
 * byte, in the story as it goes on by itself. `given`: to the byte, on a practice ring put into the state that the
 * recording shows, because chance and load decided when that state was there. `shape`: like `exact` or `given`
 * with the numbers masked that nobody can repeat (see `answer-shape.ts`). Anything else is left out with a reason.
 */

import {singleton} from '../../src/lab/model/gossip.ts'
import {kill, start} from '../../src/lab/model/lifecycle.ts'
import {fillWithData, formCluster} from '../../src/lab/model/practice-ring.ts'
import {startVnode} from '../../src/lab/model/vnodes.ts'
import {advance, isReady, type Timing, type World} from '../../src/lab/model/world.ts'
import type {Ring} from '../../src/ring/ring.ts'
import {setRecordedSeed} from './recorded-moments.ts'
import {
  pendingFor17,
  ringAfter16,
  ringAfter18,
  ringNearlyReplaced,
  ringOf1,
  ringOf5,
  ringOf6,
  ringOf8,
  ringReplaced,
  ringReplacing,
  withStatus,
} from './recorded-rings.ts'
import {recordedHosts, recordedName, recordedNode} from './replay-lab.ts'

export type Episode = {
  readonly name: string
  readonly begin: () => World
  /** what happened between the recorded commands, by the number of the next one */
  readonly before?: Readonly<Record<number, (world: World) => void>>
  /** the ring behind states that are given, where the text does not tell it */
  readonly base?: Ring
  /** numbers and ranges of commands, from 0 */
  readonly exact?: string
  readonly given?: string
  readonly shape?: string
  readonly leftOut?: Readonly<Record<string, string>>
}

/** The cluster of this ring, and hosts that run Riak alone. */
function cluster(ring: Ring, alone: readonly number[] = [], timing: Partial<Timing> = {}): World {
  // links were shaped to 60 Mbit/s
  const world = recordedHosts({timing, rate: 6e6})
  const formed = formCluster(
    world,
    ring.members.map(({node}) => node),
    ring,
  )
  fillWithData(world, formed, 2.2e9, 12_500)
  for (const number of alone) {
    const {ring: own} = singleton(recordedName(number), recordedNode(world, number).ringSize, world.now)
    formCluster(world, [recordedName(number)], own)
  }
  advance(world, world.now + 1000)
  return world
}

/** Started long enough ago to be up. */
function startUp(world: World, number: number): void {
  start(world, recordedNode(world, number))
  advance(world, world.now + 10_000)
}

/** Until the claimant holds the ring for ready. */
function untilReady(world: World): void {
  for (let tries = 0; tries < 100 && !isReady(recordedNode(world, 11)); tries += 1)
    advance(world, world.now + 100)
}

export const episodes: readonly Episode[] = [
  {name: '01-single-node', begin: () => cluster(ringOf1), exact: '0-22'},
  {
    name: '02-join-plan-commit',
    begin: () => cluster(ringOf1, [12, 13, 14, 15]),
    base: {...ringOf1, members: ringOf5.members},
    exact: '0-16 18',
    given: '17 19-23',
  },
  {
    name: '03-handoff-1to5',
    begin: () => cluster(ringOf5),
    base: ringOf5,
    exact: '2 4 10 12 18',
    given: '0-1 3 5-9 11 13-17',
  },
  {name: '04-settled-5', begin: () => cluster(ringOf5), base: ringOf5, exact: '0 2 4-5', given: '1 3'},
  {
    name: '05-grow-5to8',
    begin: () => cluster(ringOf5, [16, 17, 18]),
    base: {...ringOf5, members: ringOf8.members},
    exact: '0-5 81-84 87-90 92-93',
    given: '6 8 10 12 14-26 28 30 32-34 36-38 40 42 44 46-50 52 54 56 58-64 66-74 76-80 85-86 91',
    shape: '7 9 11 13 27 29 31 35 39 41 43 45 51 53 55 57 65 75',
  },
  {name: '06-eval', begin: () => cluster(ringOf8), exact: '0-5'},
  {
    name: '07-leave-clear',
    begin: () => cluster(ringOf8),
    base: ringOf8,
    before: {
      1: world => setRecordedSeed(world, 11, 'leaveOf18'),
      8: world => setRecordedSeed(world, 11, 'leaveOf18'),
    },
    exact: '0-13 28',
    given: '14-27 29-30',
  },
  {name: '08-left-node', begin: () => cluster(ringAfter18), exact: '0-2'},
  {
    name: '09-node-down',
    begin: () => cluster(ringAfter18),
    base: ringAfter18,
    before: {
      10: world => startVnode(world, recordedNode(world, 18), 'riak_kv_vnode', 0),
      18: world => setRecordedSeed(world, 11, 'leaveOf16'),
      25: untilReady,
    },
    exact: '0-20 22-23 25-26',
    given: '24',
    shape: '21',
  },
  {
    name: '10-starting',
    begin: () => {
      const world = cluster({...withStatus(ringAfter16, 'leaving', 16), pending: pendingFor17}, [], {
        boot: [12_000, 25_000],
      })
      const node = recordedNode(world, 17)
      kill(world, node)
      start(world, node)
      return world
    },
    base: {...ringAfter16, pending: pendingFor17},
    exact: '0-1 3-4',
    given: '5-6',
    shape: '2',
  },
  {name: '12-join-errors', begin: () => cluster(ringOf6, [21]), exact: '0'},
  {
    name: '13-staged-join-clear',
    begin: () => cluster(ringOf6, [19]),
    before: {
      6: world => advance(world, world.now + 10_000),
      9: world => startUp(world, 19),
    },
    exact: '0-10',
  },
  {
    name: '14-location-join',
    begin: () => {
      const world = cluster(ringOf6, [20], {boot: [500, 4000]})
      start(world, recordedNode(world, 19))
      advance(world, world.now + 1000)
      return world
    },
    before: {
      1: world => advance(world, world.now + 5000),
      9: world => setRecordedSeed(world, 11, 'leaveOf15'),
    },
    exact: '0-11',
  },
  {
    name: '15-replace',
    begin: () => cluster(ringOf6, [19]),
    base: ringReplacing,
    exact: '0-7',
    given: '9-11 13-15 17-19 21-23 25-27 29-30 8 24',
    shape: '12 16 20 28',
  },
  {name: '16-limits', begin: () => cluster(ringNearlyReplaced), exact: '0-11'},
  {
    name: '17-force',
    begin: () => cluster(ringNearlyReplaced, [20]),
    before: {6: world => advance(world, world.now + 120_000)},
    exact: '0-6 8-10',
    leftOut: {7: 'a plan that resizes the ring: the practice ring does not resize'},
  },
  {
    name: '18-misc',
    begin: () => cluster(ringReplaced, [20, 21]),
    exact: '0-3 6 9-12 14',
    shape: '4-5 7-8 13 15-16',
  },
  {
    name: '19-eval-active',
    begin: () => cluster(ringReplaced, [20]),
    base: withStatus(ringReplaced, 'valid', 20),
    exact: '0-3',
    given: '4-6 8 10 13-16 18 20 23-34',
    shape: '7 9 11-12 17 19 21-22',
  },
]
