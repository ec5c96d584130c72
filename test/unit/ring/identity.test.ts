/** Which cluster something belongs to: the ring's own name, and the members where that is not known. */
import {describe, expect, it} from 'vitest'
import {digestOf, hasItsDigest} from '../../../src/plan/canonical.ts'
import {makePlan, type Plan, planIdentity, planText} from '../../../src/plan/plan.ts'
import {planMarkdown} from '../../../src/report/plan/plan-markdown.ts'
import {planReport} from '../../../src/report/plan/plan-text.ts'
import {type ClusterIdentity, identityOf, sameCluster} from '../../../src/ring/identity.ts'
import {loadSnapshot} from '../../../src/snapshot/load.ts'
import {parsePlan} from '../../../src/state/plan-file.ts'
import {ringOf, snapshotOf} from '../../support/snapshots.ts'

const one = 'riak@a/1764335462.123456'
const other = 'riak@a/1764335462.123457'
const identity = (name: string, letters: string): ClusterIdentity => ({
  name,
  members: [...letters].map(letter => `riak@${letter}`),
})
const snapshot = snapshotOf(ringOf('abcdabcdabcdabcd'), {clusterName: one})
const plan = makePlan({cluster: 'letters', snapshot, changes: [{action: 'join', node: 'riak@e'}]})

/** As it was written before the ring's name was asked for. */
function olderPlan(): Plan {
  const {digest: _, ...content} = plan
  const {clusterName: __, ...base} = plan.base
  const older = {...content, base}
  return {...older, digest: digestOf(older)}
}

describe('sameCluster', () => {
  it.each<[string, ClusterIdentity, ClusterIdentity, boolean]>([
    ['a name and a member in common', identity(one, 'abc'), identity(one, 'cd'), true],
    ['two names, though all members are the same', identity(one, 'abc'), identity(other, 'abc'), false],
    ['one name that is not known, a member in common', identity('unknown', 'abc'), identity(one, 'cd'), true],
    ['no name that is known, a member in common', identity('unknown', 'abc'), identity('unknown', 'a'), true],
    ['no name that is known, none in common', identity('unknown', 'abc'), identity('unknown', 'd'), false],
    [
      "a ring made of another one's disks, on hosts of its own",
      identity(one, 'abc'),
      identity(one, 'xyz'),
      false,
    ],
  ])('%s', (_, a, b, same) => {
    expect([sameCluster(a, b), sameCluster(b, a)]).toEqual([same, same])
  })
})

describe("a plan's identity", () => {
  it('is the name of the ring, its members and those that it brings', () => {
    expect(planIdentity(plan)).toEqual(identity(one, 'abcde'))
    expect(sameCluster(planIdentity(plan), identityOf(snapshot))).toBe(true)
  })

  it('is part of what is approved, but not of how the ring looks', () => {
    const elsewhere = makePlan({
      cluster: 'letters',
      snapshot: {...snapshot, clusterName: other},
      changes: plan.changes,
    })
    expect(elsewhere.digest).not.toBe(plan.digest)
    expect(elsewhere.base.digest).toBe(plan.base.digest)
  })

  it('is the members alone in a plan file of before, whose digest still fits', () => {
    const read = parsePlan(planText(olderPlan()), 'plan.json')
    expect(read).toEqual(olderPlan())
    expect(hasItsDigest(read)).toBe(true)
    expect(planIdentity(read)).toEqual(identity('unknown', 'abcde'))
  })

  it('is refused where it is no name that a ring can have', () => {
    const {digest: _, ...content} = {...plan, base: {...plan.base, clusterName: '-o@x; id/1.000000'}}
    expect(() => parsePlan(planText({...content, digest: digestOf(content)}), 'plan.json')).toThrow(
      'base.clusterName',
    )
  })

  it('is said where the members stand in for the name', () => {
    const standIn = "identified by its members: Riak's own name for the ring is not known on this road"
    const byText = makePlan({
      cluster: 'letters',
      snapshot: {...snapshot, clusterName: 'unknown'},
      changes: plan.changes,
    })
    const text = (shown: Plan): string =>
      planReport(shown, {look: {columns: 200, color: false, unicode: false}, partitions: false})
    for (const shown of [byText, olderPlan()]) {
      expect(text(shown)).toContain(`cluster ${standIn}`)
      expect(planMarkdown(shown)).toContain(`Cluster ${standIn}.`)
    }
    expect(text(plan)).not.toContain('identified')
    expect(planMarkdown(plan)).not.toContain('identified')
  })
})

it('a snapshot file of before has a ring whose name is not known', () => {
  const {clusterName: _, ...older} = snapshot
  expect(loadSnapshot(JSON.stringify(older), 'ring.json')).toEqual({...snapshot, clusterName: 'unknown'})
})
