/**
 * A release that answers writes in words nobody knows: the ring is read, and then spoken. The steps themselves on a
 * practice ring; waits take no time.
 */
import {setTimeout as sleep} from 'node:timers/promises'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {OpsError} from '../../src/errors.ts'
import {abandonSteps} from '../../src/execute/abandon-steps.ts'
import {stagedNow} from '../../src/execute/changes-seen.ts'
import {commitStep} from '../../src/execute/commit-step.ts'
import {type RunContext, readClaimant} from '../../src/execute/run-context.ts'
import {agreeStep, joinStep, stageStep} from '../../src/execute/stage-steps.ts'
import {startStep} from '../../src/execute/start-step.ts'
import {runSteps, type Step} from '../../src/execute/step.ts'
import type {EventBody} from '../../src/journal/events.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {makePlan} from '../../src/plan/plan.ts'
import {dialectOf} from '../../src/riak/dialect.ts'
import {askSnapshot} from '../../src/riak/ring/ask-snapshot.ts'
import type {Change, StagedChange} from '../../src/ring/changes.ts'
import {type LabDoors, labDoors} from '../support/lab-doors.ts'

let lab: Lab
let doors: LabDoors
let events: EventBody[]

beforeEach(async () => {
  lab = await startLab({nodes: 3, spare: 1, ring: 16, speed: 300, seed: 9})
  doors = labDoors(lab)
  events = []
})
afterEach(async () => {
  doors.close()
  await lab.stop()
})

const node = (host: string): string => lab.hosts.find(({name}) => name === host)!.node
const seen = (step: string): string | undefined =>
  events.flatMap(event => (event.type === 'step-done' && event.step === step ? event.saw : [])).at(-1)
const sent = (words: string): number =>
  lab.commands.filter(({line}) => line.endsWith(words) || line.includes(`${words} `)).length

async function contextOf(changes: readonly Change[]): Promise<RunContext> {
  const all = lab.hosts.map(({name}) => doors.door(name))
  const snapshot = await askSnapshot(all[0]!, Date.now)
  let passed = 0
  return {
    clock: {
      now: () => Date.now() + passed,
      sleep: async ms => {
        passed += ms
        await sleep(5)
      },
    },
    record: event => events.push(event),
    signal: new AbortController().signal,
    guard: async () => {},
    plan: makePlan({cluster: 'practice', snapshot, changes}),
    doors: all,
    claimant: snapshot.ring.claimant,
    dialect: async () => dialectOf('3.2.3'),
    diskPeak: 0.8,
    resumed: false,
  }
}
const joining = (): Promise<RunContext> => contextOf([{action: 'join', node: node('r04')}])

/** What the steps end with: a failure, or undefined. */
async function run(context: RunContext, steps: readonly Step[]): Promise<OpsError | undefined> {
  try {
    await runSteps(steps, context)
    return undefined
  } catch (error) {
    if (!(error instanceof OpsError)) throw error
    return error
  }
}
const join = async (context: RunContext) =>
  run(context, [startStep(context, node('r04')), joinStep(context, node('r04'))])
/** How Riak answers from now on. */
const says = (host: string, match: string, more: {words?: string; act?: boolean; exit?: number} = {}) =>
  lab.fault({fault: 'otherWords', host, match, ...more})
const moo = {words: 'moo\n', act: false}

describe('a write that took effect, in words that are not understood', () => {
  it('join: the run goes on, and its journal says so', async () => {
    await says('r04', 'cluster join')
    const context = await joining()

    expect(await join(context)).toBeUndefined()
    expect(seen(`join ${node('r04')}`)).toMatch(
      /^joining \(the answer was not understood: Success: staged join request for \S+ to \S+\)$/,
    )
    expect(sent('cluster join')).toBe(1)
  })

  it('leave: the same', async () => {
    await says('r01', 'cluster leave', {words: 'as you like\n'})
    const change: StagedChange = {action: 'leave', node: node('r02')}
    const context = await contextOf([change])

    expect(await run(context, [stageStep(context, change)])).toBeUndefined()
    expect(seen(`stage leave ${node('r02')}`)).toBe('staged (the answer was not understood: as you like)')
  })

  it('commit: the same', async () => {
    const context = await joining()
    await join(context)
    await says('r01', 'cluster commit')

    expect(await run(context, [agreeStep(context), commitStep(context)])).toBeUndefined()
    expect(seen('commit')).toMatch(
      /^seen on r01 and r02 \(the answer was not understood: Cluster changes committed\)$/,
    )
    expect(lab.counters()).toMatchObject({commits: 1})
  })

  it('clear of abandon: all is dropped, and the node runs again', async () => {
    const context = await joining()
    await join(context)
    await says('r01', 'cluster clear')

    expect(await run(context, abandonSteps(context))).toBeUndefined()
    expect(seen('drop')).toBe(
      'nothing is staged (the answer was not understood: Cleared staged cluster changes)',
    )
    expect(lab.node('r04').state).toBe('running')
    expect(stagedNow(context.plan, await readClaimant(context))).toEqual([])
  })
})

