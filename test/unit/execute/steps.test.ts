import {describe, expect, it} from 'vitest'
import {OpsError} from '../../../src/errors.ts'
import {runSteps, type Step, waitFor} from '../../../src/execute/step.ts'
import type {EventBody} from '../../../src/journal/events.ts'
import type {Door} from '../../../src/riak/door.ts'

const clockOf = () => {
  let now = 0
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms
    },
  }
}
const doorOf = (answer: () => Promise<{stdout: string; stderr: string; code: number}>): Door => ({
  host: 'r01',
  node: 'riak@a',
  riak: ['riak'],
  eval: true,
  dataDir: '/d',
  ask: answer,
})

describe('runSteps', () => {
  const told = (events: EventBody[]) =>
    events.map(event => ('step' in event ? `${event.type} ${event.step}` : event.type))
  const run = async (steps: Step[], signal = new AbortController().signal) => {
    const events: EventBody[] = []
    const failure = await runSteps(steps, {
      clock: clockOf(),
      record: event => events.push(event),
      signal,
      guard: async () => {},
    }).catch(error => error as Error)
    return {events, told: told(events), failure}
  }
  const step = (change: Partial<Step>): Step => ({
    id: 's',
    title: 't',
    observe: async () => ({so: false, saw: 'no'}),
    verify: async () => 'yes',
    ...change,
  })

  it('does nothing where it is so already', async () => {
    const {told} = await run([
      step({
        observe: async () => ({so: true, saw: 'there'}),
        act: () => Promise.reject(new Error('must not act')),
      }),
    ])

    expect(told).toEqual(['step-started s', 'step-observed s', 'step-done s'])
  })

  it('journals before a write is sent and after it was answered', async () => {
    const order: string[] = []
    const events: EventBody[] = []
    const door = doorOf(async () => {
      order.push('asked')
      return {stdout: 'ok', stderr: '', code: 0}
    })
    await runSteps([step({act: async write => void (await write(door, ['riak', 'x']))})], {
      clock: clockOf(),
      record: event => {
        order.push(event.type)
        events.push(event)
      },
      signal: new AbortController().signal,
      guard: async () => {},
    })

    expect(order).toEqual([
      'step-started',
      'step-observed',
      'write-sent',
      'asked',
      'write-answered',
      'step-done',
    ])
    expect(events[2]).toEqual({type: 'write-sent', step: 's', host: 'r01', argv: ['riak', 'x']})
  })

  it('asks whether it may still write after the journal is on disk: a disk that stalls may have cost the lock', async () => {
    const {clock, lock} = {clock: clockOf(), lock: {since: 0}}
    const sent: string[] = []
    const events: EventBody[] = []
    const door = doorOf(async () => {
      sent.push('asked')
      return {stdout: 'ok', stderr: '', code: 0}
    })
    const failure = await runSteps([step({act: async write => void (await write(door, ['riak', 'x']))})], {
      clock,
      record: event => {
        events.push(event)
        // the flush of this one line takes 140 s
        if (event.type === 'write-sent') void clock.sleep(140_000)
      },
      signal: new AbortController().signal,
      guard: async () => {
        if (clock.now() - lock.since > 60_000) throw new OpsError('locked', 'the lock could not be kept')
      },
    }).catch(error => error as Error)

    expect(failure).toMatchObject({kind: 'locked'})
    expect(sent).toEqual([])
    expect(events.at(-2)).toMatchObject({type: 'write-lost', sent: false})
  })

  it('says that an answer was lost', async () => {
    const door = doorOf(() => Promise.reject(new OpsError('unreachable', 'gone')))
    const {told, failure} = await run([step({act: async write => void (await write(door, ['riak', 'x']))})])

    expect(told).toEqual([
      'step-started s',
      'step-observed s',
      'write-sent s',
      'write-lost s',
      'step-failed s',
    ])
    expect(failure).toMatchObject({kind: 'unreachable'})
  })

  it('sends nothing when the journal cannot be written', async () => {
    const full = new Error('ENOSPC')
    let asked = 0
    const door = doorOf(async () => {
      asked += 1
      return {stdout: '', stderr: '', code: 0}
    })
    const record = (event: EventBody): void => {
      if (event.type === 'write-sent') throw full
    }

    await expect(
      runSteps([step({act: async write => void (await write(door, ['riak', 'x']))})], {
        clock: clockOf(),
        record,
        signal: new AbortController().signal,
        guard: async () => {},
      }),
    ).rejects.toBe(full)
    expect(asked).toBe(0)
  })

  it('stops before the next step, and before acting, when it is asked to', async () => {
    const stop = new AbortController()
    const {told, failure} = await run(
      [
        step({
          id: 'one',
          observe: async () => {
            stop.abort()
            return {so: false, saw: ''}
          },
          act: () => Promise.reject(new Error('must not act')),
        }),
        step({id: 'two'}),
      ],
      stop.signal,
    )

    expect(told).toEqual(['step-started one', 'step-observed one', 'step-failed one'])
    expect(failure).toMatchObject({kind: 'interrupted', exitCode: 130})
  })
})

describe('waitFor', () => {
  it('gives up after its time, saying what it waited for', async () => {
    const clock = clockOf()
    const waiting = waitFor(
      {clock, signal: new AbortController().signal},
      {what: 'rain', timeout: 5000, interval: 1000, hint: 'look up'},
      async () => undefined,
    )

    await expect(waiting).rejects.toMatchObject({
      kind: 'partlyDone',
      message: 'waited 5 s in vain: rain',
      hint: 'look up',
    })
    expect(clock.now()).toBe(5000)
  })
})
