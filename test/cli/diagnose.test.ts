/** Each cause set on a practice ring while ownership moves, and named by the built CLI; and no alarm where all is well. */
import {readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import type {CauseId} from '../../src/watch/cause.ts'
import type {Diagnosis} from '../../src/watch/diagnosis.ts'
import {eachTestItsOwn, home, lab, startRing, writes} from '../support/each-test.ts'
import {
  everywhere,
  faults,
  killTransfers,
  letMove,
  movingRing,
  type StuckRing,
  stuckRings,
} from '../support/stuck-rings.ts'

eachTestItsOwn()

const ringup = (...args: string[]) => home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile}})

async function moving({id, set, options}: Partial<StuckRing> = {}): Promise<void> {
  await startRing({...movingRing, ...options})
  const {code, stderr} = await ringup(...letMove)
  if (code !== 0) throw new Error(`${id}: ${stderr}`)
  await set?.(lab)
}

const diagnosed = async (...more: string[]) => {
  const before = writes()
  const started = Date.now()
  const {code, stdout, stderr} = await ringup(
    'diagnose',
    ...(more.includes('--for') ? [] : ['--for', '2500ms']),
    '--interval',
    '250ms',
    '--json',
    ...more,
  )
  const seconds = (Date.now() - started) / 1000
  expect(writes()).toEqual(before)
  if (stdout === '') throw new Error(stderr)
  return {code, seconds, ...(JSON.parse(stdout) as Diagnosis)}
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

const table: string[] = []
afterAll(() => console.log(`cause                verdict   named after\n${table.join('\n')}`))

describe('diagnose names the cause', () => {
  it.each(cases)(
    '$id',
    async ({id, verdict, weight = 'stops', evidence}) => {
      await moving(stuckRings.find(ring => ring.id === id)!)

      const {code, seconds, causes, verdict: told} = await diagnosed()

      const cause = causes.find(found => found.id === id)
      expect(causes.map(found => found.id)).toContain(id)
      expect(cause).toMatchObject({weight})
      expect(cause!.evidence.join('\n')).toMatch(evidence)
      expect(cause!.next).not.toBe('')
      expect([verdict].flat()).toContain(told)
      expect(code).toBe(told === 'stalled' || told === 'looping' ? 9 : 0)
      table.push(`${id.padEnd(20)} ${told.padEnd(9)} ${seconds.toFixed(1)} s`)
    },
    60_000,
  )

  it('staged: somebody else’s join', async () => {
    await startRing({nodes: 3, spare: 1, ring: 16, speed: 100, seed: 3})
    await faults(lab, {fault: 'start', host: 'r04'})
    lab.skip(60_000)
    await faults(lab, {fault: 'stage', action: 'join', host: 'r04'})
    lab.skip(60_000)

    const {code, causes, verdict, seconds} = await diagnosed()

    expect(causes.map(({id}) => id)).toContain('staged')
    expect([verdict, code]).toEqual(['stalled', 9])
    table.push(`${'staged'.padEnd(20)} ${verdict.padEnd(9)} ${seconds.toFixed(1)} s`)
  }, 60_000)

  it('hinted-only, which is fine', async () => {
    await startRing({nodes: 3, spare: 1, ring: 16, speed: 20, seed: 3})
    await ringup('add', 'r04', '--yes', '--interval', '100ms')

    const {code, causes, verdict, seconds} = await diagnosed()

    expect(causes).toMatchObject([{id: 'hinted-only', weight: 'fine'}])
    expect([verdict, code]).toEqual(['at-rest', 0])
    table.push(`${'hinted-only'.padEnd(20)} ${verdict.padEnd(9)} ${seconds.toFixed(1)} s`)
  }, 60_000)

  it('says that it cannot tell, and collects what a person would need without secrets', async () => {
    await moving()
    // transfers that do not begin, for no reason that can be seen from outside
    await faults(lab, ...everywhere(lab, host => ({fault: 'busy', host, queue: 3})))
    await killTransfers(lab)
    const file = join(home.path, 'bundle.json')

    const {code, verdict, causes} = await diagnosed('--bundle', file)

    expect([code, verdict]).toEqual([9, 'stalled'])
    expect(causes.filter(({weight}) => weight === 'stops')).toEqual([])
    const bundle = readFileSync(file, 'utf8')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(bundle)).toMatchObject({
      ringup: 'ringup/diagnosis-bundle/1',
      readings: expect.any(Array),
    })
    expect(bundle).not.toMatch(/cookie/i)
    const {stdout} = await ringup('diagnose', '--for', '1s', '--interval', '250ms')
    expect(stdout).toContain('None of the causes that ringup knows fits.')
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  }, 60_000)
})

describe('diagnose raises no false alarm', () => {
  it.each(Array.from({length: 10}, (_, at) => at + 1))(
    'in a healthy growth, seed %d',
    async seed => {
      await startRing({nodes: 3 + (seed % 3), spare: 2, ring: 32, speed: 120, seed, bytes: 6e9})
      const before = await diagnosed()
      expect({verdict: before.verdict, causes: before.causes}).toEqual({verdict: 'at-rest', causes: []})
      await ringup('add', 'r' + String(4 + (seed % 3)).padStart(2, '0'), '--yes', '--no-wait')

      for (let look = 0; look < 3; look += 1) {
        const {verdict, causes, code} = await diagnosed('--for', '8s')
        expect(code).toBe(0)
        expect(['moving', 'at-rest']).toContain(verdict)
        expect(
          causes
            .filter(({weight}) => weight !== 'fine')
            .map(({id}) => id)
            .filter(id => id !== 'cluster-limit'),
        ).toEqual([])
      }
    },
    60_000,
  )
})
