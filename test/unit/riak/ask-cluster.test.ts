/** Which member is asked. The doors here answer as a real member did, or fail in one way each. */
import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {OpsError} from '../../../src/errors.ts'
import type {Ask, Door} from '../../../src/riak/door.ts'
import {askCluster} from '../../../src/riak/ring/ask-cluster.ts'

const stdout = readFileSync(new URL('../../fixtures/eval/moving.erl_call.txt', import.meta.url), 'utf8')
const well: Ask = async () => ({stdout, stderr: '', code: 0})
const never: Ask = () => new Promise(() => {})
const down: Ask = () => Promise.reject(new OpsError('unreachable', 'refused'))
const strange: Ask = async () => ({stdout: 'moo\n', stderr: '', code: 0})
const stopped: Ask = async () => ({
  stdout: 'Node riak@10.78.0.11 is not responding to pings\n',
  stderr: '',
  code: 1,
})

const doors = (...asks: readonly Ask[]): Door[] =>
  asks.map((ask, at) => ({
    host: `r0${at + 1}`,
    node: `riak@10.78.0.1${at + 1}`,
    riak: ['riak'],
    eval: true,
    dataDir: '/d',
    ask,
  }))
/** waits are over once everybody who can has answered, and counted */
const clockOf = () => {
  const slept: number[] = []
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms)
    await new Promise(resolve => setImmediate(resolve))
  }
  return {slept, now: () => 0, sleep}
}

describe('askCluster', () => {
  it.each<[string, readonly Ask[], string, string[]]>([
    ['the first that is asked', [well, well], 'r01', []],
    ['the next when one cannot be reached', [down, well], 'r02', ['r01']],
    ['the next when Riak is stopped there', [stopped, well], 'r02', ['r01']],
    ['the next when it is not understood', [strange, down, well], 'r03', ['r01', 'r02']],
  ])('answers by %s', async (_, asks, host, failed) => {
    const {door, snapshot, failures} = await askCluster(doors(...asks), clockOf())

    expect(door.host).toBe(host)
    expect(snapshot.ring.partitions).toBe(16)
    expect(failures.map(failure => failure.host).sort()).toEqual(failed)
  })

  it('asks the next as well when one is slower than two seconds', async () => {
    const clock = clockOf()
    const {door} = await askCluster(doors(never, well), clock)

    expect(door.host).toBe('r02')
    expect(clock.slept).toContain(2000)
  })

  it('says of all what was wrong with the first', async () => {
    await expect(askCluster(doors(down, stopped), clockOf())).rejects.toMatchObject({
      kind: 'unreachable',
      message: 'none of 2 hosts can tell about the cluster; the first: refused',
    })
    await expect(askCluster(doors(strange), clockOf())).rejects.toMatchObject({exitCode: 10})
  })
})
