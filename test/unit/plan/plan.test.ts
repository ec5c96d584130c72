import {describe, expect, it} from 'vitest'
import {digestOf} from '../../../src/plan/canonical.ts'
import {baseOf, finalOwners, makePlan, planText, transferCount} from '../../../src/plan/plan.ts'
import {nodeFacts, pending, ringOf, snapshotOf} from '../../support/snapshots.ts'

const joins = (...letters: string[]) =>
  letters.map(letter => ({action: 'join' as const, node: `riak@${letter}`}))
const sixteen = ringOf('abcdabcdabcdabcd')
const plan = (snapshot = snapshotOf(sixteen), changes = joins('e')) =>
  makePlan({cluster: 'c', snapshot, changes})
const owners = (list: readonly string[]) => list.map(node => node.replace('riak@', '')).join('')

describe('makePlan', () => {
  it("gives riak_core's own owners", () => {
    // example 2 of the claim specification, computed by riak_core
    const {transitions, fidelity, risks} = makePlan({
      cluster: 'c',
      snapshot: snapshotOf(sixteen),
      changes: joins('e'),
    })

    expect(fidelity).toBe('exact')
    expect(risks.filter(({level}) => level === 'block')).toEqual([])
    expect(transitions).toHaveLength(1)
    expect(transitions[0]!.transfers).toHaveLength(3)
    expect(transferCount(plan())).toBe(3)
    expect(owners(finalOwners(plan()))).toBe(owners(transitions[0]!.owners))
  })

  it('is the same bytes for the same input, at any time', () => {
    const later = snapshotOf(sixteen, {
      takenAt: 5,
      nodes: [...sixteen.members].reverse().map(({node}) => nodeFacts(node, {ringHash: '7'})),
    })

    expect(planText(plan(later))).toBe(planText(plan()))
    expect(plan().digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('has a digest of all its content', () => {
    const {digest, ...content} = plan()

    expect(digestOf(content)).toBe(digest)
    expect(digestOf(JSON.parse(JSON.stringify(content)))).toBe(digest)
    expect(digestOf({...content, cluster: 'other'})).not.toBe(digest)
    expect(plan(undefined, joins('f')).digest).not.toBe(digest)
  })

  it('has a base that changes with the ring, not with what moves', () => {
    expect(baseOf({...sixteen, claimant: 'riak@b'}).digest).not.toBe(baseOf(sixteen).digest)
    expect(baseOf({...sixteen, locations: {'riak@a': 'rack'}}).digest).not.toBe(baseOf(sixteen).digest)
    expect(
      baseOf({...sixteen, members: [...sixteen.members, {node: 'riak@z', status: 'invalid'}]}).digest,
    ).toBe(baseOf(sixteen).digest)
  })

  it.each([
    [
      'a member that does not answer',
      snapshotOf(sixteen, {nodes: sixteen.members.slice(0, 3).map(({node}) => nodeFacts(node))}),
      ['member-unreachable'],
    ],
    [
      'a member that is leaving',
      snapshotOf({...sixteen, members: [{node: 'riak@a', status: 'leaving'}, ...sixteen.members.slice(1)]}),
      ['member-not-valid'],
    ],
    ['something staged', snapshotOf(sixteen, {staged: [{action: 'leave', node: 'riak@b'}]}), ['staged']],
    ['what is staged cannot be read', snapshotOf(sixteen, {staged: 'unknown'}), ['staged-unknown']],
    ['ownership that moves', snapshotOf({...sixteen, pending: [pending(0, 'a', 'b')]}), ['pending']],
    [
      'a ring that differs',
      snapshotOf(sixteen, {
        nodes: sixteen.members.map(({node}, at) => nodeFacts(node, {ringHash: String(Number(at === 2))})),
      }),
      ['ring-not-ready'],
    ],
    [
      'a ring that is not ready',
      snapshotOf(sixteen, {nodes: sixteen.members.map(({node}) => nodeFacts(node, {ringReady: false}))}),
      ['ring-not-ready'],
    ],
  ])('is blocked by %s', (_, snapshot, ids) => {
    const risks = plan(snapshot).risks.filter(({level}) => level === 'block')

    expect(risks.map(({id}) => id)).toEqual(ids)
    expect(risks.every(({acceptable}) => !acceptable)).toBe(true)
  })

  it('is an estimate where the claim is not known, and says so', () => {
    expect(plan(snapshotOf(sixteen, {claim: 'unknown', claimFunction: 'my:claim'})).fidelity).toBe('estimate')
  })
})