describe('a write that did not, in words that are not understood', () => {
  it('join: exit 10, with what was sent, what was answered, and what the ring shows', async () => {
    await says('r04', 'cluster join', moo)
    const failure = await join(await joining())

    expect(failure).toMatchObject({
      kind: 'notUnderstood',
      exitCode: 10,
      message: `r04: sudo riak admin cluster join ${node('r01')}: the answer is not understood: moo; the ring shows now: ${node('r04')} is no member, nothing is staged`,
      hint: 'look at the cluster: ringup status',
    })
  })

  it('leave: the same, with what else is staged', async () => {
    await lab.fault({fault: 'stage', action: 'location', host: 'r03', location: 'rack-z'})
    await says('r01', 'cluster leave', moo)
    const change: StagedChange = {action: 'leave', node: node('r02')}
    const context = await contextOf([change])

    expect(await run(context, [stageStep(context, change)])).toMatchObject({
      exitCode: 10,
      message: expect.stringMatching(/moo; the ring shows now: staged: set location of \S+ to rack-z$/),
    })
  })

  it('clear of abandon: exit 10, with what is still staged', async () => {
    const context = await joining()
    await join(context)
    await says('r01', 'cluster clear', moo)

    expect(await run(context, abandonSteps(context))).toMatchObject({
      exitCode: 10,
      message: `r01: sudo riak admin cluster clear: the answer is not understood: moo; the ring shows now: staged: join ${node('r04')}`,
    })
    expect(stagedNow(context.plan, await readClaimant(context))).toEqual([`join ${node('r04')}`])
  })

  it('commit: exit 10, and it says that nothing is committed and what is staged', async () => {
    const context = await joining()
    await join(context)
    await says('r01', 'cluster commit', moo)

    expect(await run(context, [agreeStep(context), commitStep(context)])).toMatchObject({
      exitCode: 10,
      message: expect.stringMatching(/moo; the ring shows now: not committed; staged: join \S+$/),
    })
    expect(sent('cluster commit')).toBe(1)
  })

  it('cluster plan: exit 10, and it says what the ring shows', async () => {
    const context = await joining()
    await join(context)
    await says('r01', 'cluster plan', moo)

    expect(await run(context, [agreeStep(context), commitStep(context)])).toMatchObject({
      exitCode: 10,
      message: expect.stringMatching(
        /cluster plan is not understood: .*; the ring shows now: not committed; staged: join/,
      ),
    })
    expect(sent('cluster commit')).toBe(0)
  })

  it('a refusal that is known: exit 3, with what the ring shows', async () => {
    await says('r04', 'cluster join', {
      words: 'Join failed, see log for details\nerror\n',
      act: false,
    })

    expect(await join(await joining())).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(
        /refused: Join failed, see log for details; the ring shows now: \S+ is no member, nothing is staged$/,
      ),
    })
  })

  it('start: exit 10 with what was answered, long before three minutes are over', async () => {
    await says('r04', 'riak daemon', {words: 'sudo: a password is required\n', act: false, exit: 1})

    expect(await join(await joining())).toMatchObject({
      exitCode: 10,
      message: `r04: sudo riak daemon: the answer is not understood: exit status 1, sudo: a password is required; the ring shows now: ${node('r04')} is stopped`,
    })
  })
})

describe('an answer in other words', () => {
  it('hides no host that does not answer any more, and no Ctrl-C', async () => {
    const stop = new AbortController()
    await says('r04', 'cluster join', moo)
    const context = {...(await joining()), signal: stop.signal}
    lab.onCommand(({line}) => {
      if (line.includes('cluster join')) stop.abort(new OpsError('interrupted', 'interrupted'))
    })

    expect(await join(context)).toMatchObject({kind: 'interrupted'})
  })
})
