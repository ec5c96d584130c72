/**
 * `riak admin cluster plan`: the changes Riak has staged and every transition they lead to. Text only, in no fixed
 * order of transfers; one line that does not fit stops the reading.
 */
import type {Change} from '../../ring/changes.ts'
import type {NodeName} from '../../ring/ring.ts'
import {type Answer, answerText, isNotRunning} from './answer.ts'
import {type Lines, type Understood, understand} from './lines.ts'
import {type PrintedMember, readMembershipTable} from './membership-table.ts'
import {nodeAtom} from './reading.ts'

export type PrintedPlan =
  | {
      readonly outcome: 'plan'
      readonly changes: readonly PrintedChange[]
      readonly transitions: readonly PrintedTransition[]
    }
  | {readonly outcome: 'nothing-staged'}
  | {readonly outcome: 'not-converged'}
  | {readonly outcome: 'unable'; readonly text: string}
  | {readonly outcome: 'not-running'}

export type PrintedChange =
  | Change
  | {readonly action: 'resize'; readonly from: number; readonly to: number}
  | {readonly action: 'abortResize'; readonly size: number}

export type PrintedTransition = {
  readonly members: readonly PrintedMember[]
  readonly warnings: readonly string[]
  readonly reassigned: readonly Tally[]
  readonly transfers: readonly Tally[]
  /** a ring that is being resized prints no transfers */
  readonly resizing: boolean
}

/** `3 transfers from 'a' to 'b'` */
export type Tally = {readonly from: NodeName; readonly to: NodeName; readonly count: number}

export function readClusterPlan(answer: Answer): Understood<PrintedPlan> {
  if (isNotRunning(answer)) return {value: {outcome: 'not-running'}}
  return understand(answerText(answer), lines => {
    const plan = readPlan(lines)
    lines.expect(/^(ok|error)$/, 'ok or error')
    return plan
  })
}

function readPlan(lines: Lines): PrintedPlan {
  if (lines.take(/^There are no staged changes$/)) return {outcome: 'nothing-staged'}
  if (lines.take(/^Cannot plan until cluster state has converged\.$/)) {
    lines.expect(/^Check 'Ring Ready' in 'riak-admin ring_status'$/, 'where to check')
    return {outcome: 'not-converged'}
  }
  const unable = lines.take(
    /^(Unable to claim some partitions in resized ring\.|The cluster is running in legacy mode .*)$/,
  )
  if (unable) {
    lines.many(/^(Check that|If there|Otherwise try) .*$/)
    return {outcome: 'unable', text: unable[1]!}
  }
  lines.expect(/^=+ Staged Changes =+$/, 'the heading "Staged Changes"')
  // 1.x says Nodes(s)
  lines.expect(/^Action +(?:Details|Nodes)\(s\)$/, 'the heading "Action Details(s)"')
  lines.expect(rule, 'a line of dashes')
  const changes: PrintedChange[] = []
  while (!lines.take(rule)) changes.push(readChange(lines))
  lines.blank()
  lines.many(/^WARNING: All of '\S+' replicas will be lost$/)
  lines.blank()
  const [, count] = lines.expect(
    /^NOTE: Applying these changes will result in (\d+) cluster transitions?$/,
    'the number of transitions',
  )
  lines.blank()
  lines.take(
    /^WARNING: Full rebalance forced by non-default option riak_core\.full_rebalance_onleave = true$/,
  )
  lines.blank()
  const transitions = Array.from({length: Number(count)}, (_, at) =>
    readTransition(lines, at + 1, Number(count)),
  )
  return {outcome: 'plan', changes, transitions}
}

const rule = /^-{20,}$/

function readChange(lines: Lines): PrintedChange {
  const one = lines.take(new RegExp(`^(join|leave|force-remove) +${nodeAtom}$`))
  if (one) {
    const action = one[1] === 'force-remove' ? 'remove' : (one[1] as 'join' | 'leave')
    return {action, node: one[2]!}
  }
  const two = lines.take(new RegExp(`^(replace|force-replace) +${nodeAtom} with ${nodeAtom}$`))
  if (two) return {action: two[1] === 'replace' ? 'replace' : 'forceReplace', node: two[2]!, with: two[3]!}
  const location = lines.take(new RegExp(`^set-location +${nodeAtom} to (.+)$`))
  if (location) return {action: 'setLocation', node: location[1]!, location: location[2]!}
  const abort = lines.take(/^resize-ring +abort\. current size: (\d+)$/)
  if (abort) return {action: 'abortResize', size: Number(abort[1])}
  const resize = lines.expect(/^resize-ring +(\d+) to (\d+) partitions$/, 'a staged change')
  return {action: 'resize', from: Number(resize[1]), to: Number(resize[2])}
}

function readTransition(lines: Lines, number: number, count: number): PrintedTransition {
  lines.expect(/^#{20,}$/, 'a line of #')
  const heading = lines.expect(
    /^ +After cluster transition (\d+)\/(\d+)$/,
    `the heading of transition ${number}`,
  )
  if (heading[1] !== String(number) || heading[2] !== String(count))
    lines.fail(`transition ${number}/${count} before this line`)
  lines.expect(/^#{20,}$/, 'a line of #')
  lines.blank()
  const members = readMembershipTable(lines)
  lines.blank()
  const warnings: string[] = []
  for (let found = lines.take(warning); found; found = lines.take(warning)) {
    warnings.push(found[1]!)
    lines.blank()
  }
  const reassigned = readTallies(lines, /^Partitions reassigned from cluster changes: (\d+)$/, 'reassigned')
  const transfers = readTallies(lines, /^Transfers resulting from cluster changes: (\d+)$/, 'transfers')
  const resizing =
    lines.take(/^Ring is resizing\. see riak-admin ring-status for transfer details\.$/) !== undefined
  lines.blank()
  return {members, warnings, reassigned, transfers, resizing}
}

const warning = /^WARNING: (Not all replicas will be on distinct (?:nodes|locations))$/

function readTallies(lines: Lines, heading: RegExp, word: 'reassigned' | 'transfers'): Tally[] {
  const total = lines.take(heading)
  if (!total) return []
  const rows = lines.many(new RegExp(`^ +(\\d+) ${word} from ${nodeAtom} to ${nodeAtom}$`))
  const tallies = rows.map(([, count, from, to]) => ({from: from!, to: to!, count: Number(count)}))
  if (tallies.reduce((sum, {count}) => sum + count, 0) !== Number(total[1]))
    lines.fail(`${total[1]} ${word} before this line`)
  lines.blank()
  return tallies
}
