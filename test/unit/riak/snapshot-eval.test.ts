import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {decodeSnapshot, snapshotExpression} from '../../../src/riak/ring/snapshot-eval.ts'
import {DecodeError} from '../../../src/riak/terms/decode.ts'
import {readTerm} from '../../../src/riak/terms/term.ts'

const recorded = (name: string): string =>
  readFileSync(new URL(`../../fixtures/eval/${name}.txt`, import.meta.url), 'utf8')

describe('decodeSnapshot', () => {
  it('reads what a real cluster of three answered while ownership moved', () => {
    const snapshot = decodeSnapshot(readTerm(recorded('moving.erl_call')), 1_000)

    expect(snapshot.takenAt).toBe(1_000)
    expect(snapshot.askedNode).toBe('riak@10.78.0.11')
    expect(snapshot.ring.partitions).toBe(16)
    expect(snapshot.ring.owners).toHaveLength(16)
    expect(snapshot.ring.members).toEqual(
      [11, 12, 13].map(host => ({node: `riak@10.78.0.${host}`, status: 'valid'})),
    )
    expect(snapshot.claim).toEqual({claim: 'v2', targetN: 4, targetLocationN: 3, fullRebalanceOnLeave: false})
    expect(snapshot.staged).toEqual([])
    expect(snapshot.seed).not.toBe('unknown')
    expect(
      snapshot.nodes.map(({node, version, otp, transferLimit}) => [node, version, otp, transferLimit]),
    ).toEqual([11, 12, 13].map(host => [`riak@10.78.0.${host}`, '3.2.3', '25', 2]))
  })

  it.each([
    ["{'riak@10.78.0.11', {1764, 335462, 1234}}", 'riak@10.78.0.11/1764335462.001234'],
    ['unknown', 'unknown'],
    ['undefined', 'unknown'],
    ["{'riak@10.78.0.11', undefined}", 'unknown'],
    ["{'riak@10.78.0.11', {1764, 335462, -1}}", 'unknown'],
    ["{'riak 10.78.0.11', {1764, 335462, 1234}}", 'unknown'],
  ])("takes %s as the ring's name %s", (told, name) => {
    const answer = recorded('moving.erl_call')
    const read = (text: string) => decodeSnapshot(readTerm(text), 0).clusterName

    expect(read(answer.replace('{claimant,', `{cluster_name, ${told}}, {claimant,`))).toBe(name)
    expect(read(answer)).toBe('unknown')
  })

  it('loses the facts of a member whose call failed, and no more', () => {
    const answer = recorded('moving.erl_call')
    const whole = decodeSnapshot(readTerm(answer), 0)
    const at = answer.indexOf("{'riak@10.78.0.13', [{ring,")
    const failed = `${answer.slice(0, at)}{badrpc, {'EXIT', noproc}}]}]}\n`

    const {nodes, ring} = decodeSnapshot(readTerm(failed), 0)
    expect(ring).toEqual(whole.ring)
    expect(nodes.map(({node}) => node)).toEqual(['riak@10.78.0.11', 'riak@10.78.0.12'])
  })

  it('refuses a ring that is being resized, in words', () => {
    const answer = recorded('moving.erl_call').replace(
      /\{pending, \[/,
      "{pending, [{0, 'riak@10.78.0.11', '$resize', [], awaiting}, ",
    )
    expect(() => decodeSnapshot(readTerm(answer), 0)).toThrow('the ring is being resized')
  })

  it('reads a limit of infinity as one that is not known', () => {
    const answer = recorded('moving.erl_call').replaceAll('{limit, 2}', '{limit, infinity}')
    expect(decodeSnapshot(readTerm(answer), 0).nodes.map(({transferLimit}) => transferLimit)).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ])
  })

  it('reads both print styles', () => {
    const snapshot = decodeSnapshot(readTerm(recorded('moving.nodetool')), 1)

    expect(snapshot.ring.partitions).toBe(16)
    expect(snapshot.ring.claimant).toBe('riak@10.78.0.11')
  })

  it('says which field is not as expected', () => {
    const answer = recorded('moving.erl_call')
    const decode = (text: string) => decodeSnapshot(readTerm(text), 0)

    expect(() => decode(answer.replace('{claimant,', '{clamant,'))).toThrow('answer.claimant is missing')
    expect(() => decode(answer.replace('{partitions, 16}', '{partitions, sixteen}'))).toThrow(
      'answer.partitions: an integer is expected, not sixteen',
    )
    expect(() => decode(answer.replace("'riak@10.78.0.12', valid", "'riak@10.78.0.12', fine"))).toThrow(
      'answer.members[1].1: a member status is expected, not fine',
    )
    expect(() => decode('{ringup, 2, []}')).toThrow(DecodeError)
  })

  it('takes a claim function of another module as unknown, by its name', () => {
    const other = recorded('moving.erl_call').replace(
      '{riak_core_membership_claim, default_choose_claim}',
      '{my_claim, spread}',
    )

    const snapshot = decodeSnapshot(readTerm(other), 0)

    expect(snapshot.claim).toBe('unknown')
    expect(snapshot.claimFunction).toBe('my_claim:spread')
  })

  it('reads staged changes from the ring and from the claimant', () => {
    const answer = recorded('moving.erl_call')
      .replace(
        '{riak_core_claimant, []',
        `{riak_core_claimant, [{'riak@10.78.0.11', {set_location, "rackx"}}, {'riak@10.78.0.13', leave}, {'riak@10.78.0.12', {replace, 'riak@10.78.0.14'}}]`,
      )
      .replace("{'riak@10.78.0.13', valid}]", "{'riak@10.78.0.13', valid}, {'riak@10.78.0.14', joining}]")

    expect(decodeSnapshot(readTerm(answer), 0).staged).toEqual([
      {action: 'setLocation', node: 'riak@10.78.0.11', location: 'rackx'},
      {action: 'replace', node: 'riak@10.78.0.12', with: 'riak@10.78.0.14'},
      {action: 'leave', node: 'riak@10.78.0.13'},
      {action: 'join', node: 'riak@10.78.0.14'},
    ])
  })
})

describe('snapshotExpression', () => {
  it('passes through two shells: one line, no quote, backslash, dollar or bang', () => {
    expect(snapshotExpression).not.toMatch(/['"`\\$!\n]/)
  })

  it('calls nothing that changes anything', () => {
    const calls = new Set(
      [...snapshotExpression.matchAll(/\b([a-z_]+):([a-z_0-9]+)\(/g)].map(
        ([, module, name]) => `${module}:${name}`,
      ),
    )

    expect([...calls].sort()).toEqual([
      'application:get_env',
      'dict:to_list',
      'erlang:phash2',
      'erlang:system_info',
      'file:read_file',
      'filelib:is_file',
      'filename:join',
      'lists:any',
      'lists:concat',
      'lists:member',
      'release_handler:which_releases',
      'riak_core_handoff_manager:get_concurrency',
      'riak_core_handoff_manager:status',
      'riak_core_ring:all_member_status',
      'riak_core_ring:all_owners',
      'riak_core_ring:claimant',
      'riak_core_ring:cluster_name',
      'riak_core_ring:get_nodes_locations',
      'riak_core_ring:has_location_changed',
      'riak_core_ring:num_partitions',
      'riak_core_ring:pending_changes',
      'riak_core_ring:ring_ready',
      'riak_core_ring_manager:get_raw_ring',
      'rpc:multicall',
      'string:str',
      'sys:get_state',
    ])
  })
})
