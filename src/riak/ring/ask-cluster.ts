/**
 * Which host to ask about the cluster. Any member knows all; the first that answers well is taken, and one that is
 * slow is not waited for alone. A host that runs Riak but has not joined yet answers too, for itself: an answer
 * with a single member counts only when no other host knows a larger cluster.
 */
import {setMaxListeners} from 'node:events'
import {OpsError} from '../../errors.ts'
import {presentMembers, type Snapshot} from '../../ring/snapshot.ts'
import type {Door} from '../door.ts'
import {askSnapshot} from './ask-snapshot.ts'

export type Clock = {
  readonly now: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export type ClusterAnswer = {
  readonly door: Door
  readonly snapshot: Snapshot
  /** how long the member took, ms */
  readonly ms: number
  /** what went wrong with hosts asked before, if any */
  readonly failures: readonly Failure[]
}

export type Failure = {readonly host: string; readonly error: Error}

/** ms after which the next host is asked as well */
const patience = 2000

/**
 * Asks hosts in order until one knows the cluster. Throws the first host's error when none does, or an `OpsError`
 * that counts them.
 */
export async function askCluster(
  doors: readonly Door[],
  clock: Clock,
  signal?: AbortSignal,
  /** told of each host that is asked */
  onAsk: (door: Door) => void = () => {},
): Promise<ClusterAnswer> {
  const failures: Failure[] = []
  const alone: ClusterAnswer[] = []
  const asking = new Map<Door, Promise<void>>()
  const rest = [...doors]
  let found: ClusterAnswer | undefined
  // what many commands tell is not asked to its end once somebody has told all
  const enough = new AbortController()
  const asked = signal ? AbortSignal.any([signal, enough.signal]) : enough.signal
  // each command of each host listens to it while it runs
  setMaxListeners(Number.POSITIVE_INFINITY, asked)

  const ask = async (door: Door): Promise<void> => {
    const started = clock.now()
    onAsk(door)
    try {
      const snapshot = await askSnapshot(door, clock.now, {signal: asked})
      const answer = {door, snapshot, ms: clock.now() - started, failures: [...failures]}
      if (presentMembers(snapshot.ring).length > 1) found ??= answer
      else alone.push(answer)
    } catch (error) {
      failures.push({host: door.host, error: error as Error})
    } finally {
      asking.delete(door)
    }
  }

  while (!found && (rest.length > 0 || asking.size > 0)) {
    const next = rest.shift()
    if (next) asking.set(next, ask(next))
    // once the first was no good, several are asked at a time
    while (asking.size < Math.min(8, failures.length + alone.length) && rest.length > 0) {
      const more = rest.shift()!
      asking.set(more, ask(more))
    }
    const answered = new AbortController()
    const waits: Promise<void>[] = [...asking.values()]
    if (rest.length > 0) waits.push(clock.sleep(patience, answered.signal))
    await Promise.race(waits)
    answered.abort()
    signal?.throwIfAborted()
  }
  enough.abort()
  const order = (answer: ClusterAnswer): number => doors.indexOf(answer.door)
  const answer = found ?? alone.sort((a, b) => order(a) - order(b))[0]
  if (answer) return answer
  throw noAnswer(failures)
}

function noAnswer(failures: readonly Failure[]): Error {
  const [first, ...others] = failures
  if (!first) return new OpsError('usage', 'the inventory has no host to ask: all are spare')
  if (others.length === 0) return first.error
  const kind = first.error instanceof OpsError ? first.error.kind : 'unreachable'
  return new OpsError(
    kind,
    `none of ${failures.length} hosts can tell about the cluster; the first: ${first.error.message}`,
    {
      hint: first.error instanceof OpsError ? first.error.hint : undefined,
      facts: {hosts: Object.fromEntries(failures.map(({host, error}) => [host, error.message]))},
      cause: first.error,
    },
  )
}
