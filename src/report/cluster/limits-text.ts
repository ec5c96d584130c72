/** Transfer limits of members, for a terminal, beside what they were. */
import type {NodeLimits} from '../../state/throttle.ts'
import {type Look, tinted, wrapped} from '../kit/look.ts'
import {table} from '../kit/table.ts'

type Limits = {
  readonly limits: readonly NodeLimits[]
  readonly originals: readonly NodeLimits[] | null
  readonly cluster: string
  readonly silent: readonly string[]
}

export function limitsText({limits, originals, cluster, silent}: Limits, look: Look): string {
  const before = new Map((originals ?? []).map(node => [node.node, node]))
  const shown = (value: NodeLimits[keyof NodeLimits]): string =>
    value === null ? '8' : typeof value === 'boolean' ? (value ? 'on' : 'OFF') : String(value)
  const cell =
    (what: keyof Omit<NodeLimits, 'node'>) =>
    (node: NodeLimits): string => {
      const was = before.get(node.node)
      return was && was[what] !== node[what]
        ? `${shown(node[what])} (was ${shown(was[what])})`
        : shown(node[what])
    }
  const lines = [
    wrapped(
      `${tinted(look, 'bold', cluster)}: transfers at once, in and out together; the cluster's limit as each node has it`,
      look.columns,
    ),
    ...table<NodeLimits>(
      [
        {title: 'node', cell: ({node}) => node},
        {title: 'limit', cell: cell('transferLimit'), align: 'right'},
        {title: 'cluster', cell: cell('clusterLimit'), align: 'right'},
        {title: 'inbound', cell: cell('inbound')},
        {title: 'outbound', cell: cell('outbound')},
      ],
      limits,
    ),
    ...silent.map(node => `${node}: no answer: its limits are not known`),
    ...(originals === null ? [] : ['', 'changed by ringup; as before: ringup throttle restore']),
  ]
  return `${lines.join('\n')}\n`
}
