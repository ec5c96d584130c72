/** Recorded moments at which a real cluster was asked both ways: by eval, and by a text command right after it. */
import {describe, expect, it} from 'vitest'
import type {Answer} from '../../../src/riak/answers/answer.ts'
import {readMemberStatus} from '../../../src/riak/answers/member-status.ts'
import {readTransfers} from '../../../src/riak/answers/transfers.ts'
import {atom, integer, list, tuple} from '../../../src/riak/terms/decode.ts'
import {readTerm, type Term} from '../../../src/riak/terms/term.ts'
import {recordedEpisode} from '../../support/transcripts.ts'

const active = recordedEpisode('19-eval-active')

/** `{Down, [{waiting_to_handoff | stopped, Node, Count}]}` as `riak_core_status:transfers/0` answers. */
function evaluatedTransfers(answer: Answer): string[] {
  const [, misplaced] = tuple(list(atom), list(tuple(atom, atom, integer)))(
    readTerm(answer.stdout),
    'transfers',
  )
  return misplaced.map(([what, node, count]) => `${node} ${what} ${count}`).sort()
}

function printedTransfers(answer: Answer): string[] {
  const reading = readTransfers(answer)
  if (reading.outcome !== 'read') throw new Error(reading.outcome)
  const {waiting, notRunning} = reading.value
  return [
    ...waiting.map(({node, partitions}) => `${node} waiting_to_handoff ${partitions}`),
    ...notRunning.map(({node, partitions}) => `${node} stopped ${partitions}`),
  ].sort()
}

describe('eval and text', () => {
  // in between the others a handoff ended: seen in the recording
  it.each([
    [8, 9],
    [23, 24],
  ])('tell the same of what waits (%d, %d)', (evaluation, text) => {
    expect(printedTransfers(active[text]!)).toEqual(evaluatedTransfers(active[evaluation]!))
  })

  it.each([7, 12])('tell of the same transfer, in either print style (%d)', at => {
    const found = [
      ...active[at]!.stdout.matchAll(
        /src_partition, ?(\d+)[\s\S]*?src_node, ?'([^']+)'[\s\S]*?target_node, ?'([^']+)'/g,
      ),
    ]
    const reading = readTransfers(active[9]!)

    if (reading.outcome !== 'read') throw new Error(reading.outcome)
    expect(readTerm(active[at]!.stdout)).toHaveProperty('tuple')
    expect(reading.value.active.map(({index, from, to}) => [index, from, to])).toEqual(
      expect.arrayContaining(found.slice(0, 1).map(([, index, from, to]) => [index, from, to])),
    )
  })

  it('tell the same members and shares of a ring at rest', () => {
    const term = readTerm(recordedEpisode('06-eval')[0]!.stdout) as {tuple: readonly Term[]}
    const members = list(tuple(atom, atom, integer, integer))(term.tuple[1]!, 'members')
    const text = recordedEpisode('05-grow-5to8')
      .filter(({command}) => command.endsWith('member-status'))
      .at(-1)!
    const reading = readMemberStatus(text)

    if (reading.outcome !== 'read') throw new Error(reading.outcome)
    expect(term.tuple[0]).toBe(64)
    expect(reading.value.map(({status, node, ring}) => [status, node, (ring * 64) / 100])).toEqual(
      members.map(([status, node, now]) => [status, node, now]),
    )
  })
})
