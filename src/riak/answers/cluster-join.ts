/** `riak admin cluster join NODE`, sent to the joining host. Texts as 3.2.3 prints them. */
import {type Answer, answerText, isNotRunning, printed, printedAtom, type StagingOutcome} from './answer.ts'

const refusals: readonly (readonly [RegExp, string])[] = [
  [/^Failed: This node is already a member of a cluster$/, 'already-member'],
  [/^Failed: This node cannot join itself in a cluster$/, 'self-join'],
  [/^Failed: \S+ has a different ring_creation_size$/, 'different-ring-size'],
  [/^Failed: Unable to get ring from \S+$/, 'no-ring'],
  [/^Join failed, see log for details$/, 'failed'],
  [/^Node \S+ is not reachable!$/, 'target-unreachable'],
  [/^Join failed\. Try again in a few moments\.$/, 'still-starting'],
]

/** @param node the node that joins, @param target the member it was sent to join */
export function readJoin(answer: Answer, node: string, target: string): StagingOutcome {
  if (isNotRunning(answer)) return {outcome: 'not-running'}
  const [first, last, ...more] = answerText(answer).trimEnd().split('\n')
  if (
    more.length === 0 &&
    last === 'ok' &&
    first === `Success: staged join request for ${printedAtom(node)} to ${printedAtom(target)}`
  )
    return {outcome: 'staged'}
  const refusal =
    more.length === 0 && last === 'error' ? refusals.find(([text]) => text.test(first!)) : undefined
  return refusal
    ? {outcome: 'refused', reason: refusal[1], text: first!}
    : {outcome: 'unknown', text: printed(answer)}
}
