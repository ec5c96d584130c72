/** Handoffs that failed, read from lines that real nodes wrote. */
import {describe, expect, it} from 'vitest'
import {readTrouble, troubleArgv} from '../../../src/riak/host/trouble.ts'
import {queuesExpression} from '../../../src/riak/ring/vnode-queues.ts'
import {partitionIndex} from '../../../src/ring/ring.ts'

const index = String(partitionIndex(3, 16))
const answer = (...lines: string[]) => ({
  stdout: [...lines.map(line => `log ${line}`), 'end', ''].join('\n'),
  stderr: '',
  code: 0,
})
const failed = (why: string): string =>
  `2026-11-27T02:24:06.416000+00:00 [error] <0.1.0>@riak_core_handoff_sender:start_fold/5:316 ownership transfer of riak_kv_vnode from 'riak@10.162.169.13' ${index} to 'riak@10.162.169.14' ${index} failed because of ${why}`

describe('readTrouble', () => {
  it.each<[string, string]>([
    ['closed', 'connection'],
    ['TCP recv timeout', 'timeout'],
    ['error: {badmatch,{error,enospc}}', 'disk-full'],
    ['connect: {error,econnrefused}', 'connection'],
    ['{shutdown,max_concurrency}', 'other'],
  ])('%s is of kind %s, with its partition, its ends and its time', (why, kind) => {
    expect(readTrouble(answer(failed(why)), 'riak@10.162.169.13', 16)).toMatchObject([
      {
        kind,
        partition: 3,
        from: 'riak@10.162.169.13',
        to: 'riak@10.162.169.14',
        at: Date.UTC(2026, 10, 27, 2, 24, 6, 416),
      },
    ])
  })

  it('reads a time with a blank by the zone of its host, and what an end by a limit names', () => {
    const line = `2013-08-07 10:36:07.123 [error] <0.9.0>@riak_core_handoff_manager:handle_info:285 An outbound handoff of partition riak_kv_vnode ${index} was terminated for reason: {shutdown,max_concurrency}`
    const told = {stdout: `log ${line}\nzone +0200\nend\n`, stderr: '', code: 0}
    expect(readTrouble(told, 'riak@a', 16)).toMatchObject([
      {partition: 3, at: Date.UTC(2013, 7, 7, 8, 36, 7, 123)},
    ])
    // without a zone it is not known when that was
    expect(readTrouble(answer(line), 'riak@a', 16)![0]!.at).toBeUndefined()
  })

  it('keeps lines of which it knows no more, and takes nothing from an answer that was cut off', () => {
    const line =
      '2026-11-27T02:24:06.416000+00:00 [info] <0.9.0>@riak_core_handoff_receiver:handle_info/2:107 Handoff receiver for partition undefined exited after processing 0 objects from {unknown,unknown}'
    const [read] = readTrouble(answer(line), 'riak@a', 16)!
    expect(read).toMatchObject({kind: 'other', node: 'riak@a', text: line})
    expect(read!.partition).toBeUndefined()
    expect(
      readTrouble({stdout: `log ${failed('closed')}\n`, stderr: '', code: 0}, 'riak@a', 16),
    ).toBeUndefined()
  })

  it('asks with words that need no shell of the host to be understood', () => {
    expect(troubleArgv({dataDir: '/d', riak: ['sudo', 'riak']}).slice(-2)).toEqual(['/d', 'sudo'])
    expect(queuesExpression([3], 16)).toContain(index)
    expect(queuesExpression([3], 16)).not.toMatch(/[\\!]/)
  })
})
