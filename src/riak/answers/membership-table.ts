/** The table of members that `member-status` prints, and `cluster plan` for each transition. */
import {isHeldLocation, isNodeName, nodeNamePattern} from '../../names.ts'
import type {MemberStatus, NodeName} from '../../ring/ring.ts'
import type {Lines} from './lines.ts'

export type PrintedMember = {
  readonly node: NodeName
  readonly status: MemberStatus
  /** percent, one decimal */
  readonly ring: number
  /** percent, one decimal; undefined: nothing is pending */
  readonly pending: number | undefined
  readonly location: string | undefined
}

/** Names are quoted up to 3.0.2, and bare from 3.0.5 on, which has locations as well. */
const memberRow = new RegExp(
  `^(valid|leaving|exiting|joining|down) +(\\d+\\.\\d)% +(?:(\\d+\\.\\d)%|--) +(?:'(${nodeNamePattern})'|(${nodeNamePattern}))(?: \\((.+)\\))?$`,
)
const rule = /^-{20,}$/

/** The line of totals must agree with the table, and no share may be lost: a line that is missing shows. */
export function readMembershipTable(lines: Lines): PrintedMember[] {
  lines.expect(/^=+ Membership =+$/, 'the heading "Membership"')
  lines.expect(/^Status +Ring +Pending +Node$/, 'the heading of the membership table')
  lines.expect(rule, 'a line of dashes')
  const members: PrintedMember[] = []
  const seen = new Set<string>()
  while (!lines.take(rule)) {
    const [, status, ring, pending, quoted, bare, location] = lines.expect(memberRow, 'a member')
    const node = quoted ?? bare
    if (!isNodeName(node!) || (location !== undefined && !isHeldLocation(location)))
      lines.fail('a member and a location with names that can be')
    if (seen.has(node!)) lines.fail('a member that does not stand twice')
    seen.add(node!)
    members.push({
      node: node!,
      status: status as MemberStatus,
      ring: Number(ring),
      pending: pending === undefined ? undefined : Number(pending),
      location,
    })
  }
  const [, ...totals] = lines.expect(
    /^Valid:(\d+) \/ Leaving:(\d+) \/ Exiting:(\d+) \/ Joining:(\d+) \/ Down:(\d+)$/,
    'the totals',
  )
  const statuses = ['valid', 'leaving', 'exiting', 'joining', 'down'] as const
  const agrees = statuses.every(
    (status, at) => members.filter(member => member.status === status).length === Number(totals[at]),
  )
  if (!agrees) lines.fail('totals that agree with the table before this line')
  refuseLostShares(lines, members)
  return members
}

/** Each share is rounded to a tenth, so that their sum is within half a tenth a member of the whole. */
export function refuseLostShares(
  lines: Lines,
  members: readonly Pick<PrintedMember, 'ring' | 'pending'>[],
): void {
  const slack = 0.05 * members.length + 1e-6
  const isWhole = (shares: readonly number[]): boolean =>
    Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100) <= slack
  if (!isWhole(members.map(({ring}) => ring))) lines.fail('shares of the ring that add up to 100 %')
  const pending = members.map(({pending}) => pending)
  if (pending.every(share => share === undefined)) return
  if (pending.some(share => share === undefined) || !isWhole(pending.map(share => share ?? 0)))
    lines.fail('pending shares that add up to 100 %')
}
