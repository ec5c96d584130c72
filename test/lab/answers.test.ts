/** Refusals, mistakes and stopped nodes, recorded on a real cluster of four nodes with a ring of 16: to the byte. */
import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {publish} from '../../src/lab/model/gossip.ts'
import {kill} from '../../src/lab/model/lifecycle.ts'
import {addNode, addRunningNode, createPracticeRing, formCluster} from '../../src/lab/model/practice-ring.ts'
import {advance, type LabNode, nodeOf, type World} from '../../src/lab/model/world.ts'
import type {NodeName} from '../../src/ring/ring.ts'
import {play, type Recorded} from '../support/replay-lab.ts'

const name = (number: number): NodeName => `riak@10.78.0.${number}`
const nodeAt = (world: World, number: number): LabNode => nodeOf(world, name(number))

const recorded = (file: string): Recorded[] =>
  readFileSync(new URL(`../fixtures/answers/${file}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Recorded)

function hosts(): World {
  const world = createPracticeRing({startAt: Date.UTC(2026, 10, 23)})
  for (let number = 11; number <= 15; number += 1) addNode(world, name(number), {ringSize: 16})
  return world
}

function cluster(owners: readonly number[], locations: Readonly<Record<NodeName, string>> = {}): World {
  const world = hosts()
  const members = [...new Set(owners)].sort((a, b) => a - b).map(name)
  formCluster(world, members, {
    partitions: owners.length,
    owners: owners.map(name),
    members: members.map(node => ({node, status: 'valid' as const})),
    claimant: name(11),
    pending: [],
    locations,
    locationChanged: false,
  })
  return world
}

type Story = {
  readonly file: string
  readonly begin: () => World
  /** what happened between two commands, by the number of the second */
  readonly before?: Readonly<Record<number, (world: World) => void>>
}

const racks = {[name(12)]: 'rack-a', [name(13)]: 'rackb'}

const stories: readonly Story[] = [
  {
    file: 'one-node',
    begin: () => {
      const world = cluster(new Array<number>(16).fill(11))
      for (const number of [12, 13]) addRunningNode(world, name(number), {ringSize: 16})
      return world
    },
  },
  {
    file: 'three-nodes',
    begin: () => {
      const world = cluster([13, 12, 11, 13, 12, 11, 13, 12, 11, 13, 12, 11, 13, 12, 11, 13], racks)
      addRunningNode(world, name(14), {ringSize: 16})
      return world
    },
  },
  {
    file: 'claimant-down',
    begin: () => {
      const world = cluster([11, 13, 12, 13, 11, 13, 12, 14, 11, 13, 12, 14, 11, 13, 12, 13], racks)
      const [claimant, leaver] = [nodeAt(world, 11), nodeAt(world, 13)]
      const pending = [3, 15].map(partition => ({
        partition,
        from: name(13),
        to: name(14),
        done: ['riak_pipe_vnode'],
        status: 'awaiting' as const,
      }))
      for (const {partition} of pending) leaver.data.set(partition, {bytes: 900e6, objects: 900})
      kill(world, leaver)
      publish(world, claimant.cluster, {...claimant.cluster.ring, pending}, claimant)
      advance(world, world.now + 5000)
      return world
    },
    // transfers end, and nobody installs them
    before: {15: world => advance(world, world.now + 60_000), 17: world => advance(world, world.now + 2000)},
  },
]

/** the recorded hosts let a process open more files than others do */
const asUsual = (stdout: string): string => stdout.replace('ulimit -n is 20000', 'ulimit -n is 1024')

describe.each(stories)('$file', ({file, begin, before = {}}) => {
  it('is answered as recorded', () => {
    const world = begin()
    const answers: object[] = []
    const wanted: object[] = []
    for (const [at, {host, command, ms, exit, stdout, stderr}] of recorded(file).entries()) {
      before[at]?.(world)
      const began = world.now
      answers.push({command, ...play(world, host, command, 30_000)})
      wanted.push({command, exit, stdout: asUsual(stdout), stderr})
      advance(world, Math.max(world.now, began + ms))
    }
    expect(answers).toEqual(wanted)
  })
})
