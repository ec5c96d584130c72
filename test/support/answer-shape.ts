/**
 * What of an answer must be the same although its numbers cannot be: every text becomes a value in which times,
 * rates and process numbers are masked, and which is then compared as a whole.
 */
import type {Played} from './replay-lab.ts'

export type Shape = {readonly exit: Played['exit']; readonly lines: unknown}

export function shapeOf(command: string, {exit, stdout}: Played): Shape {
  return {exit, lines: linesOf(command, stdout.replaceAll('\r', ''))}
}

function linesOf(command: string, text: string): unknown {
  if (command.includes('wait-for-service') || command.includes(' top')) return repetitions(masked(text))
  if (command.includes('vnode-status')) return [...new Set(numberless(text).split('\n'))]
  if (command.includes('admin status')) return statisticsOf(text)
  if (command.endsWith('/stats')) return Object.keys(JSON.parse(text) as object).filter(isOurs)
  if (command.includes('transfers') && !command.includes('eval')) return progressless(text).split('\n')
  if (/^(df|du)/.test(command)) return filesOf(text)
  return masked(text).split('\n')
}

const numberless = (text: string): string => text.replace(/\d+/g, 'N')

/** Numbers that differ from run to run, in terms, tables and file names. */
const masked = (text: string): string =>
  text
    .replace(/<\d+\.\d+\.\d+>/g, '<pid>')
    .replace(/<riak@[\d.]+>/g, '<pid>')
    .replace(/\b\d{4}(\.\d\d){5}\b/g, 'STAMP')
    .replace(/(objs_total|objs_per_s|bytes_per_s|pct_done_decimal),( ?)[\d.]+/g, '$1,$2N')
    .replace(/last_update,( ?)\{[\d, ]+\}/g, 'last_update,$1{N}')
    .replace(/\| +[\d.]+ +\| +[\d.]+\|/g, '|RATE|SHARE|')

/** Pictures of transfers without how far they are. */
const progressless = (text: string): string =>
  text
    .replace(/^last update: .* ago\]$/gm, 'last update: TIME')
    .replace(/^objects transferred: \d+$/gm, 'objects transferred: N')
    .replace(/^ +\d+ Objs\/s +$/gm, 'N Objs/s')
    .replace(/^ +[\d.]+ [KM]?B\/s +$/gm, 'N B/s')
    .replace(/^( +)\|=*( *)\| +\d+%( *)$/gm, '$1|BAR|  N%$3')
    .replace(/ago\]/g, 'ago]')

/** The first picture or line of those that go on for ever. */
const repetitions = (text: string): string[] => {
  const lines = numberless(text)
    .split('\n')
    .map(line =>
      line
        .replace(/^<pid>.*$/, '<pid> PROCESS')
        .replace(/ +/g, ' ')
        .trim(),
    )
  return [...new Set(lines)]
}

/** those of Riak's five hundred that the practice node keeps */
const isOurs = (key: string): boolean => ourStatistics.has(key)
const ourStatistics = new Set(
  'connected_nodes converge_delay_last coord_redirs_total cpu_nprocs gossip_received handoff_timeouts ignored_gossip_total mem_allocated mem_total memory_processes_used node_gets node_gets_total node_puts node_puts_total nodename rebalance_delay_last ring_creation_size ring_members ring_num_partitions ring_ownership rings_reconciled_total storage_backend sys_otp_release sys_process_count vnode_gets vnode_puts disk riak_kv_version riak_core_version'.split(
    ' ',
  ),
)

function statisticsOf(text: string): unknown {
  const lines = text.split('\n')
  const keys = lines.flatMap(line => /^(\w+) : \S/.exec(line)?.[1] ?? []).filter(isOurs)
  return {first: lines.slice(0, 2), keys, last: lines.slice(-3)}
}

/** Sizes and devices are the recorded machine's own. */
const filesOf = (text: string): string[] =>
  text
    .split('\n')
    .map(line => line.replace(/\/opt\/riak\/data|\/var\/lib\/riak/g, 'DATA'))
    .map(line =>
      line
        .replace(/^\/dev\/\w+ .*$/, 'DEVICE')
        .replace(/^\d+\t/, 'N\t')
        .replace(/ +/g, ' '),
    )
