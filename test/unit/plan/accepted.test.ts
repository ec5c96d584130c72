/** What a plan accepts: only risks that it has, shown wherever it is shown, and judged again on the ring that is. */
import {describe, expect, it} from 'vitest'
import {digestOf} from '../../../src/plan/canonical.ts'
import {makePlan, type Plan} from '../../../src/plan/plan.ts'
import {accepts, blockingRisks} from '../../../src/plan/risks.ts'
import {blockingNow} from '../../../src/plan/risks-now.ts'
import {planHtml} from '../../../src/report/plan/plan-html.ts'
import {planMarkdown} from '../../../src/report/plan/plan-markdown.ts'
import {planReport} from '../../../src/report/plan/plan-text.ts'
import {parsePlan} from '../../../src/state/plan-file.ts'
import {nodeFacts, ringOf, snapshotOf} from '../../support/snapshots.ts'

const ring = ringOf('abcdabcdabcdabcd')
const strange = snapshotOf(ring, {
  nodes: [...'abcd'].map(letter => nodeFacts(`riak@${letter}`, {version: '9.9.9'})),
})
const joining = [{action: 'join', node: 'riak@e'}] as const
const planOn = (snapshot = strange, accepted: string[] = []): Plan =>
  makePlan({cluster: 'c', snapshot, changes: joining, accepted})

/** As somebody writes it who makes the digest anew. */
const forged = (plan: Plan, change: Partial<Plan>): string => {
  const {digest: _, ...content} = {...plan, ...change}
  return JSON.stringify({...content, digest: digestOf(content)})
}

const look = {columns: 100, color: false, unicode: true} as const
const shown = (plan: Plan): string[] => [
  planReport(plan, {look, partitions: false}),
  planReport(plan, {look, partitions: false, brief: true}),
  planMarkdown(plan),
  planHtml(plan),
]

describe('a risk that is accepted', () => {
  it('is one that the plan has: other ids are left out when it is made', () => {
    const plan = planOn(strange, ['version-unknown', 'disk-peak', 'ring-fit', 'pending'])

    expect(plan.accepted).toEqual(['version-unknown'])
    expect(blockingRisks(plan).map(({id}) => String(id))).not.toContain('version-unknown')
  })

  it('is shown in every form, the one above the question too', () => {
    for (const text of shown(planOn(strange, ['version-unknown', 'disk-unknown'])))
      expect(text).toContain('Accepted: version-unknown')
    for (const text of shown(planOn())) expect(text).not.toContain('Accepted')
    // and where a plan made by hand accepts what no risk tells of
    for (const text of shown({...planOn(), risks: [], accepted: ['disk-peak']}))
      expect(text).toContain('Accepted: disk-peak')
  })

  it('is refused in a file without its risk, or where it may not be accepted', () => {
    const plan = planOn(strange, ['version-unknown'])
    expect(parsePlan(JSON.stringify(plan), 'p.json')).toEqual(plan)

    const [risk] = plan.risks.filter(({id}) => id === 'version-unknown')
    const cases: Partial<Plan>[] = [
      {risks: []},
      {accepted: ['version-unknown', 'disk-peak']},
      {risks: [{...risk!, acceptable: false}]},
      {risks: [{...risk!, level: 'warn'}]},
    ]
    for (const change of cases)
      expect(() => parsePlan(forged(plan, change), 'p.json')).toThrow(/accepts [a-z-]+, but has no risk/)
    expect(accepts({...plan, risks: []}, 'version-unknown')).toBe(false)
  })
})

describe('a plan on the ring that is', () => {
  const now = (plan: Plan, snapshot = strange, resumed = false): string[] =>
    blockingNow(plan, snapshot, {diskPeak: 0.8, resumed}).map(({id}) => id)

  it('is blocked by what blocks there, whatever it leaves out', () => {
    const silent = {...planOn(), risks: []}
    expect(now(silent)).toEqual(['version-unknown'])
    expect(now({...silent, accepted: ['version-unknown']})).toEqual([])
    expect(now(silent, snapshotOf(ring))).toEqual([])
  })

  it('is planned again with a node joining before it takes the place of another', () => {
    const replacing = makePlan({
      cluster: 'c',
      snapshot: snapshotOf(ring),
      changes: [
        {action: 'join', node: 'riak@e'},
        {action: 'replace', node: 'riak@b', with: 'riak@e'},
      ],
    })
    expect(now(replacing, snapshotOf(ring))).toEqual([])
  })

  it('goes on with our own joins on their way, and with nothing else', () => {
    const plan = planOn(snapshotOf(ring))
    const members = [...ring.members, {node: 'riak@e', status: 'joining'} as const]
    const nodes = [...'abcde'].map(letter =>
      nodeFacts(`riak@${letter}`, letter === 'e' ? {version: '9.9.9', ringReady: false} : {ringReady: false}),
    )
    const half = snapshotOf({...ring, members}, {nodes, staged: [...joining]})

    expect(now(plan, half, true)).toEqual([])
    expect(now(plan, half, false)).toEqual(['ring-not-ready'])
    expect(now(plan, {...half, staged: 'unknown'}, true)).toEqual(['staged-unknown'])
  })
})
