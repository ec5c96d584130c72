import {describe, expect, it} from 'vitest'
import {readCommit} from '../../../src/riak/answers/cluster-commit.ts'
import {readJoin} from '../../../src/riak/answers/cluster-join.ts'
import {readStaging} from '../../../src/riak/answers/cluster-staging.ts'
import {readPing, readServices} from '../../../src/riak/answers/node-state.ts'
import {allRecorded} from '../../support/transcripts.ts'

const answer = (stdout: string, code = 0) => ({stdout, stderr: '', code})

describe('readJoin', () => {
  it('understands every join that was recorded, and takes no refusal for success', () => {
    const outcomes = allRecorded().flatMap(recorded => {
      const target = /^riak admin cluster join (\S+)$/.exec(recorded.command)?.[1]
      return target === undefined ? [] : [readJoin(recorded, `riak@${recorded.host}`, target)]
    })
    const tally: Record<string, number> = {}
    for (const outcome of outcomes) {
      const name = 'reason' in outcome ? outcome.reason : outcome.outcome
      tally[name] = (tally[name] ?? 0) + 1
    }

    expect(tally).toEqual({
      staged: 12,
      'already-member': 2,
      'target-unreachable': 2,
      'self-join': 1,
      'different-ring-size': 1,
      'not-running': 1,
      'still-starting': 1,
    })
  })

  it.each([
    ["Success: staged join request for 'riak@b' to 'riak@a'\nerror\n", 'the return term says error'],
    ["Success: staged join request for 'riak@c' to 'riak@a'\nok\n", 'another node'],
    ["Success: staged join request for 'riak@b' to 'riak@z'\nok\n", 'another target'],
    ["Success: staged join request for 'riak@b' to 'riak@a'\n", 'cut'],
    ['ok\n', 'nothing said'],
    ['', 'nothing at all'],
    [
      "Success: staged join request for 'riak@b' to 'riak@a'\nFailed: This node is already a member of a cluster\nok\n",
      'both',
    ],
  ])('is not sure of %j: %s', text => {
    expect(readJoin(answer(text), 'riak@b', 'riak@a').outcome).toBe('unknown')
  })
})

describe('readCommit', () => {
  it('understands every commit that was recorded', () => {
    const outcomes = allRecorded()
      .filter(({command}) => command.endsWith('cluster commit'))
      .map(readCommit)

    expect(outcomes.filter(({outcome}) => outcome === 'committed').length).toBeGreaterThan(4)
    expect(outcomes.filter(({outcome}) => outcome === 'unknown')).toEqual([])
    expect(outcomes.flatMap(outcome => ('reason' in outcome ? [outcome.reason] : []))).toEqual(
      expect.arrayContaining(['not-planned', 'plan-changed']),
    )
  })

  it('takes exit 0 for nothing', () => {
    expect(readCommit(answer('')).outcome).toBe('unknown')
    expect(readCommit(answer('ok\n')).outcome).toBe('unknown')
    expect(readCommit(answer('Cluster changes committed\nerror\n')).outcome).toBe('unknown')
    expect(
      readCommit(
        answer("The plan has changed. Verify with 'riak-admin cluster plan' before committing\nok\n"),
      ),
    ).toMatchObject({outcome: 'refused', reason: 'plan-changed'})
  })
})

describe('node state', () => {
  it('reads ping and services as recorded', () => {
    expect(readPing(answer('pong\n')).outcome).toBe('running')
    expect(
      readPing({stdout: '', stderr: 'Node riak@10.77.0.17 is not responding to pings\n', code: 1}).outcome,
    ).toBe('stopped')
    expect(readPing(answer('pang\n')).outcome).toBe('unknown')
    expect(readServices(answer('[riak_kv,riak_pipe,riak_repl]\n'))).toEqual([
      'riak_kv',
      'riak_pipe',
      'riak_repl',
    ])
    expect(readServices(answer('[]\n'))).toEqual([])
    expect(readServices(answer('ok\n'))).toBeUndefined()
  })
})

describe('readStaging', () => {
  const leave = {action: 'leave', node: 'riak@10.77.0.18'} as const

  it('understands every leave, replace and location that was recorded', () => {
    const outcomes = allRecorded().flatMap(recorded => {
      const [, verb, first, second] =
        /^riak admin cluster (leave|replace|location) (\S+)(?: (?:--node=)?(\S+))?$/.exec(recorded.command) ??
        []
      if (verb === undefined || first === undefined) return []
      const change =
        verb === 'leave'
          ? ({action: 'leave', node: first} as const)
          : verb === 'replace'
            ? ({action: 'replace', node: first, with: second!} as const)
            : ({action: 'setLocation', node: second ?? `riak@${recorded.host}`, location: first} as const)
      return [readStaging(recorded, change)]
    })

    expect(outcomes.map(outcome => ('reason' in outcome ? outcome.reason : outcome.outcome))).toEqual([
      'staged',
      'not-member',
      'staged',
      'staged',
      'staged',
      'staged',
      'unknown-name',
      'staged',
      'invalid-replacement',
      'staged',
      'already-replacement',
    ])
  })

  it.each([
    ["Success: staged leave request for 'riak@10.77.0.18'\nerror\n", 'the return term says error'],
    ["Success: staged leave request for 'riak@10.77.0.17'\nok\n", 'another node'],
    ["Success: staged leave request for 'riak@10.77.0.18'\n", 'cut'],
    ["Failed: 'riak@10.77.0.18' is not a member of the cluster.\nok\n", 'a refusal that returns ok'],
    ['ok\n', 'nothing said'],
    ['', 'nothing at all'],
  ])('is not sure of %j: %s', text => {
    expect(readStaging(answer(text), leave).outcome).toBe('unknown')
  })

  it('knows the one refusal that returns ok', () => {
    const text = "'riak@10.77.0.18' is already in the process of leaving the cluster.\nok\n"

    expect(readStaging(answer(text), leave)).toMatchObject({outcome: 'refused', reason: 'already-leaving'})
  })
})
