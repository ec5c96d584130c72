/** What earlier runs tell: of their own ring, whatever inventories call it, and of no other. */

import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {campaignOf} from '../../../src/plan/campaign.ts'
import {makePlan, type Plan} from '../../../src/plan/plan.ts'
import {noMemory} from '../../../src/records/memory.ts'
import type {Snapshot} from '../../../src/ring/snapshot.ts'
import {reportedOf} from '../../../src/state/reported.ts'
import {knownRates, oursOf} from '../../../src/state/runs-of-ring.ts'
import {createJournal} from '../../../src/state/store.ts'
import {ringOf, snapshotOf} from '../../support/snapshots.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringup-runs-'))
  vi.stubEnv('RINGUP_STATE_DIR', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, {recursive: true})
})

/** Two rings of the same nodes' names, which a name space or a bastion keeps apart. */
const production = snapshotOf(ringOf('abcdabcdabcdabcd'), {clusterName: 'riak@a/1764335462.123456'})
const staging: Snapshot = {...production, clusterName: 'riak@a/1764335463.000000'}

const growing = (snapshot: Snapshot, cluster = 'riak', node = 'riak@e'): Plan =>
  makePlan({cluster, snapshot, changes: [{action: 'join', node}]})

/** A run that has committed, and measured as many transfers as rates need. */
function ran(run: string, plan: Plan, bytesPerSecond = 5e6): void {
  const journal = createJournal(folder, run, () => 1_700_000_000_000)
  journal.append({
    type: 'run-started',
    run,
    ringup: '0.1.0',
    by: {user: 'ops', host: 'desk', pid: 1},
    plan,
    steps: [],
  })
  journal.append({type: 'step-started', step: 'commit'})
  journal.append({type: 'step-done', step: 'commit', saw: 'committed'})
  const [first] = plan.transitions[0]!.transfers
  journal.append({type: 'rates', transfers: Array.from({length: 9}, () => ({...first!, bytesPerSecond}))})
  journal.append({type: 'step-done', step: 'settle', saw: 'settled'})
  journal.close()
}

/** While what the plan moves is pending. */
const moving = (snapshot: Snapshot, plan: Plan): Snapshot => ({
  ...snapshot,
  ring: {
    ...snapshot.ring,
    pending: plan.transitions[0]!.transfers.map(({partition, from, to}) => ({
      partition,
      from,
      to,
      done: [],
      status: 'awaiting',
    })),
  },
})

describe('rates', () => {
  it('are those of the ring, by whatever name it is called', () => {
    ran('20261128-100000-0001', growing(production, 'prod'))
    ran('20261128-110000-0002', growing(production, 'Prod'))
    ran('20261128-120000-0003', growing(staging, 'prod'), 90e6)

    expect(knownRates(production, noMemory)).toMatchObject({basis: 'measured', typical: 5e6, sources: 2})
    expect(knownRates(staging, noMemory)).toMatchObject({basis: 'measured', typical: 90e6, sources: 1})
  })

  it('are not crowded out by runs of another ring', () => {
    ran('20261128-100000-0001', growing(production))
    for (let run = 10; run < 40; run += 1) ran(`20261128-1100${run}-0002`, growing(staging), 90e6)

    expect(knownRates(production, noMemory)).toMatchObject({basis: 'measured', typical: 5e6, sources: 1})
  })

  it("go by members where the ring's name is not known on one side", () => {
    ran('20261128-100000-0001', growing({...production, clusterName: 'unknown'}))
    expect(knownRates(production, noMemory).basis).toBe('measured')

    const elsewhere = snapshotOf(ringOf('wxyzwxyzwxyzwxyz'), {clusterName: 'unknown'})
    expect(knownRates(elsewhere, noMemory).basis).toBe('assumed')
  })
})

describe('what is moving', () => {
  it('is told by the newest run on the ring, though another ring of the label has begun one since', () => {
    const plan = growing(production)
    ran('20261128-100000-0001', plan)
    ran('20261128-120000-0002', growing(staging, 'riak', 'riak@f'))

    expect(oursOf(moving(production, plan), noMemory).baseline).toMatchObject({
      baseline: {digest: plan.digest},
    })
    expect(oursOf(moving(staging, plan), noMemory).baseline).toBeUndefined()
  })

  it('or staged, by the run on that ring', () => {
    ran('20261128-100000-0001', growing(production))
    const staged = {staged: [{action: 'join', node: 'riak@e'}]} as const

    expect(oursOf({...production, ...staged}, noMemory).stagedBy?.run).toBe('20261128-100000-0001')
    expect(oursOf({...staging, ...staged}, noMemory).stagedBy).toBeUndefined()
  })
})

describe('batches of a campaign', () => {
  it('were carried out by runs on its ring, not by those on another one with hosts of the same names', () => {
    const campaign = campaignOf({
      cluster: 'riak',
      snapshot: production,
      candidates: [{node: 'riak@e'}],
      until: 5,
      perDay: 1,
      start: 1_700_000_000_000,
      locations: false,
      options: {},
    })
    const file = join(folder, 'campaign.json')
    writeFileSync(file, JSON.stringify(campaign))
    const taken = () =>
      (reportedOf(file, noMemory) as {taken: readonly {day: number}[]}).taken.map(({day}) => day)

    ran('20261128-100000-0001', growing(staging))
    expect(taken()).toEqual([])
    ran('20261128-110000-0002', growing(production, 'Prod'))
    expect(taken()).toEqual([1])
  })
})
