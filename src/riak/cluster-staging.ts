/**
 * `riak admin cluster leave|replace|location`, sent to a member: the claimant keeps the change in its memory. Texts as
 * riak_core_console has them.
 */
import type {StagedChange} from '../ring/changes.ts'
import {type Answer, isNotRunning, printed, type StagingOutcome} from './answer.ts'

/** An answer is the text and then the call's own return term, which must fit it. */
type Text = {readonly text: RegExp; readonly reason: string; readonly returned: string}

const atom = "(?:'[^']+'|[a-z][\\w@]*)"
const refusals: readonly Text[] = [
  // the only refusal that returns ok
  refusal(`${atom} is already in the process of leaving the cluster\\.`, 'already-leaving', 'ok'),
  refusal(`Failed: ${atom} is not a member of the cluster\\.`, 'not-member'),
  refusal(`Failed: ${atom} is the only member\\.`, 'only-member'),
  refusal(`Failed: ${atom} is already staged to replace another node\\.`, 'already-replacement'),
  refusal(
    `Failed: ${atom} is not a valid replacement candidate\\.\\nOnly newly joining nodes can be used for replacement\\.`,
    'invalid-replacement',
  ),
  refusal('Leave failed, see log for details', 'failed'),
  refusal('Node replacement failed, see log for details', 'failed'),
  refusal('Invalid node name', 'unknown-name', '{error,1}'),
]

function refusal(text: string, reason: string, returned = 'error'): Text {
  return {text: new RegExp(`^${text}$`), reason, returned}
}

/** The node's name as an atom is printed. */
const quoted = (node: string): string => (/^[a-z][\w@]*$/.test(node) ? node : `'${node}'`)

function success(change: StagedChange): string {
  const node = quoted(change.node)
  switch (change.action) {
    case 'leave':
      return `Success: staged leave request for ${node}`
    case 'replace':
      return `Success: staged replacement of ${node} with ${quoted(change.with)}`
    case 'setLocation':
      return `Success: staged changing location of node ${node} to ${change.location}`
  }
}

export function readStaging(answer: Answer, change: StagedChange): StagingOutcome {
  if (isNotRunning(answer)) return {outcome: 'not-running'}
  const lines = answer.stdout.trimEnd().split('\n')
  const returned = lines.pop()
  // a blank line follows the text of a location
  const text = lines.join('\n').trimEnd()
  if (returned === 'ok' && text === success(change)) return {outcome: 'staged'}
  const known = refusals.find(refusal => refusal.returned === returned && refusal.text.test(text))
  return known
    ? {outcome: 'refused', reason: known.reason, text}
    : {outcome: 'unknown', text: printed(answer)}
}
