/**
 * The files a practice host seems to have: Riak's data directory as it follows from the node, and a few that say
 * what kind of machine it is. None of them exists anywhere.
 */
import {partitionIndex} from '../../ring/ring.ts'
import type {LabNode, World} from '../model/world.ts'
import {dataDir} from '../riak/environment.ts'
import {ertsOf} from '../riak/release.ts'

export type File = {readonly path: string; readonly kind: 'file' | 'folder'; readonly bytes: number}

type Machine = {readonly world: World; readonly node: LabNode}

/** All below the data directory, the directory first, in the order `find` meets them. */
export function dataFiles({world, node}: Machine): File[] {
  const {backend} = world.settings
  const folder = (path: string): File => ({path, kind: 'folder', bytes: 4096})
  const file = (path: string, bytes: number): File => ({path, kind: 'file', bytes})
  const litter = node.trouble.litter.map(name => file(`${dataDir}/${name}`, 0))
  if (!node.everStarted) return [folder(dataDir), folder(`${dataDir}/ring`), ...litter]
  const stamp = new Date(node.startedAt).toISOString().slice(0, 19).replace(/[-T:]/g, '')
  const partitions = [...node.vnodes.riak_kv_vnode.keys(), ...node.data.keys()]
  const vnodes = [...new Set(partitions)].sort((a, b) => a - b)
  return [
    folder(dataDir),
    folder(`${dataDir}/ring`),
    file(`${dataDir}/ring/riak_core_ring.default.${stamp}`, 13_214),
    folder(`${dataDir}/cluster_meta`),
    file(`${dataDir}/cluster_meta/nodeid`, 64),
    folder(`${dataDir}/kv_vnode`),
    folder(`${dataDir}/${backend.name}`),
    ...litter,
    ...vnodes.flatMap(partition => {
      const path = `${dataDir}/${backend.name}/${partitionIndex(partition, node.view.ring.partitions)}`
      const bytes = node.data.get(partition)?.bytes ?? 0
      return [
        folder(path),
        file(`${path}/version.txt`, 8),
        ...(bytes > 0
          ? Object.entries(backend.files).map(([name, share]) =>
              file(`${path}/${name}`, share === 0 ? 28 : Math.round(share * bytes)),
            )
          : []),
      ]
    }),
  ]
}

/** What the nodes of every practice ring know each other by; like no other word, so that it is found where it must not be. */
export const labCookie = 'practice_cookie_9fT3kQ'

/** Small files with text in them. */
export function textFiles({
  world,
  node,
  hostname,
}: Machine & {readonly hostname: string}): Readonly<Record<string, string>> {
  const {backend} = world.settings
  const address = node.name.split('@')[1] ?? hostname
  return {
    '/etc/hostname': `${hostname}\n`,
    '/etc/os-release':
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
    '/proc/loadavg': '0.14 0.21 0.20 1/213 4711\n',
    '/proc/meminfo':
      'MemTotal:       16384000 kB\nMemFree:         9123456 kB\nMemAvailable:   12345678 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n',
    '/proc/swaps': 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n',
    '/proc/sys/vm/swappiness': '0\n',
    '/proc/sys/net/core/somaxconn': '40000\n',
    '/proc/sys/net/ipv4/tcp_max_syn_backlog': '40000\n',
    '/sys/kernel/mm/transparent_hugepage/enabled': 'always madvise [never]\n',
    '/opt/riak/releases/start_erl.data': `${ertsOf(node.trouble.version)} ${node.trouble.version}`,
    '/opt/riak/etc/riak.conf': `nodename = ${node.name}
distributed_cookie = ${labCookie}
ring_size = ${node.ringSize}
storage_backend = ${backend.name}
listener.http.internal = ${address}:8098
listener.protobuf.internal = ${address}:8087
platform_data_dir = ${dataDir}
platform_log_dir = /opt/riak/log
`,
  }
}

/** Paths that a pattern with `*` and `?` fits, sorted; `isPattern` says where it is one. */
export function expandPattern(
  pattern: string,
  isPattern: (position: number) => boolean,
  paths: readonly string[],
): string[] {
  const source = Array.from(pattern, (char, position) => {
    if (isPattern(position) && char === '*') return '[^/]*'
    if (isPattern(position) && char === '?') return '[^/]'
    return char.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  }).join('')
  const expression = new RegExp(`^${source}$`)
  const last = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
  // hidden files are met only by a pattern that shows its dot
  return paths
    .filter(path => expression.test(path) && (!last(path).startsWith('.') || last(pattern).startsWith('.')))
    .sort()
}
