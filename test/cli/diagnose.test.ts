/** Each cause set on a practice ring while ownership moves, and named by the built CLI; and no alarm where all is well. */
import {readFileSync, statSync} from 'node:fs'
import {basename, join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Fault} from '../../src/lab/server/faults.ts'
import {type Lab, type LabOptions, startLab} from '../../src/lab/server/start-lab.ts'
import type {CauseId} from '../../src/watch/cause.ts'
import type {Diagnosis} from '../../src/watch/diagnosis.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {
  everywhere,
  faults,
  killTransfers,
  letMove,
  movingRing,
  type StuckRing,
  stuckRings,
} from '../support/stuck-rings.ts'

/** One for all, so that they may go at once: each ring has a state folder of its own. */
let home: Home
const labs: Lab[] = []
beforeAll(() => {
  home = ringupHome()
})
afterAll(async () => {
  await Promise.all(labs.map(lab => lab.stop()))
  home.remove()
})

async function started(options: LabOptions): Promise<Lab> {
  const lab = await startLab(options)
  labs.push(lab)
  return lab
}

const ringup = (lab: Lab, ...args: string[]) =>
  home.run(args, {
    env: {RINGUP_INVENTORY: lab.inventoryFile, RINGUP_STATE_DIR: join(home.path, basename(lab.dir))},
  })
const writes = ({commands}: Lab): number => commands.filter(({kind}) => kind === 'write').length

/** As an operator does it without ringup, up to the commit. */
async function joinedByHand(lab: Lab, ...hosts: string[]): Promise<void> {
  await faults(lab, ...hosts.map((host): Fault => ({fault: 'start', host})))
  lab.skip(60_000)
  await faults(lab, ...hosts.map((host): Fault => ({fault: 'stage', action: 'join', host})))
  lab.skip(60_000)
  await faults(lab, {fault: 'foreign', action: 'plan'}, {fault: 'foreign', action: 'commit'})
  // all have heard of it, and the first transfers have begun
  lab.skip(15_000)
}

async function moving({id, set, options}: Partial<StuckRing> = {}): Promise<Lab> {
  const lab = await started({...movingRing, ...options})
  // which node was the claimant is in the journal of a run of ours
  if (id === 'claimant-moved') expect(await ringup(lab, ...letMove)).toMatchObject({code: 0})
  else await joinedByHand(lab, 'r05', 'r06')
  await set?.(lab)
  return lab
}

const diagnosed = async (lab: Lab, look = '2500ms', ...more: string[]) => {
  const before = writes(lab)
  const {code, stdout, stderr} = await ringup(
    lab,
    ...['diagnose', '--for', look, '--interval', '250ms', '--json', ...more],
  )
  expect(writes(lab)).toBe(before)
  if (stdout === '') throw new Error(stderr)
  return {code, ...(JSON.parse(stdout) as Diagnosis)}
}

type Case = {
  readonly id: CauseId
  /** several: what had begun may go on for a while */
  readonly verdict: Diagnosis['verdict'] | readonly Diagnosis['verdict'][]
  readonly weight?: 'stops' | 'slows' | 'fine'
  readonly evidence: RegExp
}

const cases: readonly Case[] = [
  {
    id: 'member-down',
    verdict: ['stalled', 'moving'],
    evidence: /connected with riak@\S+: 5 of 6 members/,
  },
  {
    id: 'claimant-down',
    verdict: ['stalled', 'moving'],
    evidence: /members that answer: 5/,
  },
  {
    id: 'one-sided',
    verdict: 'stalled',
    evidence: /port 8099: silent/,
  },
  {
    id: 'limit-zero',
    verdict: 'stalled',
    evidence: /transfer limit 0/,
  },
  {
    id: 'handoff-disabled',
    verdict: 'stalled',
    evidence: /outbound off/,
  },
  {
    id: 'disk-full',
    verdict: ['stalled', 'moving'],
    evidence: /0 B of [\d.]+ GB free/,
  },
  {
    id: 'receiver-timeout',
    verdict: 'looping',
    evidence: /failed because of TCP recv timeout/,
  },
  {
    id: 'vnode-busy',
    verdict: 'stalled',
    evidence: /partition \d+: 48211 messages/,
  },
  {
    id: 'ring-not-converging',
    verdict: 'stalled',
    evidence: /not ready on riak@/,
  },
  {
    id: 'claimant-moved',
    verdict: 'moving',
    weight: 'fine',
    evidence: /claimant at the commit: riak@\S+; now: riak@/,
  },
  {
    id: 'version-mix',
    verdict: 'moving',
    weight: 'slows',
    evidence: /3\.0\.16: riak@/,
  },
  {
    id: 'cluster-limit',
    verdict: 'moving',
    weight: 'slows',
    evidence: /forced_ownership_handoff 2/,
  },
  {
    id: 'clock-skew',
    verdict: 'moving',
    weight: 'slows',
    evidence: /1 min 30 s ahead/,
  },
]

