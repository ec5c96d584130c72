/** `riak admin cluster plan` as text: what is staged, and each transition that would follow. */
import type {Change, PlannedChanges, Transition} from '../../ring/changes.ts'
import {atomHash, dictOrder, pairHash} from '../../ring/claim/dict-order.ts'
import {installedOwners, warnLocations, warnNodes} from '../../ring/plan-warnings.ts'
import type {Move, NodeName} from '../../ring/ring.ts'
import {printAtom} from '../erlang/print-term.ts'
import {heading, rule} from './columns.ts'
import {membersTable} from './members-table.ts'

export type PlanText = Pick<PlannedChanges, 'changes' | 'transitions'> & {
  readonly fullRebalanceOnLeave: boolean
  /** as older releases print names in tables */
  readonly quoted?: boolean
}

export function planText({changes, transitions, fullRebalanceOnLeave, quoted = false}: PlanText): string {
  if (changes.length === 0) return 'There are no staged changes\n'
  const count = transitions.length
  const lost = changes.filter(({action}) => action === 'remove' || action === 'forceReplace')
  const isForced = fullRebalanceOnLeave && changes.some(({action}) => action === 'leave')
  return [
    heading(31, 'Staged Changes', 32),
    'Action         Details(s)\n',
    rule,
    ...changes.map(change => `${changeText(change)}\n`),
    rule,
    '\n',
    ...lost.map(({node}) => `WARNING: All of ${printAtom(node)} replicas will be lost\n`),
    '\n',
    `NOTE: Applying these changes will result in ${count} cluster transition${count === 1 ? '' : 's'}\n\n`,
    isForced
      ? 'WARNING: Full rebalance forced by non-default option riak_core.full_rebalance_onleave = true\n\n'
      : '',
    ...transitions.map((transition, at) => transitionText(transition, `${at + 1}/${count}`, quoted)),
  ].join('')
}

function changeText(change: Change): string {
  const node = printAtom(change.node)
  switch (change.action) {
    case 'join':
      return `join           ${node}`
    case 'leave':
      return `leave          ${node}`
    case 'remove':
      return `force-remove   ${node}`
    case 'replace':
      return `replace        ${node} with ${printAtom(change.with)}`
    case 'forceReplace':
      return `force-replace  ${node} with ${printAtom(change.with)}`
    case 'setLocation':
      return `set-location  ${node} to ${change.location}`
  }
}

function transitionText(transition: Transition, number: string, quoted: boolean): string {
  const {members, transfers, reassigned, nextOwners, locations} = transition
  const line = `${'#'.repeat(79)}\n`
  const warning = (isSo: boolean, what: string): string =>
    isSo ? `WARNING: Not all replicas will be on distinct ${what}\n\n` : ''
  return [
    line,
    `${' '.repeat(24)} After cluster transition ${number}\n`,
    `${line}\n`,
    membersTable({
      members,
      owners: installedOwners(transition),
      nextOwners: transfers.length > 0 ? nextOwners : undefined,
      locations,
      quoted,
    }),
    '\n',
    warning(warnNodes({nextOwners}), 'nodes'),
    warning(warnLocations({nextOwners, locations}), 'locations'),
    tallyText('Partitions reassigned from cluster changes', 'reassigned', reassigned),
    tallyText('Transfers resulting from cluster changes', 'transfers', transfers),
  ].join('')
}

function tallyText(title: string, word: string, moves: readonly Move[]): string {
  if (moves.length === 0) return ''
  const rows = tally(moves).map(
    ({from, to, count}) => `  ${count} ${word} from ${printAtom(from)} to ${printAtom(to)}\n`,
  )
  return `${title}: ${moves.length}\n${rows.join('')}\n`
}

type Tally = {readonly from: NodeName; readonly to: NodeName; count: number}

/** In the order of an Erlang dict whose keys are pairs of nodes. */
function tally(moves: readonly Move[]): Tally[] {
  const counts = new Map<string, Tally>()
  for (const {from, to} of moves) {
    const known = counts.get(`${from} ${to}`)
    if (known) known.count += 1
    else counts.set(`${from} ${to}`, {from, to, count: 1})
  }
  return dictOrder([...counts.values()], ({from, to}) => pairHash(atomHash(from), atomHash(to)))
}
