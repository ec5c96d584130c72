/** `riak admin transfer-limit`, shown and set. */
import type {NodeName} from '../../ring/ring.ts'
import type {Answer} from './answer.ts'
import {nodeAtom, type Reading, readAnswer} from './reading.ts'

export type NodeLimit = {
  readonly node: NodeName
  /** transfers at once; undefined: the node does not answer */
  readonly limit: number | undefined
}

export const readTransferLimits = (answer: Answer): Reading<readonly NodeLimit[]> =>
  readAnswer(answer, {
    grammar: lines => {
      lines.expect(/^=+ Transfer Limit =+$/, 'the heading "Transfer Limit"')
      lines.expect(/^Limit +Node$/, 'the heading of the table')
      lines.expect(/^-{20,}$/, 'a line of dashes')
      const rows = lines.many(new RegExp(`^ *(?:(\\d+)|\\(offline\\)) +${nodeAtom}$`))
      if (rows.length === 0) lines.fail('the limit of a node')
      if (new Set(rows.map(([, , node]) => node)).size !== rows.length) lines.fail('each node once')
      lines.expect(/^-{20,}$/, 'a line of dashes')
      lines.expect(
        /^Note: You can change transfer limits with 'riak-admin transfer_limit <limit>'$/,
        'the note',
      )
      lines.expect(/^ {6}and 'riak-admin transfer_limit <node> <limit>'$/, 'the rest of the note')
      return rows.map(([, limit, node]) => ({
        node: node!,
        limit: limit === undefined ? undefined : Number(limit),
      }))
    },
  })

/** `node` is missing when the limit was set on all members. */
export type LimitSet = {readonly limit: number; readonly node?: NodeName}

export const readLimitSet = (answer: Answer): Reading<LimitSet> =>
  readAnswer(answer, {
    grammar: lines => {
      const one = lines.take(new RegExp(`^Set transfer limit for ${nodeAtom} to (\\d+)$`))
      if (one) return {node: one[1]!, limit: Number(one[2])}
      const [, limit] = lines.expect(/^Setting transfer limit to (\d+) across the cluster$/, 'the limit set')
      return {limit: Number(limit)}
    },
    refusals: [/^Invalid limit: .*$/, new RegExp(`^Failed to set transfer limit for ${nodeAtom}$`)],
  })
