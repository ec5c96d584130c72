/** A host's disk and what lies on it, partition by partition. Only reads. */
import {nodeNamePattern} from '../../names.ts'
import {partitionOfText} from '../../ring/ring.ts'
import type {LoggedTransfer, NodeStorage, StoredPartition} from '../../ring/snapshot.ts'
import type {Answer} from '../answers/answer.ts'
import type {Ask, Door} from '../door.ts'
import {scriptNotUnderstood} from '../own-script.ts'
import {notUnderstood} from '../query.ts'
import {storageScript} from './storage-script.ts'

const loggedTransfer = new RegExp(
  `^log (${nodeNamePattern}) (${nodeNamePattern}) ([\\d.]+) ([KMGT]?B) ([\\d.]+) ([KMGT]?B)$`,
)

export const storageArgv = ({dataDir, riak}: Pick<Door, 'dataDir' | 'riak'>): string[] => [
  'sh',
  '-c',
  storageScript,
  'ringup-storage',
  dataDir,
  ...riak.slice(0, -1),
]

/** ms; du walks every file of a large disk */
const patience = 330_000

export type StorageRequest = {
  /** of the ring */
  readonly partitions: number
  /** the node owns some: there must be folders for them */
  readonly owns: boolean
}

/** Throws an `OpsError` (exit 10) for an answer that is not understood, or that has no partition of an owner. */
export async function askStorage(
  door: Door,
  {partitions, owns}: StorageRequest,
  options: Parameters<Ask>[1] = {},
): Promise<NodeStorage> {
  const answer = await door.ask(storageArgv(door), {timeout: patience, ...options})
  const storage = readStorage(answer, partitions)
  const what = `df and du of ${door.dataDir}`
  if (!storage) throw scriptNotUnderstood(door.host, what, answer)
  if (owns && storage.partitions.length === 0)
    throw notUnderstood(
      door,
      what,
      `no partition has a folder there (riak.dataDir), though ${door.node} owns some`,
    )
  return {node: door.node, ...storage}
}

/** undefined: not understood, or cut off */
export function readStorage(
  {stdout, code}: Answer,
  partitions: number,
): Omit<NodeStorage, 'node'> | undefined {
  const lines = stdout.split('\n').filter(line => line !== '')
  if (code !== 0 || lines.at(-1) !== 'end') return undefined
  const volume = /^df (\d+) (\d+) (\d+)$/.exec(lines[0] ?? '')
  if (!volume) return undefined
  const [size, , free] = volume.slice(1).map(kibs => Number(kibs) * 1024) as [number, number, number]
  const found = new Map<number, {bytes: number; trees: number}>()
  const transfers: LoggedTransfer[] = []
  for (const line of lines.slice(1, -1)) {
    const logged = loggedTransfer.exec(line)
    if (logged) {
      const [, from, to, size, unit, rate, rateUnit] = logged as unknown as string[]
      const bytesPerSecond = Math.round(Number(rate) * units[rateUnit!]!)
      if (Number(size) * units[unit!]! >= worthwhile && bytesPerSecond > 0)
        transfers.push({from: from!, to: to!, bytesPerSecond})
      continue
    }
    const [, kibs, folder, index] = /^du (\d+) ([^/]+)\/(\d+)$/.exec(line) ?? []
    if (kibs === undefined) return undefined
    const partition = partitionOfText(index!, partitions)
    // a number that is no index of this ring is some other folder's name
    if (partition === undefined) continue
    const known = found.get(partition) ?? {bytes: 0, trees: 0}
    known[isTrees(folder!) ? 'trees' : 'bytes'] += Number(kibs) * 1024
    found.set(partition, known)
  }
  return {
    size,
    used: size - free,
    partitions: [...found]
      .sort(([a], [b]) => a - b)
      .map(
        ([partition, {bytes, trees}]): StoredPartition =>
          trees === 0 ? {partition, bytes} : {partition, bytes, trees},
      ),
    ...(transfers.length > 0 ? {transfers} : {}),
  }
}

/** As riak_core prints sizes: by 1024. */
const units: Readonly<Record<string, number>> = {B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40}

/** What is smaller says little of a rate. */
const worthwhile = 2 ** 20

/** active anti-entropy's own folders: `anti_entropy`, `tictac_aae`, `kv_aaetree` */
const isTrees = (folder: string): boolean => /anti_entropy|aae/.test(folder)
