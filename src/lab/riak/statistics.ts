/** Commands that show a node's inner life: `status`, `/stats`, `vnode-status`, `top`. Their shape, not their wealth. */
import {ownedCounts, partitionIndex} from '../../ring/ring.ts'
import {printAfter} from '../erlang/pretty-term.ts'
import {printAtom} from '../erlang/print-term.ts'
import {atom, list, type Term, tuple} from '../erlang/term.ts'
import {usedBytes} from '../model/disk.ts'
import {ownedBy} from '../model/vnodes.ts'
import type {LabNode, World} from '../model/world.ts'
import {left, right} from './columns.ts'
import {dataDir} from './environment.ts'
import {peersOf} from './peers.ts'
import {type Asked, ok, type Run, type Spoken} from './run.ts'

type Statistic = readonly [string, Term]

function statistics({world, node}: Asked): Statistic[] {
  const {ring} = node.view
  const others = peersOf(world, node).up.filter(peer => peer !== node)
  const objects = [...node.data.values()].reduce((sum, data) => sum + data.objects, 0)
  const owned = [...ownedCounts(ring.owners)].map(([name, count]) => `{${printAtom(name)},${count}}`)
  const used = usedBytes(node, world.now)
  const disk = tuple(dataDir, Math.round(node.disk.size / 1024), Math.ceil((used * 100) / node.disk.size))
  return [
    ['connected_nodes', list(others.map(({name}) => atom(name)))],
    ['converge_delay_last', 294_928],
    ['coord_redirs_total', 0],
    ['cpu_nprocs', 143],
    ['gossip_received', 4],
    ['handoff_timeouts', 0],
    ['ignored_gossip_total', 0],
    ['mem_allocated', 4_223_770_624],
    ['mem_total', 25_276_063_744],
    ['memory_processes_used', 31_234_567],
    ['node_get_fsm_time_99', latencyOf(world, node)],
    ['node_gets', 0],
    ['node_gets_total', objects],
    ['node_put_fsm_time_99', latencyOf(world, node)],
    ['node_puts', 0],
    ['node_puts_total', objects],
    ['nodename', atom(node.name)],
    ['rebalance_delay_last', 0],
    ['ring_creation_size', ring.partitions],
    ['ring_members', list(ring.members.map(member => atom(member.node)))],
    ['ring_num_partitions', ring.partitions],
    ['ring_ownership', binary(`[${owned.join(',\n ')}]`)],
    ['rings_reconciled_total', node.view.version],
    ['storage_backend', atom(world.settings.backend.module)],
    ['sys_otp_release', binary('25')],
    ['sys_process_count', 1014],
    ['vnode_gets', 0],
    ['vnode_puts', 0],
    ['disk', list([disk])],
    ['riak_kv_version', binary('0.0.0+build.3987.refe6b7f0ff')],
    ['riak_core_version', binary('0.0.0+build.2090.ref1b01278')],
  ]
}

/** Microseconds; each transfer that a node takes part in costs its clients more than the one before. */
export const latencyOf = (world: World, node: LabNode): number =>
  Math.round((4000 + 1100 * node.handoffs.length ** 1.6) * world.random.between(0.95, 1.05))

const binary = (text: string): Term => ({
  handle: text,
  shown: `<<"${text.replaceAll('\n', '\\n')}">>`,
})

export function answerStatus(asked: Asked): Spoken {
  const lines = statistics(asked).map(([name, value]) => `${printAfter(`${name} : `, value)}\n`)
  const heading = `1-minute stats for ${printAtom(asked.node.name)}\n${'-'.repeat(43)}\n`
  return ok(`${heading}${lines.join('')}\n`)
}

/** What `curl http://127.0.0.1:8098/stats` gets. */
export const statsJson = (asked: Asked): string =>
  JSON.stringify(Object.fromEntries(statistics(asked).map(([name, value]) => [name, plain(value)])))

function plain(term: Term): unknown {
  if (typeof term !== 'object') return typeof term === 'bigint' ? Number(term) : term
  if ('atom' in term) return term.atom
  if ('list' in term) return term.list.map(plain)
  if ('tuple' in term) {
    const [id, size, used] = term.tuple.map(plain)
    return {id, size, used}
  }
  return 'handle' in term ? term.handle : null
}

export function answerVnodeStatus({world, node}: Asked): Spoken {
  const {ring} = node.view
  const vnodes = ownedBy(ring, node.name).map(partition => {
    const keys = node.data.get(partition)?.objects ?? 0
    const facts = [
      `[{key_count,${keys}},{status,[]}]`,
      `{vnodeid,<<75,183,214,67,${partition % 256},128,191,129>>}`,
      `{counter,${keys % 1000}}`,
      '{counter_lease,10000}',
      '{counter_lease_size,10000}',
      '{counter_leasing,false}',
    ]
    const status = facts.map(fact => `Status: \n${fact}\n`).join('')
    return `VNode: ${partitionIndex(partition, ring.partitions)}\nBackend: ${world.settings.backend.module}\n${status}\n`
  })
  return ok(`Vnode status information\n${'-'.repeat(43)}\n\n${vnodes.join('')}`)
}

const processes = [
  ['riak_core_ring_manager', 18_453_501, 230_504],
  ['riak_core_vnode_manager', 11_451, 231_784],
  ['riak_core_claimant', 2364, 230_424],
  ['riak_kv_stat_sj_1', 1646, 2848],
] as const

/** A picture every five seconds, until somebody stops it. */
export function* runTop({world, node}: Asked): Run {
  const line = `${'='.repeat(90)}\n`
  for (;;) {
    const clock = new Date(world.now).toISOString().slice(11, 19)
    const rows = processes.map(
      ([name, reductions, memory], at) =>
        `${left(`<9521.${237 + at}.0>`, 14)} ${left(name, 20)}    '-'${right(String(reductions), 8)}${right(String(memory), 9)}        0 gen_server:loop/7   \n`,
    )
    yield {
      out: `\n${line} ${left(printAtom(node.name), 73)} ${clock}
 Load:  cpu         0               Memory:  total       72111    binary       3350
        procs    1013                        processes   31876    code        16129
        runq        0                        atom          888    ets          7965

Pid            Name or Initial Func    Time    Reds   Memory     MsgQ Current Function
${'-'.repeat(90)}
${rows.join('')}${line}\n`,
    }
    yield {wait: 5000}
  }
}
