/** Transfers: those under way, then those that wait. */
import type {PendingChange} from '../../ring/ring.ts'
import {type ActiveTransfer, activeTransfers} from '../../ring/snapshot.ts'
import {formatBytes, formatDuration, formatRate} from '../../units.ts'
import type {Scene} from '../../watch/scene.ts'
import type {Rows} from '../rows.ts'

export type TransferRow = {
  readonly kind: 'O' | 'H' | 'o'
  readonly partition: number
  readonly from: string
  readonly to: string
  readonly size: number | undefined
  readonly rate: number | undefined
  /** 0 to 1 */
  readonly done: number | undefined
  /** ms */
  readonly age: number | undefined
  readonly left: number | undefined
  readonly state: 'active' | 'waiting' | 'finished'
}

/** @param columns of the terminal: on a narrow one nodes are named by what follows their @ */
export function transferRows({snapshot, sizes}: Scene, columns = 120): Rows<TransferRow> {
  const named = (node: string): string => (columns < 100 ? (node.split('@')[1] ?? node) : node)
  const active = snapshot ? activeTransfers(snapshot) : []
  const under = new Set(active.map(({partition, from, to}) => `${partition} ${from} ${to}`))
  const pending = (snapshot?.ring.pending ?? []).filter(
    ({partition, from, to}) => !under.has(`${partition} ${from} ${to}`),
  )
  return {
    rows: [
      ...active.map(transfer => activeRow(transfer, sizes)),
      ...pending.map(entry => pendingRow(entry, sizes)),
    ],
    isFault: ({state, rate}) => state === 'active' && rate === 0,
    columns: [
      {
        title: 'part',
        cell: ({partition}) => String(partition),
        align: 'right',
        by: ({partition}) => -partition,
      },
      {title: '', cell: ({kind}) => kind},
      {title: 'from', cell: ({from}) => named(from), by: ({from}) => from},
      {title: 'to', cell: ({to}) => named(to), by: ({to}) => to},
      {
        title: '%',
        cell: ({done, state}) =>
          state === 'finished'
            ? 'done'
            : done === undefined
              ? state === 'active'
                ? '?'
                : ''
              : String(Math.floor(done * 100)),
        align: 'right',
        by: ({done}) => done ?? -1,
      },
      {
        title: 'size',
        cell: ({size}) => (size === undefined ? '' : formatBytes(size)),
        align: 'right',
        by: ({size}) => size ?? -1,
      },
      {
        title: 'rate',
        cell: ({rate}) => (rate === undefined ? '' : formatRate(rate)),
        align: 'right',
        by: ({rate}) => rate ?? -1,
      },
      {
        title: 'left',
        cell: ({left}) => (left === undefined ? '' : formatDuration(left)),
        align: 'right',
        by: ({left}) => left ?? -1,
      },
      {
        title: 'age',
        cell: ({age}) => (age === undefined ? '' : formatDuration(age)),
        align: 'right',
        by: ({age}) => age ?? -1,
      },
    ],
  }
}

function activeRow(
  {kind, partition, from, to, stats}: ActiveTransfer,
  sizes: ReadonlyMap<number, number>,
): TransferRow {
  // by the sender's own figures: its clock need not be ours
  const age =
    stats && stats.objectsPerSecond > 0 ? (stats.objects / stats.objectsPerSecond) * 1000 : undefined
  const sent = age === undefined ? undefined : (stats!.bytesPerSecond * age) / 1000
  const size = sizes.get(partition) ?? (sent !== undefined && stats?.done ? sent / stats.done : undefined)
  const left = age !== undefined && stats?.done ? (age / stats.done) * (1 - stats.done) : undefined
  return {
    kind: kind === 'hinted' ? 'H' : 'O',
    partition,
    from,
    to,
    size,
    rate: stats?.bytesPerSecond,
    done: stats?.done,
    age,
    left,
    state: 'active',
  }
}

const pendingRow = (
  {partition, from, to, status}: PendingChange,
  sizes: ReadonlyMap<number, number>,
): TransferRow => ({
  kind: 'o',
  partition,
  from,
  to,
  size: sizes.get(partition),
  rate: undefined,
  done: undefined,
  age: undefined,
  left: undefined,
  state: status === 'complete' ? 'finished' : 'waiting',
})
