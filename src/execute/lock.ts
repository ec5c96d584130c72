/**
 * The lock on the cluster: a file on each host of a batch and on the claimant's, taken in one order, all or none.
 * It is advisory to people who type `riak admin`; against two ringups it is not: a run whose heartbeat is lost sends
 * no further write. It can never keep anybody from reading.
 */
import {OpsError} from '../errors.ts'
import type {Clock} from '../riak/ask-cluster.ts'
import type {Door} from '../riak/door.ts'
import {formatDuration} from '../units.ts'
import {type LockVerb, lockArgv} from './lock-script.ts'

export type LockRecord = {
  readonly run: string
  readonly holder: string
  readonly host: string
  readonly pid: number
  readonly reason: string
  /** ms since 1970, by the holder's clock */
  readonly startedAt: number
}

/** What a host says of its lock. */
export type LockAnswer = {
  readonly outcome:
    | 'acquired'
    | 'taken'
    | 'held'
    | 'kept'
    | 'lost'
    | 'released'
    | 'other'
    | 'none'
    | 'busy'
    | 'failed'
  /** seconds since the last heartbeat, by the host's clock */
  readonly age?: number
  readonly record?: LockRecord | 'unreadable'
}

export const lockTiming = {
  /** ms between heartbeats */
  heartbeat: 15_000,
  /** ms without a heartbeat after which no write is sent any more: well before anybody may take the lock over */
  careful: 60_000,
  /** ms without a heartbeat after which a lock may be taken over */
  stale: 120_000,
}

const outcomes = new Set([
  'acquired',
  'taken',
  'held',
  'kept',
  'lost',
  'released',
  'other',
  'none',
  'busy',
  'failed',
])

/** Reads the script's answer. Throws an `OpsError` (exit 10) for anything else. */
function readLockAnswer(stdout: string, host: string): LockAnswer {
  const [outcome = '', age, record] = stdout.trimEnd().split('\n')
  if (!outcomes.has(outcome))
    throw new OpsError(
      'notUnderstood',
      `${host}: the answer about the lock is not understood: ${JSON.stringify(stdout.slice(0, 200))}`,
      {where: host},
    )
  return {
    outcome: outcome as LockAnswer['outcome'],
    ...(age === undefined ? {} : {age: Number(age)}),
    ...(record === undefined ? {} : {record: parseRecord(record)}),
  }
}

function parseRecord(text: string): LockRecord | 'unreadable' {
  try {
    const record = JSON.parse(text) as LockRecord
    return typeof record.run === 'string' && typeof record.holder === 'string' ? record : 'unreadable'
  } catch {
    return 'unreadable'
  }
}

export async function askLock(
  door: Door,
  cluster: string,
  verb: LockVerb,
  record: LockRecord,
  how: 'adopt' | 'force' | '' = '',
): Promise<LockAnswer> {
  const argv = lockArgv(verb, {
    cluster,
    run: record.run,
    record: JSON.stringify(record),
    stale: lockTiming.stale,
    how,
  })
  for (let tries = 0; ; tries += 1) {
    const answer = readLockAnswer((await door.ask(argv, {timeout: 20_000})).stdout, door.host)
    // somebody else changes it at this moment
    if (answer.outcome !== 'busy' || tries >= 20) return answer
    await new Promise(resolve => setTimeout(resolve, 50 + Math.random() * 100))
  }
}

export type Lock = {
  /** Throws an `OpsError` when the lock may be somebody else's by now. */
  readonly guard: () => void
  /** Gives it back everywhere; hosts that cannot be reached are named. */
  readonly release: () => Promise<readonly string[]>
}

export type LockRequest = {
  readonly doors: readonly Door[]
  readonly cluster: string
  readonly record: LockRecord
  /** a lock of the same run is of a process that is gone */
  readonly adopt: boolean
  readonly clock: Clock
  /** told when a stale lock of somebody else was taken over */
  readonly onTaken: (host: string, from: LockRecord | 'unreadable', age: number) => void
}

