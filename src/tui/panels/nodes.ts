/** Members: state, share now and next, transfers, limits, disk, and how long their clients wait. */
import type {Look} from '../../report/kit/look.ts'
import type {Scene} from '../../watch/scene.ts'
import type {MemberStatusLine} from '../../watch/status.ts'
import type {Rows} from '../rows.ts'

export function nodeRows({status, vitals, run}: Scene, look: Look): Rows<MemberStatusLine> {
  const members = status?.members ?? []
  const located = members.some(({location}) => location !== undefined)
  const last = (node: string) => vitals.get(node)?.at(-1)
  const forecast = new Map(run?.plan?.forecast.nodes.map(one => [one.node, one.disk]))
  const disk = (node: string): string => {
    const now = last(node)?.disk
    const then = forecast.get(node)
    const after = then ? `>${percent(then.after / then.size)}` : ''
    return now === undefined ? '' : `${percent(now)}${after}`
  }
  return {
    rows: members,
    isFault: ({up, status: state, transferLimit}) => !up || state !== 'valid' || transferLimit === 0,
    columns: [
      {title: 'node', cell: ({node, claimant}) => (claimant ? `${node} (C)` : node), by: ({node}) => node},
      {
        title: 'state',
        cell: ({status: state, up}) => (up ? state : `${state} DOWN`),
        by: ({status: state, up}) => (up ? state : ' '),
      },
      {title: 'now', cell: ({now}) => String(now), align: 'right', by: ({now}) => now},
      {
        title: 'next',
        cell: ({now, next}) => (now === next ? '' : String(next)),
        align: 'right',
        by: ({next}) => next,
      },
      {
        title: 'out',
        cell: ({sending}) => (sending === 0 ? '' : String(sending)),
        align: 'right',
        by: ({sending}) => sending,
      },
      {
        title: 'in',
        cell: ({receiving}) => (receiving === 0 ? '' : String(receiving)),
        align: 'right',
        by: ({receiving}) => receiving,
      },
      {
        title: 'limit',
        cell: ({transferLimit}) => (transferLimit === null ? '?' : String(transferLimit)),
        align: 'right',
      },
      {title: 'disk', cell: ({node}) => disk(node), align: 'right', by: ({node}) => last(node)?.disk ?? -1},
      {
        title: 'p99',
        cell: ({node}) => latency(vitals.get(node)?.map(({p99}) => p99) ?? [], look),
        by: ({node}) => last(node)?.p99 ?? -1,
      },
      ...(located ? [{title: 'location', cell: ({location}: MemberStatusLine) => location ?? ''}] : []),
    ],
  }
}

const percent = (share: number): string => `${Math.round(share * 100)}%`

const sparks = '▁▂▃▄▅▆▇█'

/** The last values as a line of bars, and the newest in ms. */
function latency(values: readonly (number | undefined)[], look: Look): string {
  const known = values.slice(-8)
  const newest = known.at(-1)
  if (newest === undefined) return ''
  const most = Math.max(...known.map(value => value ?? 0), 1)
  const line = look.unicode
    ? known
        .map(value => (value === undefined ? ' ' : sparks[Math.min(7, Math.floor((value / most) * 7.99))]))
        .join('')
    : ''
  return `${line}${line === '' ? '' : ' '}${newest < 10 ? newest.toFixed(1) : Math.round(newest)} ms`
}
