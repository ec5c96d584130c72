import {describe, expect, it} from 'vitest'
import type {Snapshot} from '../../../src/ring/snapshot.ts'
import type {CauseId} from '../../../src/watch/cause.ts'
import type {Diagnosis} from '../../../src/watch/diagnosis.ts'
import type {Sample} from '../../../src/watch/sample.ts'
import {notSettled, recentReadings, stalledBecause, stallIn} from '../../../src/watch/stall.ts'
import {nodeFacts, pending, ringOf, snapshotOf} from '../../support/snapshots.ts'

const start = 1_700_000_000_000
const members = ['riak@a', 'riak@b', 'riak@c'].map(node => ({node, status: 'valid'}) as const)
/** Partitions 0 and 3 are to move to c. */
const moving = (seconds: number, change: Partial<Snapshot> = {}, owners = 'abab'): Snapshot =>
  snapshotOf(ringOf(owners, {members, pending: [pending(0, 'a', 'c'), pending(3, 'b', 'c')]}), {
    takenAt: start + seconds * 1000,
    ...change,
  })
const dead = {nodes: [nodeFacts('riak@a'), nodeFacts('riak@b')]}
const done = (seconds: number): Snapshot =>
  snapshotOf(ringOf('cbab', {members, pending: [pending(3, 'b', 'c')]}), {takenAt: start + seconds * 1000})
const samples = (...snapshots: Snapshot[]): Sample[] =>
  snapshots.map(snapshot => ({at: snapshot.takenAt, snapshot}))

describe('a wait whose time is up', () => {
  it('goes on (exit 8) where something has moved since the last look', () => {
    expect(notSettled(samples(moving(0), done(4)), 4000)).toMatchObject({
      kind: 'waitTimedOut',
      exitCode: 8,
      message: 'not settled within 4.0 s; ownership is still moving: 1 ownership transfer pending',
    })
  })

  it('is stalled (exit 9) with a dead new host, and names it', () => {
    expect(notSettled(samples(moving(0, dead), moving(4, dead)), 4000)).toMatchObject({
      kind: 'stalled',
      exitCode: 9,
      message: expect.stringMatching(
        /^not settled within 4.0 s, and nothing moves: member-down: riak@c does not/,
      ),
      facts: {cause: 'member-down'},
    })
  })

  it('is stalled where limits are 0, handoff is off, or a join is staged', () => {
    const each = (change: Partial<Snapshot['nodes'][number]>): Partial<Snapshot> => ({
      nodes: members.map(({node}) => nodeFacts(node, change)),
    })
    const causeOf = (change: Partial<Snapshot>): CauseId | 'unknown' | undefined =>
      stalledBecause([moving(0, change), moving(4, change)])?.cause

    expect(causeOf(each({transferLimit: 0}))).toBe('limit-zero')
    expect(causeOf(each({outbound: false}))).toBe('handoff-disabled')
    expect(causeOf({staged: [{action: 'leave', node: 'riak@b'}]})).toBeUndefined()
    expect(
      stalledBecause(
        [0, 4].map(seconds => {
          const {ring, ...rest} = moving(seconds)
          const joining = [...members, {node: 'riak@d', status: 'joining'} as const]
          return {...rest, ring: {...ring, members: joining}, nodes: joining.map(({node}) => nodeFacts(node))}
        }),
      )?.cause,
    ).toBe('staged')
  })

  it('is no stall while it was looked at too shortly, and says that nobody knows', () => {
    expect(stalledBecause([moving(0)])).toBeUndefined()
    expect(stalledBecause([moving(0), moving(20)])).toBeUndefined()
    expect(notSettled(samples(moving(0), moving(20)), 20_000)).toMatchObject({
      kind: 'waitTimedOut',
      message: expect.stringContaining('too short a look to say whether it moves'),
      hint: 'ringup diagnose',
    })
  })

  it('is stalled without a known cause when nothing has moved for longer than a healthy ring pauses', () => {
    expect(stalledBecause([moving(0), moving(20), moving(41)])).toMatchObject({
      cause: 'unknown',
      message: 'nothing has moved for 41 s: 2 ownership transfers pending',
      next: 'ringup diagnose',
    })
  })

  it('never calls it a stall where the road does not tell what is sent', () => {
    const untold = {nodes: members.map(({node}) => nodeFacts(node, {transfers: 'unknown'}))}

    expect(stalledBecause([moving(0, untold), moving(60, untold)])).toBeUndefined()
  })

  it('is unreachable (exit 6) when the last look was not answered', () => {
    const error = new Error('r01: connection refused')

    expect(notSettled([...samples(moving(0), done(4)), {at: start + 9000, error}], 9000)).toMatchObject({
      exitCode: 6,
      message: 'not settled within 9.0 s, and no member answers: r01: connection refused',
    })
  })

  it('looks at the last 45 s, so that what moved long ago does not count', () => {
    const looks = recentReadings()
    for (const sample of samples(moving(0), done(10), done(30), done(50), done(70), done(90)))
      looks.see(sample)

    expect(looks.all().map(({at}) => (at - start) / 1000)).toEqual([50, 70, 90])
    expect(notSettled(looks.all(), 90_000)).toMatchObject({exitCode: 9, facts: {cause: 'unknown'}})
  })
})

describe('stallIn', () => {
  const diagnosis = (change: Partial<Diagnosis>): Diagnosis => ({
    schema: 'ringup/diagnosis/1',
    cluster: 'x',
    verdict: 'stalled',
    looked: 25_000,
    movement: {pending: 2, complete: 0, active: 0, progressed: false, done: 0, restarted: []},
    causes: [],
    ...change,
  })
  const cause = {id: 'one-sided', weight: 'stops', message: 'm', evidence: [], next: 'n'} as const

  it('is what stops it; none while it moves beside a cause', () => {
    expect(stallIn(diagnosis({causes: [cause]}))).toEqual({cause: 'one-sided', message: 'm', next: 'n'})
    expect(stallIn(diagnosis({verdict: 'looping', causes: [cause]}))?.cause).toBe('one-sided')
    // nothing is pending, and the member that leaves is dead
    expect(stallIn(diagnosis({verdict: 'trouble', causes: [cause]}))?.cause).toBe('one-sided')
    expect(stallIn(diagnosis({verdict: 'moving', causes: [cause]}))).toBeUndefined()
    expect(stallIn(diagnosis({}))?.cause).toBe('unknown')
    expect(stallIn(diagnosis({verdict: 'trouble', causes: [{...cause, weight: 'slows'}]}))).toBeUndefined()
  })
})
