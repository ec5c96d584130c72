/**
 * A write whose answer does not say that it took effect: words that nobody knows, or a refusal. The state is read, and
 * then spoken: where it shows the effect the step goes on, and where it does not the failure says what was sent, what
 * was answered and what the ring shows.
 */
import {isOpsError, OpsError} from '../errors.ts'
import {excerpt} from '../riak/answers/lines.ts'
import type {Door} from '../riak/door.ts'
import {describeChange} from '../ring/changes.ts'
import {presentMembers, type Snapshot} from '../ring/snapshot.ts'

export type Doubt = {
  readonly door: Door
  readonly argv: readonly string[]
  /** `refused`, `stale`: in words that are known, so that one look is enough */
  readonly why: 'refused' | 'stale' | 'notUnderstood'
  /** what was answered */
  readonly text: string
}

/** ms that the effect of a write may take to be seen, where the answer does not promise it */
const patience = 20_000

/** ms to wait for the effect: as long as is usual, or less where the answer gives little hope. */
export const timeToWait = (doubt: Doubt | undefined, usual: number): number =>
  doubt === undefined ? usual : doubt.why === 'notUnderstood' ? Math.min(usual, patience) : 0

/**
 * What was seen, as `look` has it. Where it fails by waiting in vain, or by a host that does not answer, after a doubt:
 * an `OpsError` of that doubt (exit 10, or 3). @param shows what the ring shows now
 */
export async function seenOrDoubted(
  doubt: Doubt | undefined,
  look: () => Promise<string>,
  shows: () => Promise<string>,
): Promise<string> {
  if (doubt === undefined) return look()
  const {door, argv, why, text} = doubt
  const sent = `${door.host}: ${argv.join(' ')}`
  try {
    return `${await look()} (${why === 'notUnderstood' ? 'the answer was not understood' : 'though it was refused'}: ${excerpt(text)})`
  } catch (error) {
    if (!isOpsError(error) || (error.kind !== 'partlyDone' && error.kind !== 'unreachable')) throw error
    const now = await shows().catch((failure: Error) => `it cannot be read: ${failure.message}`)
    const said = text === '' ? 'nothing' : excerpt(text)
    throw new OpsError(
      why,
      `${sent}: ${why === 'notUnderstood' ? 'the answer is not understood' : 'refused'}: ${said}; the ring shows now: ${now}`,
      {where: door.host, hint: 'look at the cluster: ringup status', cause: error},
    )
  }
}

/** What a snapshot shows of staging, in words. */
export function stagingText({ring, staged}: Snapshot): string {
  const joining = presentMembers(ring).filter(({status}) => status === 'joining')
  const changes = staged === 'unknown' ? joining.map(({node}) => `join ${node}`) : staged.map(describeChange)
  const rest = staged === 'unknown' ? ' (what the claimant has staged beside joins cannot be read)' : ''
  return `${changes.length === 0 ? 'nothing is staged' : `staged: ${changes.join(', ')}`}${rest}`
}
