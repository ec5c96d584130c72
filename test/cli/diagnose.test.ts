/** Each cause set on a practice ring while ownership moves, and named by the built CLI; and no alarm where all is well. */
import {readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {Fault} from '../../src/lab/server/faults.ts'
import {type Lab, type LabOptions, startLab} from '../../src/lab/server/start-lab.ts'
import type {Diagnosis} from '../../src/watch/diagnosis.ts'
import {type Home, ringupHome} from '../support/ringup.ts'

let home: Home
let lab: Lab

beforeEach(() => {
  home = ringupHome()
})
afterEach(async () => {
  await lab?.stop()
  home.remove()
})

const ringup = (...args: string[]) => home.run(args, {env: {RINGUP_INVENTORY: lab.inventoryFile}})
const writes = (): number => lab.commands.filter(({kind}) => kind === 'write').length

/** Four members, of which the claimant is the first; two more have been committed and their data moves. */
async function moving(options: LabOptions = {}): Promise<void> {
  lab = await startLab({
    nodes: 4,
    spare: 2,
    ring: 64,
    speed: 40,
    seed: 11,
    bytes: 60e9,
    rate: 30e6,
    patience: 400,
    ...options,
  })
  const {code, stderr} = await ringup('add', 'r05', 'r06', '--yes', '--no-wait', '--accept', 'disk-peak')
  if (code !== 0) throw new Error(stderr)
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
  expect(writes()).toBe(before)
  if (stdout === '') throw new Error(stderr)
  return {code, seconds, ...(JSON.parse(stdout) as Diagnosis)}
}

const faults = async (...all: Fault[]): Promise<void> => {
  for (const fault of all) await lab.fault(fault)
}
const everywhere = (make: (host: string) => Fault): Fault[] => lab.hosts.map(({name}) => make(name))
/** ends what is under way, so that nothing is left to go on beside a cause */
const killTransfers = (): Promise<void> =>
  faults(
    ...everywhere(host => ({fault: 'handoff', host, way: 'outbound', on: false})),
    ...everywhere(host => ({fault: 'handoff', host, way: 'outbound', on: true})),
  )

type Case = {
  readonly id: string
  readonly set: () => Promise<void>
  /** several: what had begun may go on for a while */
  readonly verdict: Diagnosis['verdict'] | readonly Diagnosis['verdict'][]
  readonly weight?: 'stops' | 'slows' | 'fine'
  readonly evidence: RegExp
  readonly options?: LabOptions
}

const cases: readonly Case[] = [
  {
    id: 'member-down',
    set: () => faults({fault: 'kill', host: 'r02'}),
    verdict: ['stalled', 'moving'],
    evidence: /connected with riak@\S+: 5 of 6 members/,
  },
  {
    id: 'claimant-down',
    set: () => faults({fault: 'kill', host: 'r01'}),
    verdict: ['stalled', 'moving'],
    evidence: /members that answer: 5/,
  },
  {
    id: 'one-sided',
    set: async () => {
      await faults(
        ...lab.hosts
          .slice(0, 4)
          .flatMap(({name}) =>
            ['r05', 'r06'].map((to): Fault => ({fault: 'oneSided', host: name, to, on: true})),
          ),
      )
      await killTransfers()
    },
    verdict: 'stalled',
    evidence: /port 8099: silent/,
  },
  {
    id: 'limit-zero',
    set: () => faults(...everywhere(host => ({fault: 'transferLimit', host, limit: 0}))),
    verdict: 'stalled',
    evidence: /transfer limit 0/,
  },
  {
    id: 'handoff-disabled',
    set: () => faults(...everywhere(host => ({fault: 'handoff', host, way: 'outbound', on: false}))),
    verdict: 'stalled',
    evidence: /outbound off/,
  },
  {
    id: 'disk-full',
    set: () => faults({fault: 'diskFull', host: 'r05'}, {fault: 'diskFull', host: 'r06'}),
    verdict: ['stalled', 'moving'],
    evidence: /0 B of [\d.]+ GB free/,
  },
  {
    id: 'receiver-timeout',
    set: async () => {
      await faults(
        {fault: 'receiverTimeout', host: 'r05', on: true},
        {fault: 'receiverTimeout', host: 'r06', on: true},
      )
      // each has failed more than once
      lab.skip(3 * 60e3)
    },
    verdict: 'looping',
    evidence: /failed because of TCP recv timeout/,
    options: {bytes: 20e9},
  },
  {
    id: 'vnode-busy',
    set: async () => {
      await faults(...everywhere(host => ({fault: 'busy', host, queue: 48_211})))
      await killTransfers()
    },
    verdict: 'stalled',
    evidence: /partition \d+: 48211 messages/,
  },
  {
    id: 'ring-not-converging',
    set: async () => {
      await faults({fault: 'deaf', host: 'r03', on: true})
      // so that there is a new ring which it does not hear of
      lab.skip(30 * 60e3)
    },
    verdict: 'stalled',
    evidence: /not ready on riak@/,
    options: {bytes: 20e9},
  },
  {
    id: 'claimant-moved',
    set: () => faults({fault: 'claimant', host: 'r02'}),
    verdict: 'moving',
    weight: 'fine',
    evidence: /claimant at the commit: riak@\S+; now: riak@/,
    options: {speed: 60},
  },
  {
    id: 'version-mix',
    set: () => faults({fault: 'version', host: 'r03', version: '3.0.16'}),
    verdict: 'moving',
    weight: 'slows',
    evidence: /3\.0\.16: riak@/,
    options: {speed: 60},
  },
  {
    id: 'cluster-limit',
    set: () => faults(...everywhere(host => ({fault: 'clusterLimit', host, limit: 2}))),
    verdict: 'moving',
    weight: 'slows',
    evidence: /forced_ownership_handoff 2/,
    options: {speed: 60},
  },
  {
    id: 'clock-skew',
    set: () => faults({fault: 'clock', host: 'r06', aheadMs: 90_000}),
    verdict: 'moving',
    weight: 'slows',
    evidence: /1 min 30 s ahead/,
    options: {speed: 60},
  },
]

const table: string[] = []
afterAll(() => console.log(`cause                verdict   named after\n${table.join('\n')}`))

describe('diagnose names the cause', () => {
  it.each(cases)(
    '$id',
    async ({id, set, verdict, weight = 'stops', evidence, options}) => {
      await moving(options)
      await set()

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
    lab = await startLab({nodes: 3, spare: 1, ring: 16, speed: 100, seed: 3})
    await faults({fault: 'start', host: 'r04'})
    lab.skip(60_000)
    await faults({fault: 'stage', action: 'join', host: 'r04'})
    lab.skip(60_000)

    const {code, causes, verdict, seconds} = await diagnosed()

    expect(causes.map(({id}) => id)).toContain('staged')
    expect([verdict, code]).toEqual(['stalled', 9])
    table.push(`${'staged'.padEnd(20)} ${verdict.padEnd(9)} ${seconds.toFixed(1)} s`)
  }, 60_000)

  it('hinted-only, which is fine', async () => {
    lab = await startLab({nodes: 3, spare: 1, ring: 16, speed: 20, seed: 3})
    await ringup('add', 'r04', '--yes', '--interval', '100ms')

    const {code, causes, verdict, seconds} = await diagnosed()

    expect(causes).toMatchObject([{id: 'hinted-only', weight: 'fine'}])
    expect([verdict, code]).toEqual(['at-rest', 0])
    table.push(`${'hinted-only'.padEnd(20)} ${verdict.padEnd(9)} ${seconds.toFixed(1)} s`)
  }, 60_000)

  it('says that it cannot tell, and collects what a person would need without secrets', async () => {
    await moving()
    // transfers that do not begin, for no reason that can be seen from outside
    await faults(...everywhere(host => ({fault: 'busy', host, queue: 3})))
    await killTransfers()
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
      lab = await startLab({nodes: 3 + (seed % 3), spare: 2, ring: 32, speed: 120, seed, bytes: 6e9})
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
