/** `riak admin cluster status | partitions | partition | partition-count | location`. */

import {
  type NodeName,
  ownedCounts,
  ownersAfterPending,
  partitionIndex,
  partitionOfIndex,
} from '../../ring/ring.ts'
import {printAtom} from '../erlang/print-term.ts'
import {atom, list, tuple} from '../erlang/term.ts'
import {claimantFor, stage} from '../model/claimant.ts'
import {partitionsBy} from '../model/vnodes.ts'
import {presentIn} from '../model/world.ts'
import type {Answer, Command, Given} from './clique.ts'
import type {Cell, Table} from './clique-table.ts'
import {percent} from './columns.ts'
import {byStatus} from './members-table.ts'
import {reachOf} from './peers.ts'
import {ringStatus} from './ring-status.ts'
import {type Asked, crashed} from './run.ts'
import {
  clusterLocationUsage,
  clusterPartitionCountUsage,
  clusterPartitionsUsage,
  clusterPartitionUsage,
  clusterStatusUsage,
} from './usage-texts.ts'

export const clusterCommands: readonly Command[] = [
  {path: ['cluster', 'status'], usage: clusterStatusUsage, run: clusterStatus},
  {path: ['cluster', 'partitions'], flags: ['node'], usage: clusterPartitionsUsage, run: partitions},
  {
    path: ['cluster', 'partition-count'],
    flags: ['node'],
    usage: clusterPartitionCountUsage,
    run: partitionCount,
  },
  {path: ['cluster', 'partition'], keys: ['id', 'index'], usage: clusterPartitionUsage, run: partition},
  {path: ['cluster', 'location', '*'], flags: ['node'], usage: clusterLocationUsage, run: setLocation},
]

function clusterStatus(asked: Asked): Answer {
  const {ring} = asked.node.view
  const status = ringStatus(asked)
  const owned = ownedCounts(ring.owners)
  const next = ownedCounts(ownersAfterPending(ring))
  const present = presentIn(ring)
  const hasLocations = present.some(name => ring.locations[name] !== undefined)
  const members = byStatus(ring.members.filter(({node}) => present.includes(node)))
  const table: Table = members.map(({node, status: word}) => [
    ['node', `${node === status.claimant ? ' (C) ' : '     '}${node} `],
    ['status', word],
    ['avail', availability(node, status.down, status.markedDown)],
    ['ring', percent(owned.get(node) ?? 0, ring.partitions)],
    ['pending', ring.pending.length > 0 ? percent(next.get(node) ?? 0, ring.partitions) : '--'],
    ...(hasLocations ? [['location', ring.locations[node] ?? 'undefined'] as const] : []),
  ])
  return {
    elements: [
      {text: '---- Cluster Status ----'},
      {text: `Ring ready: ${status.ringReady}\n`},
      {table},
      {text: "Key: (C) = Claimant; availability marked with '!' is unexpected"},
    ],
    wait: status.wait,
  }
}

function availability(name: NodeName, down: readonly NodeName[], marked: readonly NodeName[]): string {
  if (down.includes(name)) return marked.includes(name) ? ' down  ' : ' down! '
  return marked.includes(name) ? '  up!  ' : '  up   '
}

function partitions(asked: Asked, {flags}: Given): Answer {
  const {world, node} = asked
  const name = flags.node ?? node.name
  const {ring} = node.view
  const other = world.nodes.get(name)
  const isReached = other !== undefined && reachOf(world, node, name) === 'up'
  const owned = ring.owners.flatMap((owner, at) => (owner === name ? [at] : []))
  const {primary, secondary, stopped} = isReached
    ? partitionsBy(world, other, ring)
    : {primary: [], secondary: [], stopped: owned}
  const rows = (type: string, list: readonly number[]): [string, Cell][][] =>
    list.length === 0
      ? [
          [
            ['type', type],
            ['index', '--'],
            ['id', '--'],
          ],
        ]
      : list.map(id => [
          ['type', type],
          ['index', partitionIndex(id, ring.partitions)],
          ['id', id],
        ])
  const table = [...rows('primary', primary), ...rows('secondary', secondary), ...rows('stopped', stopped)]
  return {elements: [{text: `Partitions owned by ${printAtom(name)}:`}, {table}]}
}

function partitionCount({node}: Asked, {flags}: Given): Answer {
  const {ring} = node.view
  if (flags.node === undefined)
    return {elements: [{text: `Cluster-wide partition-count: ${ring.partitions}`}]}
  const count = ownedCounts(ring.owners).get(flags.node) ?? 0
  return {
    elements: [
      {
        table: [
          [
            ['node', flags.node],
            ['partitions', count],
            ['pct', percent(count, ring.partitions)],
          ],
        ],
      },
    ],
  }
}

function partition({node}: Asked, {values}: Given): Answer {
  const {ring} = node.view
  const alert = (text: string): Answer => ({elements: [{alert: [{text: `ERROR: ${text}`}]}]})
  const found = (id: number, order: readonly ['index' | 'id', 'index' | 'id']): Answer => {
    const cells = {index: partitionIndex(id, ring.partitions), id}
    const [first, second] = order
    return {
      elements: [
        {
          table: [
            [
              [first, cells[first]],
              [second, cells[second]],
              ['node', ring.owners[id]!],
            ],
          ],
        },
      ],
    }
  }
  const {id, index} = values
  if (index !== undefined) {
    if (index < 0n) return alert(`The given value ${index} for index is invalid.`)
    const at = partitionOfIndex(index, ring.partitions)
    return at === undefined
      ? alert(`Index ${index} isn't a partition boundary value.`)
      : found(at, ['index', 'id'])
  }
  if (id === undefined) return {usage: clusterPartitionUsage}
  if (id < 0n) return alert(`The given value ${id} for id is invalid.`)
  return id < BigInt(ring.partitions) ? found(Number(id), ['index', 'id']) : alert(`Id ${id} is invalid.`)
}

function setLocation({world, node}: Asked, {words, flags}: Given): Answer {
  const name = flags.node ?? node.name
  const location = words[2]!
  const claimant = claimantFor(world, node)
  if (!claimant) return {crash: crashed(node, locationCrash)}
  const {refused} = stage(world, claimant, {action: 'setLocation', node: name, location})
  return refused === undefined
    ? {elements: [{text: `Success: staged changing location of node ${printAtom(name)} to ${location}\n`}]}
    : {elements: [{alert: [{text: `Failed: ${printAtom(name)} is not a member of the cluster.\n`}]}]}
}

const at = (file: string, line: number) => list([tuple(atom('file'), file), tuple(atom('line'), line)])

/** The command reports its failure in a way that its own library cannot print. */
const locationCrash = tuple(
  atom('EXIT'),
  tuple(
    atom('function_clause'),
    list([
      tuple(
        atom('clique_status'),
        atom('parse'),
        list([
          tuple(
            atom('alert'),
            list([tuple(atom('text'), 'Setting node location failed, see log for details~n')]),
          ),
          {handle: undefined, shown: '#Fun<clique_human_writer.0.25291606>'},
          tuple(atom('context'), atom('false'), list([])),
        ]),
        at('clique_status.erl', 37),
      ),
      tuple(atom('clique_human_writer'), atom('write'), 1, at('clique_human_writer.erl', 38)),
      tuple(atom('clique'), atom('print'), 3, at('clique.erl', 118)),
      tuple(atom('clique'), atom('print'), 2, at('clique.erl', 101)),
      tuple(atom('riak_core_console'), atom('command'), 1, list([])),
    ]),
  ),
)
