/** `riak_core_status`, the handoff manager and the claimant's state, for expressions. */
import type {Change} from '../../ring/changes.ts'
import {compareNodes, partitionOfIndex} from '../../ring/ring.ts'
import {atomName} from '../erlang/erlang-error.ts'
import {atom, float, isTuple, list, proplist, type Term, truth, tuple, undefinedAtom} from '../erlang/term.ts'
import {lastReport} from '../model/progress.ts'
import {partitionsBy, runningPartitions} from '../model/vnodes.ts'
import {type LabNode, modules, type Transfer, type VnodeModule} from '../model/world.ts'
import {badarg, type NodeFunction, type Place, ringIn, timestamp} from './node-function.ts'
import {awayOf, peersOf, waitFor} from './peers.ts'
import {indexTerm} from './ring-functions.ts'
import {ringStatus} from './ring-status.ts'
import {latencyOf} from './statistics.ts'
import {sentBy} from './transfers.ts'

export const statusFunctions: Readonly<Record<string, NodeFunction>> = {
  'riak_core_handoff_manager:get_concurrency/0': (_, {place}) => place.node.transferLimit,
  'riak_core_handoff_manager:status/0': (_, {place}) => transfersOf(place, place.node.handoffs),
  'riak_core_handoff_manager:status/1': ([filter], {place}) =>
    transfersOf(place, isDirection(filter, 'inbound') ? received(place.node) : sentBy(place.node)),
  'riak_core_status:ring_status/0': (_, {place}) => ringStatusTerm(place),
  'riak_core_status:all_active_transfers/0': (_, {place}) => {
    const peers = peersOf(place.world, place.node)
    wait(place, waitFor(peers, 5000))
    const sent = peers.up.map(peer => transfersOf({...place, node: peer}, sentBy(peer)))
    return tuple(list(sent), atoms(awayOf(place.node, peers)))
  },
  'riak_core_status:transfers/0': (_, {place}) => {
    const peers = peersOf(place.world, place.node)
    wait(place, waitFor(peers, 30_000))
    const rows = [...peers.up].reverse().flatMap(peer => misplacedTerms(place, peer))
    return tuple(atoms(awayOf(place.node, peers)), list(rows))
  },
  'riak_core_status:ringready/0': (_, {place}) => {
    const peers = peersOf(place.world, place.node)
    const away = awayOf(place.node, peers)
    wait(place, waitFor(peers, 30_000))
    return away.length > 0
      ? tuple(atom('error'), tuple(atom('nodes_down'), atoms(away)))
      : tuple(atom('ok'), atoms(peers.up.map(({name}) => name)))
  },
  'riak_core_status:partitions/2': ([name, ring], {place}) => {
    const other = place.world.nodes.get(atomName(name!))
    if (!other) return badarg()
    const copy = ringIn(ring).ring
    const {primary, secondary, stopped} = partitionsBy(place.world, other, copy)
    return tuple(
      ...[primary, secondary, stopped].map(parts => list(parts.map(part => indexTerm(part, copy)))),
    )
  },
  'riak_kv_status:get_stats/1': (_, {place}) =>
    proplist([
      ['node_get_fsm_time_99', latencyOf(place.world, place.node)],
      ['node_put_fsm_time_99', latencyOf(place.world, place.node)],
    ]),
  'riak_core_vnode_manager:get_vnode_pid/2': ([index, module], {place}) => {
    const {ring} = place.node.view
    const partition = partitionOfIndex(BigInt(index as bigint | number), ring.partitions)
    const name = atomName(module!) as VnodeModule
    return partition !== undefined && place.node.vnodes[name]?.has(partition)
      ? tuple(atom('ok'), {pid: {node: place.node.name, process: `vnode.${partition}`, number: 0}})
      : tuple(atom('error'), atom('no_vnode'))
  },
  'erlang:process_info/2': ([process, what], {place}) => {
    const {busy} = place.node.trouble
    const [, partition] =
      typeof process === 'object' && 'pid' in process
        ? (/^vnode\.(\d+)$/.exec(process.pid.process) ?? [])
        : []
    if (partition === undefined || atomName(what!) !== 'message_queue_len') return badarg()
    return tuple(what!, busy.get(Number(partition)) ?? busy.get(-1) ?? 0)
  },
  'sys:get_state/1': ([process], {place}) => stateOf(place, atomName(process!)),
  'sys:get_state/2': ([process], {place}) => stateOf(place, atomName(process!)),
}

