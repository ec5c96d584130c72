/**
 * `riak admin cluster leave|replace|location|force-remove|force-replace`, sent to a member: the claimant keeps the
 * change in its memory. Texts as riak_core_console has them.
 */
import type {Change} from '../../ring/changes.ts'
import {type Answer, answerText, isNotRunning, printed, printedAtom, type StagingOutcome} from './answer.ts'

/** An answer is the text and then the call's own return term, which must fit it. */
type Refusal = {readonly text: RegExp; readonly reason: string; readonly returned: string}

const atom = "(?:'[^']+'|[a-z][\\w@]*)"
const claimant = `Failed: ${atom} is the claimant \\(see: riak-admin ring_status\\)\\.
The claimant is the node responsible for initiating cluster changes,
and cannot forcefully (?:remove|replace) itself\\. You can use 'riak-admin down' to
mark the node as offline, which will trigger a new claimant to take
over\\. {2}However, this will clear any staged changes\\.`

const refusals: readonly Refusal[] = [
  // the only refusal that returns ok
  refusal(`${atom} is already in the process of leaving the cluster\\.`, 'already-leaving', 'ok'),
  refusal(`Failed: ${atom} is not a member of the cluster\\.`, 'not-member'),
  refusal(`Failed: ${atom} is the only member\\.`, 'only-member'),
  refusal(claimant, 'claimant'),
  refusal(`Failed: ${atom} is already staged to replace another node\\.`, 'already-replacement'),
  refusal(
    `Failed: ${atom} is not a valid replacement candidate\\.\nOnly newly joining nodes can be used for replacement\\.`,
    'invalid-replacement',
  ),
  refusal('(?:Leave|Remove) failed, see log for details', 'failed'),
  refusal('(?:Node|Forced node) replacement failed, see log for details', 'failed'),
  refusal('Invalid node name', 'unknown-name', '{error,1}'),
]

function refusal(text: string, reason: string, returned = 'error'): Refusal {
  return {text: new RegExp(`^${text}$`), reason, returned}
}

function success(change: Exclude<Change, {action: 'join'}>): string {
  const node = printedAtom(change.node)
  switch (change.action) {
    case 'leave':
      return `Success: staged leave request for ${node}`
    case 'remove':
      return `Success: staged remove request for ${node}`
    case 'replace':
      return `Success: staged replacement of ${node} with ${printedAtom(change.with)}`
    case 'forceReplace':
      return `Success: staged forced replacement of ${node} with ${printedAtom(change.with)}`
    case 'setLocation':
      return `Success: staged changing location of node ${node} to ${change.location}`
  }
}

export function readStaging(answer: Answer, change: Exclude<Change, {action: 'join'}>): StagingOutcome {
  if (isNotRunning(answer)) return {outcome: 'not-running'}
  const lines = answerText(answer).trimEnd().split('\n')
  const returned = lines.pop()
  // a blank line follows the text of a location
  const text = lines.join('\n').trimEnd()
  if (returned === 'ok' && text === success(change)) return {outcome: 'staged'}
  const known = refusals.find(refusal => refusal.returned === returned && refusal.text.test(text))
  return known
    ? {outcome: 'refused', reason: known.reason, text}
    : {outcome: 'unknown', text: printed(answer)}
}
