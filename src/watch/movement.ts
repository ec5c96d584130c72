/** What has gone on between readings: transfers begun, gone on with, done, and begun again. Pure. */
import {type ActiveTransfer, activeTransfers, type Snapshot} from '../ring/snapshot.ts'

export type Movement = {
  /** transfers pending in the last reading, finished ones that are not installed included */
  readonly pending: number
  readonly complete: number
  readonly active: number
  /** something was done, begun or sent between the first reading and the last */
  readonly progressed: boolean
  /** partitions that moved between the first reading and the last */
  readonly done: number
  /** partitions whose transfer began again without having been done, each as often as it was seen */
  readonly restarted: readonly {readonly partition: number; readonly times: number}[]
}

export function movementOf(readings: readonly Snapshot[]): Movement {
  const [first, last] = [readings[0]!, readings.at(-1)!]
  const complete = (snapshot: Snapshot): number =>
    snapshot.ring.pending.filter(({status}) => status === 'complete').length
  const left = (snapshot: Snapshot): number => snapshot.ring.pending.length - complete(snapshot)
  const done = Math.max(0, left(first) - left(last))
  // an attempt that the receiver turns away shows for a moment as well: only those that sent something count
  const sending = new Map<number, Set<number>>()
  const newest = new Map<number, number>()
  let sent = false
  let known = new Map<string, ActiveTransfer>()
  for (const reading of readings) {
    const now = new Map<string, ActiveTransfer>()
    for (const transfer of ownershipTransfers(reading)) {
      const {partition, from, to, startedAt, stats} = transfer
      const key = `${partition} ${from} ${to}`
      now.set(key, transfer)
      newest.set(partition, Math.max(startedAt, newest.get(partition) ?? 0))
      if ((stats?.objects ?? 0) > 0)
        sending.set(partition, (sending.get(partition) ?? new Set()).add(startedAt))
      const before = known.get(key)
      if (before && before.startedAt === startedAt && (stats?.objects ?? 0) > (before.stats?.objects ?? 0))
        sent = true
    }
    known = now
  }
  const pending = new Set(
    last.ring.pending.filter(({status}) => status === 'awaiting').map(({partition}) => partition),
  )
  const restarted = [...sending].flatMap(([partition, starts]) => {
    const times = [...starts].filter(start => start < newest.get(partition)!).length
    return pending.has(partition) && times > 0 ? [{partition, times}] : []
  })
  return {
    pending: last.ring.pending.length,
    complete: complete(last),
    active: ownershipTransfers(last).length,
    // one that begins again and again sends, and gets nowhere
    progressed: done > 0 || ownersChanged(first, last) || (sent && restarted.length === 0),
    done,
    restarted,
  }
}

export const ownershipTransfers = (snapshot: Snapshot): ActiveTransfer[] =>
  activeTransfers(snapshot).filter(({kind}) => kind === 'ownership')

const ownersChanged = (first: Snapshot, last: Snapshot): boolean =>
  first.ring.owners.some((owner, at) => owner !== last.ring.owners[at])
