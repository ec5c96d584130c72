/** `riak admin handoff details [--all]`. Its JSON crashes on the node while anything is under way (3.2.3). */
import {nodeNamePattern} from '../../../src/names.ts'
import type {Answer} from '../../../src/riak/answers/answer.ts'
import {matched, readClique} from '../../../src/riak/answers/clique.ts'
import type {Reading} from '../../../src/riak/answers/reading.ts'
import type {NodeName} from '../../../src/ring/ring.ts'

export type HandoffDetail = {
  readonly kind: 'ownership' | 'hinted' | 'resize' | 'repair'
  readonly from: NodeName
  readonly to: NodeName
  /** position, 0..n-1 */
  readonly partition: number
  /** missing until the first report */
  readonly bytesPerSecond?: number
  /** 0 to 1 */
  readonly done?: number
}

const nodeAndId = new RegExp(`^(${nodeNamePattern}):(\\d+)$`)
const kinds = {O: 'ownership', H: 'hinted', Rz: 'resize', Rp: 'repair'} as const

export function readHandoffDetails(answer: Answer): Reading<readonly HandoffDetail[]> {
  return readClique(answer, ({texts, rows}, lines) => {
    if (texts.length === 1 && texts[0] === 'No ongoing transfers.' && rows.length === 0) return []
    if (texts.length !== 1 || texts[0] !== typeKey || rows.length === 0) lines.fail('transfers')
    return rows.map(row => {
      const end = (column: string): [NodeName, number] => {
        const [, node, id] = matched(row, column, nodeAndId, lines)
        return [node!, Number(id)]
      }
      const optional = (column: string): number | undefined =>
        /^-+$/.test(row[column] ?? '') ? undefined : Number(matched(row, column, /^\d+(?:\.\d+)?$/, lines)[0])
      const [from, partition] = end('Source:ID')
      const [to] = end('Target:ID')
      const [percent, rate] = [optional('%'), optional('Rate (KB/s)')]
      return {
        kind: kinds[matched(row, 'Type', /^(?:O|H|Rz|Rp)$/, lines)[0] as keyof typeof kinds],
        from,
        to,
        partition,
        ...(rate === undefined ? {} : {bytesPerSecond: rate * 1024}),
        ...(percent === undefined ? {} : {done: Math.round(percent * 100) / 10_000}),
      }
    })
  })
}

const typeKey = 'Type Key: O = Ownership, H = Hinted, Rz = Resize, Rp = Repair'
