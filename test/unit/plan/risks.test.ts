/** What bytes, limits and hours say against a plan: each with its id, level, value and a way out. */
import {describe, expect, it} from 'vitest'
import {makePlan, type Plan, type PlanOptions} from '../../../src/plan/plan.ts'
import {blockingRisks} from '../../../src/plan/risks.ts'
import type {NodeFacts, NodeStorage, Snapshot} from '../../../src/ring/snapshot.ts'
import {nodeFacts, ringOf, snapshotOf, storageOf} from '../../support/snapshots.ts'

const ring = ringOf('abcdabcdabcdabcd')
const joining = [{action: 'join' as const, node: 'riak@e'}]

const planOn = (change: Partial<Snapshot>, options: PlanOptions = {}, accepted: string[] = []): Plan =>
  makePlan({cluster: 'c', snapshot: snapshotOf(ring, change), changes: joining, options, accepted})
const disks = (node: string, change: Partial<NodeStorage>): Partial<Snapshot> => ({
  storage: storageOf(ring).map(disk => (disk.node === node ? {...disk, ...change} : disk)),
})
const facts = (letter: string, change: Partial<NodeFacts>): Partial<Snapshot> => ({
  nodes: ring.members.map(({node}) => nodeFacts(node, node === `riak@${letter}` ? change : {})),
})
const ids = (plan: Plan): string[] => plan.risks.map(({id}) => id).filter(id => id !== 'ring-fit')

describe('risks of bytes, limits and hours', () => {
  it('are none where there is room', () => {
    expect(ids(planOn({}))).toEqual([])
  })

  it.each<[string, Partial<Snapshot>, PlanOptions, 'block' | 'warn', RegExp]>([
    [
      'disk-peak',
      disks('riak@e', {size: 3e9, used: 0}),
      {},
      'block',
      /^riak@e has 0 B of 3\.00 GB used and receives 3\.00 GB: 100 % full/,
    ],
    [
      'disk-above-limit',
      disks('riak@b', {size: 1e12, used: 9.5e11}),
      {},
      'warn',
      /^riak@b is 95 % full already; none of them receives/,
    ],
    ['disk-unknown', {storage: []}, {}, 'block', /^how large the partitions are is not known/],
    [
      'disk-unknown',
      {storage: storageOf(ring).filter(({node}) => node !== 'riak@e')},
      {},
      'block',
      /^the disk of riak@e, which receives data/,
    ],
    [
      'size-mean',
      {storage: storageOf(ring).filter(({node}) => node !== 'riak@b')},
      {},
      'warn',
      /^some partitions could not be measured/,
    ],
    ['handoff-closed', facts('b', {transferLimit: 0}), {}, 'block', /^riak@b has transfer limit 0/],
    ['handoff-closed', facts('c', {outbound: false}), {}, 'block', /^riak@c has outbound handoff off/],
    [
      'odd-limits',
      facts('b', {transferLimit: 7}),
      {},
      'warn',
      /^transfer limits differ: riak@b 7, the others 2$/,
    ],
    [
      'odd-limits',
      facts('b', {clusterLimit: 2}),
      {},
      'warn',
      /^cluster limits differ: riak@b 2, the others 8$/,
    ],
    [
      'ingest',
      {},
      {ingestPerDay: 1e9, rates: {basis: 'stated', low: 9e3, typical: 1e4, high: 1.1e4}},
      'warn',
      /^1\.00 GB come in a day, and this batch may take \d+ d/,
    ],
  ])('%s is found', (id, change, options, level, value) => {
    const plan = planOn(change, options)
    const risk = plan.risks.find(found => found.id === id)

    expect(risk).toMatchObject({level, value: expect.stringMatching(value)})
    expect(risk!.limit).not.toBe('')
    expect(risk!.fix).not.toBe('')
    expect(
      blockingRisks(plan)
        .map(blocking => String(blocking.id))
        .includes(id),
    ).toBe(level === 'block')
    expect(blockingRisks(planOn(change, options, [id])).map(blocking => String(blocking.id))).not.toContain(
      id,
    )
  })

  it('inbound handoff that is off blocks only where something is to arrive', () => {
    expect(ids(planOn(facts('b', {inbound: false})))).toEqual([])
    const leaving = makePlan({
      cluster: 'c',
      snapshot: snapshotOf(ringOf('abcdeabcdeabcdea'), {
        nodes: [...'abcde'].map(letter => nodeFacts(`riak@${letter}`, {inbound: false})),
      }),
      changes: [{action: 'leave', node: 'riak@e'}],
    })
    expect(ids(leaving)).toContain('handoff-closed')
  })

  it('names clusters that become large, and preflists that become narrow', () => {
    const names = Array.from({length: 61}, (_, at) => `riak@10.0.0.${at + 1}`)
    const many = ringOf('a'.repeat(256), {
      owners: Array.from({length: 256}, (_, at) => names[at % 60]!),
      members: names.slice(0, 60).map(node => ({node, status: 'valid' as const})),
      claimant: names[0]!,
    })
    const plan = makePlan({
      cluster: 'c',
      snapshot: snapshotOf(many),
      changes: [{action: 'join', node: names[60]!}],
    })
    expect(plan.risks.find(({id}) => id === 'large-cluster')).toMatchObject({
      level: 'warn',
      value: '61 nodes, each connected with every other: 1830 connections',
    })

    // 16 partitions over 4 nodes less one: three nodes cannot give four distinct owners
    const narrow = makePlan({
      cluster: 'c',
      snapshot: snapshotOf(ring),
      changes: [{action: 'leave', node: 'riak@d'}],
    })
    expect(narrow.risks.find(({id}) => id === 'target-n-val')).toMatchObject({level: 'warn'})
  })

  it('a disk is never judged by a limit that is lower than what it holds already, when it only gives', () => {
    const plan = planOn(disks('riak@a', {used: 9.9e11}))

    expect(blockingRisks(plan)).toEqual([])
  })

  it('counts what comes in while handoff lasts', () => {
    const slow: PlanOptions = {rates: {basis: 'stated', low: 9e4, typical: 1e5, high: 1.1e5}}
    const still = planOn({}, slow).forecast
    const busy = planOn({}, {...slow, ingestPerDay: 10e9}).forecast
    const worst = ({nodes}: typeof still): number => nodes.find(({node}) => node === 'riak@a')!.disk!.worst

    expect(worst(busy) - worst(still)).toBeCloseTo((10e9 * 3 * (busy.time!.p90 / 24 / 3600e3)) / 5, -6)
  })
})