describe('diagnose names the cause', () => {
  it.concurrent.each(cases)('$id', async ({id, verdict, weight = 'stops', evidence}) => {
    const lab = await moving(stuckRings.find(ring => ring.id === id)!)

    const {code, causes, verdict: told} = await diagnosed(lab)

    const cause = causes.find(found => found.id === id)
    expect(causes.map(found => found.id)).toContain(id)
    expect(cause).toMatchObject({weight})
    expect(cause!.evidence.join('\n')).toMatch(evidence)
    expect(cause!.next).not.toBe('')
    expect([verdict].flat()).toContain(told)
    expect(code).toBe(told === 'stalled' || told === 'looping' ? 9 : 0)
  })

  it.concurrent('staged: somebody else’s join', async () => {
    const lab = await started({nodes: 3, spare: 1, ring: 16, speed: 100, seed: 3})
    await faults(lab, {fault: 'start', host: 'r04'})
    lab.skip(60_000)
    await faults(lab, {fault: 'stage', action: 'join', host: 'r04'})
    lab.skip(60_000)

    const {code, causes, verdict} = await diagnosed(lab)

    expect(causes.map(({id}) => id)).toContain('staged')
    expect([verdict, code]).toEqual(['stalled', 9])
  })

  it.concurrent('hinted-only, which is fine', async () => {
    const lab = await started({nodes: 3, spare: 1, ring: 16, speed: 1, seed: 3})
    await joinedByHand(lab, 'r04')
    const moved = (): boolean => lab.node('r01').cluster.ring.pending.length === 0
    const hints = (): number => lab.hosts.flatMap(({name}) => lab.node(name).known.hinted).length
    for (let step = 0; step < 10_000 && !(moved() && hints() > 0); step += 1) lab.skip(500)

    const {code, causes, verdict} = await diagnosed(lab)

    expect(causes).toMatchObject([{id: 'hinted-only', weight: 'fine'}])
    expect([verdict, code]).toEqual(['at-rest', 0])
  })

  it.concurrent('says that it cannot tell, and collects what a person would need without secrets', async () => {
    const lab = await moving()
    // transfers that do not begin, for no reason that can be seen from outside
    await faults(lab, ...everywhere(lab, host => ({fault: 'busy', host, queue: 3})))
    await killTransfers(lab)
    const file = join(home.path, 'bundle.json')

    const {code, verdict, causes} = await diagnosed(lab, '2500ms', '--bundle', file)

    expect([code, verdict]).toEqual([9, 'stalled'])
    expect(causes.filter(({weight}) => weight === 'stops')).toEqual([])
    const bundle = readFileSync(file, 'utf8')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(bundle)).toMatchObject({
      ringup: 'ringup/diagnosis-bundle/1',
      readings: expect.any(Array),
    })
    expect(bundle).not.toMatch(/cookie/i)
    const {stdout} = await ringup(lab, 'diagnose', '--for', '1s', '--interval', '250ms')
    expect(stdout).toContain('None of the causes that ringup knows fits.')
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})

// 200 seeds of it, in the cluster's own time: test/system/healthy-growths.test.ts
it.concurrent('diagnose raises no alarm in a healthy growth', async () => {
  const lab = await started({nodes: 4, spare: 2, ring: 32, speed: 120, seed: 1, bytes: 6e9})
  expect(await diagnosed(lab)).toMatchObject({verdict: 'at-rest', causes: []})
  await ringup(lab, 'add', 'r05', '--yes', '--no-wait')

  const {verdict, causes, code} = await diagnosed(lab, '8s')

  expect(code).toBe(0)
  expect(['moving', 'at-rest']).toContain(verdict)
  expect(causes.filter(({weight, id}) => weight !== 'fine' && id !== 'cluster-limit')).toEqual([])
})