/** Takes the lock on all hosts, or on none. Throws an `OpsError`: `locked` (exit 5) with who holds it. */
export async function acquireLock({
  doors,
  cluster,
  record,
  adopt,
  clock,
  onTaken,
}: LockRequest): Promise<Lock> {
  const ordered = [...doors].sort((a, b) => (a.node < b.node ? -1 : 1))
  const taken: Door[] = []
  const giveBack = async (): Promise<string[]> => {
    const left: string[] = []
    await Promise.all(
      taken.map(async door => {
        // a connection that was cut is opened again, and giving back twice does no harm
        const release = () => askLock(door, cluster, 'release', record).catch(() => undefined)
        // not at once: that it was cut may not have been told yet, and the same one would be taken
        const answer = (await release()) ?? (await clock.sleep(500).then(release))
        if (answer === undefined || answer.outcome === 'busy' || answer.outcome === 'failed')
          left.push(door.host)
      }),
    )
    return left
  }
  for (const door of ordered) {
    const answer = await askLock(door, cluster, 'acquire', record, adopt ? 'adopt' : '').catch(
      async (error: unknown) => {
        await giveBack()
        throw error
      },
    )
    if (answer.outcome === 'acquired' || answer.outcome === 'taken') {
      taken.push(door)
      if (
        answer.outcome === 'taken' &&
        answer.record !== undefined &&
        (answer.record === 'unreadable' || answer.record.run !== record.run)
      )
        onTaken(door.host, answer.record, answer.age ?? 0)
      continue
    }
    await giveBack()
    throw lockedBy(door, answer)
  }
  return keepAlive({taken, cluster, record, clock, giveBack})
}

type Keeping = Pick<LockRequest, 'cluster' | 'record' | 'clock'> & {
  readonly taken: readonly Door[]
  readonly giveBack: () => Promise<string[]>
}

function keepAlive({taken, cluster, record, clock, giveBack}: Keeping): Lock {
  const lastKept = new Map(taken.map(door => [door.host, clock.now()]))
  let lost: OpsError | undefined
  const beat = async (): Promise<void> => {
    await Promise.all(
      taken.map(async door => {
        const asked = clock.now()
        const answer = await askLock(door, cluster, 'keep', record).catch(() => undefined)
        if (answer?.outcome === 'kept') lastKept.set(door.host, asked)
        if (answer?.outcome === 'lost' || answer?.outcome === 'other') lost ??= lockedBy(door, answer)
      }),
    )
  }
  const timer = setInterval(() => void beat(), lockTiming.heartbeat)
  return {
    guard: () => {
      if (lost) throw lost
      for (const [host, at] of lastKept) {
        if (clock.now() - at > lockTiming.careful)
          throw new OpsError(
            'locked',
            `the lock on ${host} could not be kept for ${formatDuration(clock.now() - at)}, so no further write is sent`,
            {
              hint: 'see whether that host answers; then go on',
            },
          )
      }
    },
    release: () => {
      clearInterval(timer)
      return giveBack()
    },
  }
}

/** `ops on adminhost (process 71, run 20260101-120000-0001): OPS-7` */
export const holderText = ({holder, host, pid, run, reason}: LockRecord): string =>
  `${holder} on ${host} (process ${pid}, run ${run})${reason === '' ? '' : `: ${reason}`}`

function lockedBy(door: Door, {outcome, record, age}: LockAnswer): OpsError {
  if (outcome === 'failed' || outcome === 'busy')
    return new OpsError(
      'locked',
      `${door.host}: the lock cannot be ${outcome === 'failed' ? 'written (is the disk full?)' : 'had: somebody is changing it'}`,
      {
        hint: 'look at it: ringup lock show',
      },
    )
  const since = age === undefined ? '' : `, last heard of ${formatDuration(Math.max(0, age) * 1000)} ago`
  const whose =
    record === undefined || record === 'unreadable'
      ? 'somebody whose record cannot be read'
      : holderText(record)
  return new OpsError('locked', `${door.host} is locked by ${whose}${since}`, {
    hint: `wait for that run, or look: ringup lock show. A holder that is gone loses it ${formatDuration(lockTiming.stale)} after its last sign of life`,
    facts: {host: door.host, lock: record},
  })
}
