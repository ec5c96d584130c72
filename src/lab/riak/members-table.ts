/** The table of `member-status`, which every transition of a printed plan has as well. */
import {type Member, type NodeName, ownedCounts} from '../../ring/ring.ts'
import {printAtom} from '../erlang/print-term.ts'
import {heading, left, percent, rule} from './columns.ts'

export type MembersTable = {
  readonly members: readonly Member[]
  readonly owners: readonly NodeName[]
  /** undefined: nothing is pending */
  readonly nextOwners: readonly NodeName[] | undefined
  readonly locations: Readonly<Record<NodeName, string>>
  /** as older releases print names */
  readonly quoted?: boolean
}

export function membersTable({members, owners, nextOwners, locations, quoted = false}: MembersTable): string {
  const present = members.filter(({status}) => status !== 'invalid')
  const owned = ownedCounts(owners)
  const next = nextOwners && ownedCounts(nextOwners)
  const rows = byStatus(present).map(({node, status}) => {
    const ring = percent(owned.get(node) ?? 0, owners.length)
    const pending = next ? `${percent(next.get(node) ?? 0, owners.length)}%` : '  --  '
    const location = locations[node]
    return `${left(status, 8)}  ${ring}%    ${pending}    ${quoted ? printAtom(node) : node}${location === undefined ? '' : ` (${location})`}\n`
  })
  const count = (status: Member['status']): number =>
    present.filter(member => member.status === status).length
  return [
    heading(33, 'Membership', 34),
    'Status     Ring    Pending    Node\n',
    rule,
    ...rows,
    rule,
    `Valid:${count('valid')} / Leaving:${count('leaving')} / Exiting:${count('exiting')} / `,
    `Joining:${count('joining')} / Down:${count('down')}\n`,
  ].join('')
}

/** By the word for the status, then by node, as Riak lists members. */
export const byStatus = (members: readonly Member[]): Member[] =>
  [...members].sort((a, b) => (a.status < b.status ? -1 : a.status > b.status ? 1 : 0))
