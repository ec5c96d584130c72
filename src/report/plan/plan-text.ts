/** A plan for a terminal: what changes, who gets how much from whom, and what speaks against it. */

import {askedChanges, type Plan, transferCount} from '../../plan/plan.ts'
import {describeChange} from '../../ring/changes.ts'
import type {NodeName} from '../../ring/ring.ts'
import {counted} from '../../units.ts'
import {type Look, labelled, tinted, wrapped, wrappedList} from '../kit/look.ts'
import {table} from '../kit/table.ts'
import {forecastLines} from './forecast-text.ts'
import {acceptedText, nodeColumns, riskLevel} from './plan-columns.ts'
import {identityNotes} from './plan-summary.ts'

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
  ...identityNotes(plan).map(note => wrapped(note, look.columns)),
]

function tables(plan: Plan, look: Look, partitions: boolean): string[] {
  const lines = [
    '',
    ...analysisLines(plan, look),
    ...forecastLines(plan, look),
    '',
    ...table(nodeColumns(plan), plan.forecast.nodes),
  ]
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

function riskLines(plan: Plan, look: Look): string[] {
  const {risks, accepted} = plan
  const text = acceptedText(plan)
  const lines = risks.flatMap(risk => {
    const {id, value, fix} = risk
    const level = riskLevel(risk, accepted)
    const name = tinted(look, level === 'BLOCKED' ? 'red' : 'yellow', level)
    return [
      '',
      wrapped(`${name} ${id}: ${value}`, look.columns, '    '),
      `    -> ${wrapped(fix, look.columns - 7, '       ')}`,
    ]
  })
  return text === undefined ? lines : [...lines, '', tinted(look, 'yellow', wrapped(text, look.columns))]
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
