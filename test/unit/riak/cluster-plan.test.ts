import {describe, expect, it} from 'vitest'
import {readClusterPlan} from '../../../src/riak/answers/cluster-plan.ts'
import {allRecorded, recordedEpisode} from '../../support/transcripts.ts'

const plans = (episode: string) =>
  recordedEpisode(episode).filter(({command}) => command.endsWith('cluster plan'))
const answer = (stdout: string) => ({stdout, stderr: '', code: 0})

describe('readClusterPlan', () => {
  it('understands every plan that was recorded', () => {
    const read = allRecorded()
      .filter(({command}) => command.endsWith('cluster plan'))
      .map(readClusterPlan)

    expect(read.length).toBeGreaterThanOrEqual(15)
    expect(read.filter(({problem}) => problem)).toEqual([])
  })

  it('reads three joins', () => {
    const {value} = readClusterPlan(plans('05-grow-5to8')[0]!)

    if (value?.outcome !== 'plan') throw new Error('no plan')
    expect(value.changes).toEqual([16, 17, 18].map(host => ({action: 'join', node: `riak@10.77.0.${host}`})))
    expect(value.transitions).toHaveLength(1)
    const [transition] = value.transitions
    expect(transition!.members[0]).toEqual({
      node: 'riak@10.77.0.11',
      status: 'valid',
      ring: 20.3,
      pending: 12.5,
      location: undefined,
    })
    expect(transition!.transfers).toHaveLength(14)
    expect(transition!.transfers.reduce((sum, {count}) => sum + count, 0)).toBe(24)
    expect(transition!.transfers).toContainEqual({from: 'riak@10.77.0.11', to: 'riak@10.77.0.17', count: 2})
  })

  it('reads a location change, its warning and both transitions', () => {
    const {value} = readClusterPlan(plans('14-location-join')[0]!)

    if (value?.outcome !== 'plan') throw new Error('no plan')
    expect(value.changes).toContainEqual({action: 'setLocation', node: 'riak@10.77.0.11', location: 'rack-a'})
    expect(
      value.transitions.map(({transfers}) => transfers.reduce((sum, {count}) => sum + count, 0)),
    ).toEqual([9, 56])
    expect(value.transitions[0]!.warnings).toEqual(['Not all replicas will be on distinct locations'])
    expect(value.transitions[0]!.members[0]!.location).toBe('rack-a')
  })

  it('reads forced changes and what they reassign', () => {
    const [forced, resize] = plans('17-force').map(readClusterPlan)

    if (forced?.value?.outcome !== 'plan' || resize?.value?.outcome !== 'plan') throw new Error('no plan')
    expect(forced.value.changes[0]).toEqual({
      action: 'forceReplace',
      node: 'riak@10.77.0.13',
      with: 'riak@10.77.0.20',
    })
    expect(forced.value.transitions[0]!.reassigned).toEqual([
      {from: 'riak@10.77.0.13', to: 'riak@10.77.0.20', count: 11},
    ])
    expect(resize.value.changes).toEqual([{action: 'resize', from: 64, to: 128}])
    expect(resize.value.transitions[0]!.resizing).toBe(true)
  })

  it('tells refusals from plans', () => {
    expect(readClusterPlan(answer('There are no staged changes\nok\n')).value).toEqual({
      outcome: 'nothing-staged',
    })
    expect(
      readClusterPlan(
        answer(
          "Cannot plan until cluster state has converged.\nCheck 'Ring Ready' in 'riak-admin ring_status'\nok\n",
        ),
      ).value,
    ).toEqual({outcome: 'not-converged'})
    expect(
      readClusterPlan({stdout: '', stderr: 'Node riak@10.0.0.1 is not responding to pings\n', code: 1}).value,
    ).toEqual({outcome: 'not-running'})
  })

  it('carries the line it does not understand', () => {
    const {stdout} = plans('05-grow-5to8')[0]!
    const strange = stdout.replace("join           'riak@10.77.0.17'", "adopt          'riak@10.77.0.17'")

    expect(readClusterPlan(answer(strange)).problem).toEqual({
      expected: 'a staged change',
      line: "adopt          'riak@10.77.0.17'",
      lineNumber: 5,
    })
  })

  it('does not accept a plan that was cut, or whose sums do not fit', () => {
    const {stdout} = plans('05-grow-5to8')[0]!
    const lines = stdout.split('\n')

    for (let length = 1; length < lines.length - 1; length += 1) {
      expect(
        readClusterPlan(answer(lines.slice(0, length).join('\n'))).value,
        `cut after line ${length}`,
      ).toBeUndefined()
    }
    expect(
      readClusterPlan(answer(stdout.replace('cluster changes: 24', 'cluster changes: 25'))).problem?.expected,
    ).toBe('25 transfers before this line')
    expect(readClusterPlan(answer(stdout.replace('Valid:8', 'Valid:7'))).problem?.expected).toBe(
      'totals that agree with the table before this line',
    )
  })
})
