/** `riak admin cluster status`, in any format. CSV leaves out whether the ring is ready. */
import {nodeNamePattern} from '../../../src/names.ts'
import type {Answer} from '../../../src/riak/answers/answer.ts'
import {matched, readClique} from '../../../src/riak/answers/clique.ts'
import {refuseLostShares} from '../../../src/riak/answers/membership-table.ts'
import type {Reading} from '../../../src/riak/answers/reading.ts'
import type {MemberStatus, NodeName} from '../../../src/ring/ring.ts'

export type ClusterStatus = {
  readonly ringReady: boolean | 'unknown'
  readonly members: readonly ClusterStatusRow[]
}

export type ClusterStatusRow = {
  readonly node: NodeName
  readonly claimant: boolean
  readonly status: MemberStatus
  readonly up: boolean
  /** percent, one decimal */
  readonly ring: number
  readonly pending: number | undefined
}

/** the claimant is marked */
const markedNode = new RegExp(`^(\\(C\\) +)?(${nodeNamePattern})$`)
const share = /^(\d{1,3}\.\d)$/

export function readClusterStatus(answer: Answer): Reading<ClusterStatus> {
  return readClique(answer, ({texts, rows}, lines) => {
    const ready = /^Ring ready: (true|false)$/.exec(texts[1] ?? '')?.[1]
    const isWhole =
      texts.length === 0 ||
      (texts.length === 3 && texts[0] === heading && ready !== undefined && texts[2] === key)
    if (!isWhole) lines.fail('the texts around the table')
    const members = rows.map((row): ClusterStatusRow => {
      const [, mark, node] = matched(row, 'node', markedNode, lines)
      const [, status] = matched(row, 'status', /^(valid|leaving|exiting|joining|down)$/, lines)
      const [, up] = matched(row, 'avail', /^(up|down)!?$/, lines)
      const [, ring] = matched(row, 'ring', share, lines)
      const pending = row.pending === '--' ? undefined : Number(matched(row, 'pending', share, lines)[1])
      return {
        node: node!,
        claimant: mark !== undefined,
        status: status as MemberStatus,
        up: up === 'up',
        ring: Number(ring),
        pending,
      }
    })
    if (members.filter(({claimant}) => claimant).length !== 1) lines.fail('one claimant')
    if (new Set(members.map(({node}) => node)).size !== members.length) lines.fail('members once each')
    refuseLostShares(lines, members)
    return {ringReady: ready === undefined ? 'unknown' : ready === 'true', members}
  })
}

const heading = '---- Cluster Status ----'
const key = "Key: (C) = Claimant; availability marked with '!' is unexpected"
