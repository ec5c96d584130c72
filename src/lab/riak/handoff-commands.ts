/** `riak admin handoff summary | details | config | enable | disable`. */

import type {NodeName} from '../../ring/ring.ts'
import {printPretty} from '../erlang/pretty-term.ts'
import {atom, list, type Pid, tuple} from '../erlang/term.ts'
import {type Direction, setDirection} from '../model/handoff.ts'
import {lastReport} from '../model/progress.ts'
import {type LabNode, presentIn, type Transfer, type World} from '../model/world.ts'
import type {Answer, Command, Given} from './clique.ts'
import type {Element} from './clique-output.ts'
import type {Cell} from './clique-table.ts'
import {right} from './columns.ts'
import {showConfig} from './config-commands.ts'
import {awayOf, type Peers, peersOf, reachOf, waitFor} from './peers.ts'
import {type Asked, crashed} from './run.ts'
import {sentBy} from './transfers.ts'
import {
  handoffConfigUsage,
  handoffDetailsUsage,
  handoffSummaryUsage,
  handoffSwitchUsage,
} from './usage-texts.ts'

export const handoffCommands: readonly Command[] = [
  {path: ['handoff', 'summary'], usage: handoffSummaryUsage, run: summary},
  {path: ['handoff', 'details'], flags: ['node', 'all'], usage: handoffDetailsUsage, run: details},
  {path: ['handoff', 'config'], flags: ['node', 'all'], usage: handoffConfigUsage, run: config},
  ...(['enable', 'disable'] as const).flatMap(verb =>
    (['inbound', 'outbound', 'both'] as const).map(
      (direction): Command => ({
        path: ['handoff', verb, direction],
        flags: ['all', 'node'],
        checksNode: false,
        usage: handoffSwitchUsage,
        run: (asked, given) => switchHandoff(asked, given, verb, direction),
      }),
    ),
  ),
]

const timeout = 5000

/** Members that did not answer are listed below the table. */
const withUnreachable = (elements: readonly Element[], away: readonly NodeName[]): Element[] =>
  away.length === 0 ? [...elements] : [...elements, {alert: [{title: '(unreachable)', values: away}]}]

type Count = {active: number; known: number}
type Counts = Map<string, Count>

function summary({world, node}: Asked): Answer {
  const peers = peersOf(world, node)
  const away = awayOf(node, peers)
  const counts = countTransfers(node, peers)
  const names = presentIn(node.view.ring).filter(name => !away.includes(name))
  const cell = (name: NodeName, kind: string): string => {
    const {active, known} = counts.get(`${name} ${kind}`) ?? {active: 0, known: 0}
    if (known === 0) return active === 0 ? ' ' : `${active} (Unknown)`
    return `${active} (${known})`
  }
  const table = names.map(name => {
    const kinds = ['ownership', 'resize', 'hinted', 'repair']
    const total = kinds.reduce((sum, kind) => sum + (counts.get(`${name} ${kind}`)?.active ?? 0), 0)
    return [
      ['Node', `  ${name}  `],
      ['Total', total],
      ...kinds.map(kind => [kind[0]!.toUpperCase() + kind.slice(1), cell(name, kind)] as const),
    ] as const
  })
  const heading =
    'Each cell indicates active transfers and, in parenthesis, the number of all known transfers.\n' +
    "The 'Total' column is the sum of the active transfers."
  return {elements: withUnreachable([{text: heading}, {table}], away), wait: waitFor(peers, timeout)}
}

/** Both ends of each. Known ownership transfers are counted from the ring, one for each module that is DONE. */
function countTransfers(node: LabNode, {up}: Peers): Counts {
  const counts: Counts = new Map()
  const add = (name: NodeName, kind: string, field: keyof Count, count = 1): void => {
    const known = counts.get(`${name} ${kind}`) ?? {active: 0, known: 0}
    known[field] += count
    counts.set(`${name} ${kind}`, known)
  }
  for (const {from, to, done, status} of node.view.ring.pending)
    if (status === 'awaiting' && done.length > 0)
      for (const name of [from, to]) add(name, 'ownership', 'known', done.length)
  for (const peer of up) {
    for (const {to} of peer.known.hinted) for (const name of [peer.name, to]) add(name, 'hinted', 'known')
    for (const {from, to, kind} of sentBy(peer)) for (const name of [from, to]) add(name, kind, 'active')
  }
  return counts
}

function details({world, node}: Asked, {flags}: Given): Answer {
  if (flags.all && flags.node !== undefined)
    return {elements: [{alert: [{text: 'Cannot use both --all and --node flags at the same time.'}]}]}
  const peers = peersOf(world, node)
  const away = awayOf(node, peers)
  const wanted = flags.all ? presentIn(node.view.ring) : [flags.node ?? node.name]
  const isWanted = (name: NodeName): boolean => wanted.includes(name) && !away.includes(name)
  const transfers = peers.up.flatMap(sentBy).filter(({from, to}) => isWanted(from) || isWanted(to))
  const wait = waitFor(peers, timeout)
  if (transfers.length === 0)
    return {elements: withUnreachable([{text: 'No ongoing transfers.'}], away), wait}
  const table = transfers.map(transfer => detailRow(world, node, transfer))
  return {
    elements: withUnreachable(
      [{text: 'Type Key: O = Ownership, H = Hinted, Rz = Resize, Rp = Repair'}, {table}],
      away,
    ),
    wait,
  }
}

