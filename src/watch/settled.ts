/** Whether a cluster is at rest, and if not, why. Pure. */
import {disagreeingMembers, presentMembers, type Snapshot, unreachableMembers} from '../ring/snapshot.ts'
import {counted} from '../units.ts'

/** Reasons why a cluster is not at rest, the weightiest first; none: it is. */
export function unrest(snapshot: Snapshot): string[] {
  const reasons: string[] = []
  const unreachable = unreachableMembers(snapshot)
  if (unreachable.length > 0)
    reasons.push(`${counted(unreachable.length, 'member')} not reachable: ${unreachable.join(', ')}`)
  for (const {node, status} of presentMembers(snapshot.ring))
    if (status !== 'valid') reasons.push(`${node} is ${status}`)
  const {pending} = snapshot.ring
  if (pending.length > 0) reasons.push(`${counted(pending.length, 'ownership transfer')} pending`)
  if (snapshot.staged !== 'unknown' && snapshot.staged.some(({action}) => action !== 'join'))
    reasons.push(`${counted(snapshot.staged.length, 'change')} staged and not committed`)
  const disagree = disagreeingMembers(snapshot)
  if (disagree.length > 0) reasons.push(`the ring is not agreed on by ${disagree.join(', ')}`)
  const notReady = snapshot.nodes.filter(({ringReady}) => !ringReady)
  if (notReady.length > 0)
    reasons.push(`the ring is not ready on ${notReady.map(({node}) => node).join(', ')}`)
  return reasons
}
