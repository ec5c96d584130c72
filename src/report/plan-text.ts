/** A plan for a terminal: what changes, who gets how much from whom, and what speaks against it. */
import {askedChanges, finalOwners, type Plan, transferCount} from '../plan/plan.ts'
import {describeChange} from '../plan/risks.ts'
import {type NodeName, ownedCounts} from '../ring/ring.ts'
import {counted, formatBytes, formatShare} from '../units.ts'
import {forecastLines} from './forecast-text.ts'
import {type Look, labelled, tinted, wrapped, wrappedList} from './look.ts'
import {table} from './table.ts'

export type PlanTextOptions = {
  readonly look: Look
  /** list every partition */
  readonly partitions: boolean
  /** what changes and what speaks against it, no tables */
  readonly brief?: boolean
}

export function planReport(plan: Plan, {look, partitions, brief = false}: PlanTextOptions): string {
  const lines = [
    ...heading(plan, look),
    ...(brief ? [] : tables(plan, look, partitions)),
    ...riskLines(plan, look),
  ]
  lines.push('', `digest ${plan.digest}`)
  return `${lines.join('\n')}\n`
}

const heading = (plan: Plan, look: Look): string[] => [
  `${tinted(look, 'bold', plan.cluster)}: ${plan.changes.length === 0 ? 'no changes' : wrappedList(askedChanges(plan).map(describeChange), look.columns - plan.cluster.length - 2)}`,
  wrapped(
    `${counted(transferCount(plan), 'partition')} of ${plan.ring.partitions} to move in ${counted(plan.transitions.length, 'transition')}; ${fidelityText(plan)}`,
    look.columns,
  ),
]

function tables(plan: Plan, look: Look, partitions: boolean): string[] {
  const lines = ['', ...analysisLines(plan, look), ...forecastLines(plan, look), '', ...nodesTable(plan)]
  for (const [at, {transfers}] of plan.transitions.entries()) {
    if (transfers.length === 0) continue
    const title =
      plan.transitions.length === 1
        ? 'transfers'
        : `transfers of transition ${at + 1} of ${plan.transitions.length}`
    lines.push('', tinted(look, 'bold', title), ...transfersTable(transfers, look, partitions))
  }
  return lines
}

function riskLines({risks, accepted}: Plan, look: Look): string[] {
  return risks.flatMap(({id, level, value, fix}) => {
    const blocks = level === 'block' && !accepted.includes(id)
    const name = blocks
      ? tinted(look, 'red', 'BLOCKED')
      : tinted(look, 'yellow', level === 'block' ? 'accepted' : 'warning')
    return [
      '',
      wrapped(`${name} ${id}: ${value}`, look.columns, '    '),
      `    -> ${wrapped(fix, look.columns - 7, '       ')}`,
    ]
  })
}

const fidelityText = ({fidelity, claimFunction}: Plan): string =>
  ({
    exact: `exact: riak_core's own ${claimFunction} gives the same owners`,
    simulated: 'simulated: riak_core makes a random choice in it, so partitions may differ',
    estimate: `an estimate: ${claimFunction === 'unknown' ? 'the claim function' : claimFunction} is not known, or the cluster is not at rest`,
  })[fidelity]

function analysisLines({analysis, ring}: Plan, look: Look): string[] {
  const {moves, balance, preflists, fit} = analysis
  const line = (name: string, text: string): string => labelled(name, text, look)
  const meet = (
    {n, before, after}: {n: number; before: readonly number[]; after: readonly number[]},
    what: string,
  ): string => `preflists with fewer than ${n} ${what}: ${before.length} before, ${after.length} after`
  const spread = [
    meet(preflists.nodes, 'nodes'),
    ...(preflists.locations ? [meet(preflists.locations, 'locations')] : []),
  ]
  return [
    line('moves', `${moves.planned}, the fewest possible ${moves.minimum}`),
    line(
      'balance',
      `largest share ${balance.before.largestToMean} x mean before, ${balance.after.largestToMean} after`,
    ),
    line('copies', spread.join('; ')),
    line(
      'ring',
      `${ring.partitions} partitions over ${fit.nodes} nodes: ${fit.shares[0] === fit.shares[1] ? fit.shares[0] : `${fit.shares[0]} or ${fit.shares[1]}`} each${fit.better ? `; ${fit.better.nodes} nodes would fit better` : ''}`,
    ),
  ]
}

function nodesTable(plan: Plan): string[] {
  const last = plan.transitions.at(-1)
  const [before, after] = [
    ownedCounts(plan.base.owners, plan.base.members),
    ownedCounts(finalOwners(plan), last?.members ?? plan.base.members),
  ]
  const forecasts = new Map(plan.forecast.nodes.map(forecast => [forecast.node, forecast]))
  const of = (node: NodeName) => forecasts.get(node)
  const full = (node: NodeName, which: 'before' | 'worst' | 'after'): string => {
    const disk = of(node)?.disk
    return disk ? formatShare(disk[which] / disk.size) : '?'
  }
  const sent = (bytes: number | null | undefined): string =>
    bytes === 0 ? '' : bytes === null || bytes === undefined ? '?' : formatBytes(bytes)
  return table<NodeName>(
    [
      {title: 'node', cell: node => node},
      {title: 'owns', cell: node => String(before.get(node) ?? 0), align: 'right'},
      {title: 'then', cell: node => String(after.get(node) ?? 0), align: 'right'},
      {title: 'in', cell: node => sent(of(node)?.in), align: 'right'},
      {title: 'out', cell: node => sent(of(node)?.out), align: 'right'},
      {title: 'disk', cell: node => full(node, 'before'), align: 'right'},
      {title: 'worst', cell: node => full(node, 'worst'), align: 'right'},
      {title: 'then', cell: node => full(node, 'after'), align: 'right'},
    ],
    [...new Set([...before.keys(), ...after.keys()])],
  )
}

type Move = {readonly partition: number; readonly from: NodeName; readonly to: NodeName}

function transfersTable(transfers: readonly Move[], look: Look, all: boolean): string[] {
  const pairs = new Map<string, {from: NodeName; to: NodeName; partitions: number[]}>()
  for (const {partition, from, to} of transfers) {
    const key = `${from} ${to}`
    const pair = pairs.get(key) ?? {from, to, partitions: []}
    pair.partitions.push(partition)
    pairs.set(key, pair)
  }
  const rows = [...pairs.values()]
  const lines = table<(typeof rows)[number]>(
    [
      {title: 'from', cell: ({from}) => from},
      {title: 'to', cell: ({to}) => to},
      {title: 'count', cell: ({partitions}) => String(partitions.length), align: 'right'},
      {title: 'partitions', cell: ({partitions}) => partitions.join(' ')},
    ],
    rows,
  )
  return all ? lines : lines.map(line => shortened(line, look.columns))
}

const shortened = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, columns - 4).replace(/\s+\S*$/, '')} ...`
