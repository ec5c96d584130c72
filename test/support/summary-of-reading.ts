/** A reading in one line, for expectations written by hand: nodes by the end of their names, shares in percent. */

import type {HandoffConfig} from '../../src/riak/answers/handoff-config.ts'
import type {PrintedMember} from '../../src/riak/answers/membership-table.ts'
import type {PrintedRingStatus} from '../../src/riak/answers/ring-status.ts'
import type {NodeLimit} from '../../src/riak/answers/transfer-limit.ts'
import type {PrintedTransfers} from '../../src/riak/answers/transfers.ts'
import type {ClusterStatus} from './answers/cluster-status.ts'
import type {HandoffDetail} from './answers/handoff-details.ts'
import type {HandoffSummary} from './answers/handoff-summary.ts'
import type {AnyReading} from './read-recorded.ts'

/** `riak@10.77.0.11` -> `11` */
const short = (node: string): string => node.replace(/^riak@10\.77\.0\./, '')

const share = (percent: number | undefined): string => (percent === undefined ? '-' : percent.toFixed(1))

const summaries: Readonly<Record<string, (value: never) => string>> = {
  'riak admin member-status': (members: PrintedMember[]) =>
    members
      .map(({node, status, ring, pending}) => `${short(node)} ${status} ${share(ring)} ${share(pending)}`)
      .join(', '),
  'riak admin cluster status': ({ringReady, members}: ClusterStatus) =>
    `ready ${ringReady}: ${members
      .map(
        ({node, claimant, status, up, ring, pending}) =>
          `${claimant ? '(C)' : ''}${short(node)} ${status} ${up ? 'up' : 'down'} ${share(ring)} ${share(pending)}`,
      )
      .join(', ')}`,
  'riak admin ring-status': ({claimant, ringReady, pending, unreachable}: PrintedRingStatus) => {
    const complete = pending.filter(({status}) => status === 'complete').length
    const half = pending.filter(({done}) => done && done.length > 0).length
    return `claimant ${short(claimant)}, ready ${ringReady}, ${pending.length} pending, ${complete} complete, ${half} half done, unreachable [${unreachable.map(short).join()}]`
  },
  'riak admin transfers': ({down, waiting, notRunning, active}: PrintedTransfers) =>
    [
      down.length > 0 ? `down ${down.map(short).join()}` : '',
      waiting.map(({node, partitions}) => `${short(node)} holds ${partitions}`).join(', '),
      notRunning.map(({node, partitions}) => `${short(node)} lacks ${partitions}`).join(', '),
      active
        .map(
          ({kind, from, to, objects, total, objectsPerSecond, done}) =>
            `${kind} ${short(from)}>${short(to)} ${objects}/${total?.count} at ${objectsPerSecond}/s ${done}`,
        )
        .join(', '),
    ]
      .filter(Boolean)
      .join('; ') || 'nothing',
  'riak admin handoff summary': ({nodes, unreachable}: HandoffSummary) =>
    nodes
      .map(
        ({node, total, ownership, hinted}) =>
          `${short(node)} ${total} o${ownership.active}/${ownership.known ?? '?'} h${hinted.active}/${hinted.known ?? '?'}`,
      )
      .join(', ') + (unreachable.length > 0 ? `; not ${unreachable.map(short).join()}` : ''),
  'riak admin handoff details': (rows: HandoffDetail[]) =>
    rows
      .map(
        ({kind, partition, from, to, done}) =>
          `${kind} ${partition} ${short(from)}>${short(to)} ${done ?? '-'}`,
      )
      .join(', ') || 'nothing',
  'riak admin handoff config': ({nodes, unreached}: HandoffConfig) =>
    `${nodes.map(({node, transferLimit, inbound, outbound, port}) => `${short(node)} ${transferLimit} ${inbound} ${outbound} ${port}`).join(', ')}${unreached.length > 0 ? `; not ${unreached.map(short).join()}` : ''}`,
  'riak admin transfer-limit': (value: NodeLimit[] | object) =>
    Array.isArray(value)
      ? (value as NodeLimit[]).map(({node, limit}) => `${short(node)} ${limit ?? 'offline'}`).join(', ')
      : JSON.stringify(value).replace(/riak@10\.77\.0\./g, ''),
}

export function summaryOf(reader: string, {outcome, value, reason}: AnyReading): string {
  if (outcome !== 'read') return reason === undefined ? outcome : `${outcome}: ${reason}`
  const summarise = summaries[reader]
  return summarise ? summarise(value as never) : JSON.stringify(value).replace(/riak@10\.77\.0\./g, '')
}