function detailRow(world: World, node: LabNode, transfer: Transfer): [string, Cell][] {
  const {kind, from, to, partition, data} = transfer
  const report = lastReport(transfer, world.now, world.settings.timing.report)
  return [
    ['Type', kind === 'ownership' ? 'O' : 'H'],
    ['Source:ID', `${from}:${partition}`],
    ['Target:ID', `${to}:${partition}`],
    ['Size', report ? `${data.objects} Objs` : '--'],
    ['Rate (KB/s)', report ? (report.bytesPerSecond / 1024).toFixed(2) : '--'],
    ['%', report ? right((report.done * 100).toFixed(2), 6) : '--'],
    ['Sender', printPretty(senderOf(node, transfer))],
  ]
}

/** The sending process as a node sees it: 0 for its own, else a number that it gave the other node. */
const senderOf = (node: LabNode, {from, pid}: Transfer): Pid => ({
  pid: {node: from, process: pid, number: from === node.name ? 0 : nodeNumber(from)},
})

function nodeNumber(name: NodeName): number {
  let hash = 0
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)!) % 997
  return 26_000 + 3 * hash
}

/** No pid can be written as JSON: with a transfer under way the whole command fails. */
export function jsonCrash(asked: Asked, args: readonly string[]): ReturnType<typeof crashed> | undefined {
  const {world, node} = asked
  if (args[0] !== 'handoff' || args[1] !== 'details' || !/--format(=| )json/.test(args.join(' ')))
    return undefined
  const peers = peersOf(world, node)
  const named = /--node(?:=| )(\S+)/.exec(args.join(' '))?.[1]
  const isAll = args.some(argument => argument === '--all' || argument === '-a')
  const isWanted = (name: NodeName): boolean => isAll || name === (named ?? node.name)
  const transfer = peers.up.flatMap(sentBy).find(({from, to}) => isWanted(from) || isWanted(to))
  if (!transfer) return undefined
  const sender = senderOf(node, transfer)
  // the call's own VM counts nodes in its own way
  const pid: Pid = {pid: {...sender.pid, number: 9424}}
  return crashed(
    node,
    tuple(atom('EXIT'), tuple(atom('json_encode'), tuple(atom('bad_term'), pid))),
    waitFor(peers, timeout),
  )
}

const configKeys = ['transfer_limit', 'handoff.outbound', 'handoff.inbound', 'handoff.port']

function config(asked: Asked, {flags}: Given): Answer {
  return flags.all && flags.node !== undefined
    ? {elements: [{text: "Can't specify both --all and --node flags"}]}
    : showConfig(asked, configKeys, flags)
}

function switchHandoff(
  {world, node}: Asked,
  {flags}: Given,
  verb: 'enable' | 'disable',
  which: Direction | 'both',
): Answer {
  const directions: readonly Direction[] = which === 'both' ? ['inbound', 'outbound'] : [which]
  const set = (target: LabNode): void => {
    for (const direction of directions) setDirection(world, target, direction, verb === 'enable')
  }
  if (flags.all && flags.node !== undefined)
    return {elements: [{text: "Can't specify both --all and --node flags"}]}
  if (flags.all) {
    const peers = peersOf(world, node)
    for (const peer of peers.up) set(peer)
    const away = awayOf(node, peers)
    const text = `Handoff ${verb} failed on nodes: ${printPretty(list(away.map(atom)))}`
    return away.length === 0
      ? {elements: [{text: 'All nodes successfully updated'}]}
      : {elements: [{alert: [{text}]}], wait: waitFor(peers, 60_000)}
  }
  const name = flags.node ?? node.name
  if (!presentIn(node.view.ring).includes(name)) return {crash: crashed(node, unknownNodeCrash)}
  if (reachOf(world, node, name) !== 'up')
    return {
      elements: [{alert: [{text: `Failed to update handoff settings on node '${name}'. Reason: nodedown`}]}],
    }
  set(world.nodes.get(name)!)
  return {elements: [{text: 'Handoff setting successfully updated'}]}
}

const place = (file: string, line: number) => list([tuple(atom('file'), file), tuple(atom('line'), line)])

/** The flag's value is not checked before it is called. */
const unknownNodeCrash = tuple(
  atom('EXIT'),
  tuple(
    atom('badarg'),
    list([
      tuple(atom('rpc'), atom('rpcify_exception'), 2, place('rpc.erl', 446)),
      tuple(atom('clique_nodes'), atom('safe_rpc'), 4, place('clique_nodes.erl', 62)),
      tuple(
        atom('riak_core_handoff_cli'),
        atom('handoff_change_enabled_setting'),
        3,
        place('riak_core_handoff_cli.erl', 177),
      ),
      tuple(atom('clique_command'), atom('run'), 1, place('clique_command.erl', 101)),
      tuple(atom('clique'), atom('run'), 1, place('clique.erl', 136)),
      tuple(atom('riak_core_console'), atom('command'), 1, list([])),
    ]),
  ),
)
