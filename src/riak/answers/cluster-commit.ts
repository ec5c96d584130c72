/** `riak admin cluster commit`. Texts as riak_core_console has them; every one of them comes with exit status 0. */
import {type Answer, answerText, isNotRunning, printed} from './answer.ts'

export type CommitOutcome =
  | {readonly outcome: 'committed'}
  | {readonly outcome: 'refused'; readonly reason: CommitRefusal; readonly text: string}
  | {readonly outcome: 'not-running'}
  | {readonly outcome: 'unknown'; readonly text: string}

export type CommitRefusal =
  | 'not-planned'
  | 'plan-changed'
  | 'nothing-staged'
  | 'not-converged'
  | 'unable'
  | 'legacy'

/** By the whole text before the `ok` or `error` that the call ends with. */
const texts: Readonly<Record<string, CommitRefusal | 'committed'>> = {
  'Cluster changes committed': 'committed',
  "You must verify the plan with 'riak-admin cluster plan' before committing": 'not-planned',
  "The plan has changed. Verify with 'riak-admin cluster plan' before committing": 'plan-changed',
  'There are no staged changes': 'nothing-staged',
  "Cannot commit until cluster state has converged.\nCheck 'Ring Ready' in 'riak-admin ring_status'":
    'not-converged',
  'Unable to commit cluster changes. Plan may have changed, please verify the\nplan and try to commit again':
    'unable',
  "Unable to commit staged ring changes.\nCheck that there are no pending changes in 'riak-admin ring-status'\nIf there are, try again once they are completed,\nOtherwise try again shortly.":
    'unable',
  'The cluster is running in legacy mode and does not support plan/commit.': 'legacy',
}

export function readCommit(answer: Answer): CommitOutcome {
  if (isNotRunning(answer)) return {outcome: 'not-running'}
  const lines = answerText(answer).trimEnd().split('\n')
  const last = lines.pop()
  const text = lines.join('\n')
  const meaning = last === 'ok' || last === 'error' ? texts[text] : undefined
  if (meaning === undefined || (meaning === 'committed' && last !== 'ok'))
    return {outcome: 'unknown', text: printed(answer)}
  return meaning === 'committed' ? {outcome: 'committed'} : {outcome: 'refused', reason: meaning, text}
}
