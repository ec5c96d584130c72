/** What a practice host answers to ringup's storage script: its disk, and the partitions that lie on it. */
import {partitionIndex} from '../../ring/ring.ts'
import {freeBytes, usedBytes} from '../model/disk.ts'
import {dataDir} from '../riak/environment.ts'
import {type Run, say} from '../riak/run.ts'
import {dataFiles} from './files.ts'
import type {Host} from './host-commands.ts'

/** @param args the data directory, and words before riak */
export function answerStorage({world, node}: Host, [folder]: readonly string[]): Run {
  // as of a folder that is not there: what is said is the root volume's
  if (folder !== dataDir) return say('df 39062500 11718750 27343750\nend\n')
  const kibs = (bytes: number): number => Math.ceil(bytes / 1024)
  const {size} = node.disk
  const used = Math.min(size, usedBytes(node, world.now))
  const sizes = new Map<string, number>()
  const {name} = world.settings.backend
  const within = `${dataDir}/${name}/`
  for (const {path, bytes} of dataFiles({world, node})) {
    const [index] = path.startsWith(within) ? path.slice(within.length).split('/') : []
    if (index !== undefined) sizes.set(index, (sizes.get(index) ?? 0) + bytes)
  }
  // bytes that are just arriving lie there already
  for (const {to, partition, data} of node.handoffs) {
    const index = String(partitionIndex(partition, node.view.ring.partitions))
    if (to === node.name && !sizes.has(index)) sizes.set(index, Math.min(4096, data.bytes))
  }
  return say(
    [
      `df ${kibs(size)} ${kibs(used)} ${Math.floor(freeBytes(node, world.now) / 1024)}`,
      ...[...sizes].map(([index, bytes]) => `du ${kibs(bytes)} ${name}/${index}`),
      'end\n',
    ].join('\n'),
  )
}