const atoms = (names: readonly string[]): Term => list(names.map(atom))

const received = (node: LabNode): Transfer[] => node.handoffs.filter(({to}) => to === node.name)

const wait = (place: Place, ms: number): void => {
  place.waited.ms = Math.max(place.waited.ms, ms)
}

const isDirection = (filter: Term | undefined, direction: string): boolean =>
  filter !== undefined &&
  isTuple(filter) &&
  filter.tuple.length === 2 &&
  atomName(filter.tuple[1]!) === direction

/** how a VM that only asks numbers the nodes of pids */
const askingNumber = 9428

function transfersOf({world, node}: Place, transfers: readonly Transfer[]): Term {
  const {ring} = node.view
  return list(
    transfers.map(transfer => {
      const {module, partition, from, to, startedAt, pid, kind, data} = transfer
      const report = lastReport(transfer, world.now, world.settings.timing.report)
      const stats = report
        ? proplist([
            ['objs_total', report.objects],
            ['objs_per_s', report.objectsPerSecond],
            ['bytes_per_s', report.bytesPerSecond],
            ['last_update', timestamp(report.at)],
            ['size', tuple(data.objects, atom('objects'))],
            ['pct_done_decimal', float(report.done)],
          ])
        : atom('no_stats')
      const facts = proplist([
        ['mod', atom(module)],
        ['src_partition', indexTerm(partition, ring)],
        ['target_partition', indexTerm(partition, ring)],
        ['src_node', atom(from)],
        ['target_node', atom(to)],
        ['direction', atom(from === node.name ? 'outbound' : 'inbound')],
        ['status', list([])],
        ['start_ts', timestamp(startedAt)],
        ['sender_pid', {pid: {node: from, process: pid, number: askingNumber}}],
        ['stats', stats],
        ['type', atom(kind)],
      ])
      return tuple(atom('status_v2'), facts)
    }),
  )
}

function misplacedTerms({world}: Place, node: LabNode): Term[] {
  const {secondary, stopped} = runningPartitions(world, node)
  const row = (what: string, count: number): Term[] =>
    count > 0 ? [tuple(atom(what), atom(node.name), count)] : []
  return [...row('waiting_to_handoff', secondary.length), ...row('stopped', stopped.length)]
}

function ringStatusTerm(place: Place): Term {
  const {ring} = place.node.view
  const {claimant, ringReady, down, markedDown, wait: waited} = ringStatus(place)
  wait(place, waited)
  const pairs = new Map<string, {key: Term; order: [string, string]; rows: Term[]}>()
  for (const {partition, from, to, done, status} of ring.pending) {
    const pair = pairs.get(`${from} ${to}`) ?? {
      key: tuple(atom(from), atom(to)),
      order: [from, to],
      rows: [],
    }
    pairs.set(`${from} ${to}`, pair)
    const waiting = modules.filter(module => !done.includes(module))
    pair.rows.push(tuple(indexTerm(partition, ring), atoms(waiting), atoms(done), atom(status)))
  }
  const sorted = [...pairs.values()].sort(
    (a, b) => compareNodes(a.order[0], b.order[0]) || compareNodes(a.order[1], b.order[1]),
  )
  return tuple(
    atom(claimant),
    ringReady === undefined ? undefinedAtom : truth(ringReady),
    atoms(down),
    atoms(markedDown),
    list(sorted.map(({key, rows}) => tuple(key, list(rows)))),
  )
}

function stateOf({node}: Place, process: string): Term {
  if (process !== 'riak_core_claimant') return badarg()
  const {staged, seed} = node.memory
  return tuple(
    atom('state'),
    undefinedAtom,
    list(staged.map(change => tuple(atom(change.node), actionTerm(change)))),
    undefinedAtom,
    tuple({handle: undefined, shown: '#{}'}, {list: [whole(seed[0])], tail: whole(seed[1])}),
  )
}

const whole = (value: bigint): number | bigint =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value

function actionTerm(change: Change): Term {
  switch (change.action) {
    case 'replace':
      return tuple(atom('replace'), atom(change.with))
    case 'forceReplace':
      return tuple(atom('force_replace'), atom(change.with))
    case 'setLocation':
      return tuple(atom('set_location'), change.location)
    default:
      return atom(change.action)
  }
}
