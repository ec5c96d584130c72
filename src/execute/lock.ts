/**
 * The lock on the cluster: a claim on each host of a batch and on the claimant's, taken in one order, all or none.
 * It is advisory to people who type `riak admin`; against two ringups it is not: a run whose heartbeat is lost sends
 * no further write. It can never keep anybody from reading.
 */
import {randomBytes} from 'node:crypto'
import {performance} from 'node:perf_hooks'
import {OpsError} from '../errors.ts'
import type {Door} from '../riak/door.ts'
import type {Clock} from '../riak/ring/ask-cluster.ts'
import {formatDuration} from '../units.ts'
import {type Claim, type LockAnswer, type LockRecord, readLockAnswer, recordText} from './lock-answer.ts'
import {type LockVerb, lockArgv} from './lock-script.ts'

export type {Claim, LockAnswer, LockRecord} from './lock-answer.ts'

export const lockTiming = {
  /** ms between heartbeats */
  heartbeat: 15_000,
  /** ms without a heartbeat after which no write is sent any more: well before anybody may take the lock over */
  careful: 60_000,
  /** ms without a heartbeat after which a claim has expired */
  stale: 120_000,
}

type Asking = {
  readonly token?: string
  readonly record?: LockRecord
  readonly gone?: readonly string[]
}

/** Throws an `OpsError` when the host cannot be reached, or its answer is not understood (exit 10). */
export async function askLock(
  door: Door,
  verb: LockVerb,
  {token = 'nobody', record, gone = []}: Asking = {},
): Promise<LockAnswer> {
  const argv = lockArgv(verb, {
    node: door.node,
    token,
    record: record ? recordText(record) : '',
    expiry: lockTiming.stale / 60_000,
    gone,
    prefix: door.riak.slice(0, -1),
  })
  for (let tries = 0; ; tries += 1) {
    const answer = readLockAnswer(await door.ask(argv, {timeout: 20_000}), door.host)
    // somebody else asks for it at this very moment: both have stepped back
    if (answer.outcome !== 'busy' || tries >= 20) return answer
    await new Promise(resolve => setTimeout(resolve, 50 + Math.random() * 100 * (tries + 1)))
  }
}

export type Lock = {
  /** Asks the hosts: it may have been taken away since the last heartbeat. Throws an `OpsError` when it may be somebody else's by now. */
  readonly guard: () => Promise<void>
  /**
   * Gives it back everywhere. Before it does so on the last host, which all who want it need, `beforeLast` may still
   * write down what only a holder may; it is given the hosts that could not be reached so far.
   */
  readonly release: (
    beforeLast?: (left: readonly string[]) => void | Promise<void>,
  ) => Promise<readonly string[]>
}

export type LockRequest = {
  /** the last one is the claimant's */
  readonly doors: readonly Door[]
  readonly record: LockRecord
  /** whether the process that made a claim, or its run, is known to have ended: its claim is nobody's any more */
  readonly isGone: (of: LockRecord) => boolean | Promise<boolean>
  readonly clock: Clock
  /** told of each claim that was there and had no living holder */
  readonly onTaken: (host: string, claim: Claim) => void
  /** told after each heartbeat with which it was kept everywhere */
  readonly onBeat?: () => void
}

type Holding = {readonly door: Door; readonly gone: readonly string[]}

/** Takes the lock on all hosts, or on none. Throws an `OpsError`: `locked` (exit 5) with who holds it. */
export async function acquireLock({
  doors,
  record,
  isGone,
  clock,
  onTaken,
  onBeat = () => {},
}: LockRequest): Promise<Lock> {
  // another process of the same run is another holder
  const token = `${record.run}-${randomBytes(8).toString('hex')}`
  const held: Holding[] = []
  const giveBack = async (door: Door): Promise<string[]> => {
    // a connection that was cut is opened again, and giving back twice does no harm
    const release = () => askLock(door, 'release', {token}).catch(() => undefined)
    // not at once: that it was cut may not have been told yet, and the same one would be taken
    const answer = (await release()) ?? (await clock.sleep(500).then(release))
    return answer?.outcome === 'released' || answer?.outcome === 'none' ? [] : [door.host]
  }
  const giveAllBack: Lock['release'] = async beforeLast => {
    const last = held.find(({door}) => door === doors.at(-1))
    const others = held.filter(holding => holding !== last)
    const left = (await Promise.all(others.map(({door}) => giveBack(door)))).flat()
    try {
      await beforeLast?.(left)
    } finally {
      if (last) left.push(...(await giveBack(last.door)))
    }
    return left
  }
  try {
    for (const door of [...doors].sort((a, b) => (a.node < b.node ? -1 : 1))) {
      // an answer that is lost may have been a claim that was made
      held.push({door, gone: []})
      const {answer, gone} = await acquireOn(door, {token, record, isGone})
      held.splice(-1, 1, {door, gone})
      for (const claim of answer.claims)
        if (claim.state === 'expired' && wasAlive(claim)) onTaken(door.host, claim)
    }
  } catch (error) {
    await giveAllBack()
    throw error
  }
  return keepAlive({held, token, record, clock, onBeat, giveAllBack})
}

/** Throws an `OpsError` where the lock is somebody's, or cannot be had. */
async function acquireOn(
  door: Door,
  {token, record, isGone}: {token: string} & Pick<LockRequest, 'record' | 'isGone'>,
): Promise<{answer: LockAnswer; gone: string[]}> {
  let gone: string[] = []
  for (;;) {
    const answer = await askLock(door, 'acquire', {token, record, gone})
    if (answer.outcome === 'acquired') return {answer, gone}
    const fresh = answer.claims.filter(({state}) => state === 'fresh')
    const dead: Claim[] = []
    for (const claim of fresh)
      if (claim.record !== 'unreadable' && (await isGone(claim.record))) dead.push(claim)
    if (answer.outcome !== 'held' || fresh.length === 0 || dead.length < fresh.length || gone.length > 0)
      throw lockedBy(door, answer)
    gone = dead.map(claim => claim.token)
  }
}

/** seconds: what is older is litter that a login could not take away from another's */
const recent = 86_400

const wasAlive = ({age = 0}: Claim): boolean => age < recent

type Keeping = Pick<LockRequest, 'record' | 'clock'> & {
  readonly onBeat: () => void
  readonly token: string
  readonly held: readonly Holding[]
  readonly giveAllBack: Lock['release']
}

function keepAlive({held, token, record, clock, onBeat, giveAllBack}: Keeping): Lock {
  const lastKept = new Map(held.map(({door}) => [door.host, stopwatch(clock)]))
  let lost: OpsError | undefined
  const beat = async (): Promise<void> => {
    await Promise.all(
      held.map(async ({door, gone}) => {
        const asked = stopwatch(clock)
        const answer = await askLock(door, 'keep', {token, record, gone}).catch(() => undefined)
        // after a longer gap somebody may have come and gone, and what was read before it is of no use
        const inTime = lastKept.get(door.host)!() < lockTiming.stale
        if (answer?.outcome === 'kept' && inTime) lastKept.set(door.host, asked)
        if (answer?.outcome === 'lost') lost ??= lockedBy(door, answer)
      }),
    )
  }
  /** a host on which it was not kept for longer than writes may be sent */
  const tooLong = () => [...lastKept].find(([, since]) => since() > lockTiming.careful)
  const refuseStale = (): void => {
    if (lost) throw lost
    const [host, since] = tooLong() ?? []
    if (host !== undefined && since)
      throw new OpsError(
        'locked',
        `the lock on ${host} could not be kept for ${formatDuration(since())}, so no further write is sent`,
        {hint: 'see whether that host answers; then go on'},
      )
  }
  const timer = setInterval(
    () =>
      void beat().then(() => {
        if (!lost && !tooLong()) onBeat()
      }),
    lockTiming.heartbeat,
  )
  return {
    guard: async () => {
      refuseStale()
      await beat()
      refuseStale()
    },
    release: beforeLast => {
      clearInterval(timer)
      return giveAllBack(beforeLast)
    },
  }
}

/** ms since now: by the clock that stands still while this machine sleeps, and by the one that can be set back; the longer counts. */
function stopwatch({now}: Clock): () => number {
  const [wall, steady] = [now(), performance.now()]
  return () => Math.max(now() - wall, performance.now() - steady)
}

/** `ops on adminhost (process 71, run 20260101-120000-0001): OPS-7` */
export const holderText = ({holder, host, pid, run, reason}: LockRecord): string =>
  `${holder} on ${host} (process ${pid}, run ${run})${reason === '' ? '' : `: ${reason}`}`

function lockedBy(door: Door, {outcome, claims, where}: LockAnswer): OpsError {
  const folder = where.slice(0, where.lastIndexOf('/'))
  if (outcome === 'unsafe')
    return new OpsError('refused', `${door.host}: ${folder} is no folder that the team alone can write to`, {
      hint: `look at it: ringup exec ${door.host} -- ls -ld ${folder}`,
    })
  if (outcome === 'denied')
    return new OpsError(
      'refused',
      `${door.host}: your login may not write to ${folder}, where the lock lies`,
      {
        hint: `look at it: ringup exec ${door.host} -- ls -ld ${folder}`,
      },
    )
  if (outcome === 'failed' || outcome === 'busy')
    return new OpsError(
      'locked',
      `${door.host}: the lock cannot be ${outcome === 'failed' ? `written to ${folder} (is the disk full?)` : 'had: somebody else asks for it'}`,
      {hint: 'look at it: ringup lock show'},
    )
  const claim = claims.find(({state}) => state === 'fresh')
  if (claim === undefined)
    return new OpsError('locked', `${door.host}: the lock was taken away`, {
      hint: 'look at it: ringup lock show',
    })
  const since =
    claim.age === undefined ? '' : `, last heard of ${formatDuration(Math.max(0, claim.age) * 1000)} ago`
  const whose =
    claim.record === 'unreadable'
      ? `somebody whose record cannot be read (uid ${claim.uid}, ${claim.file})`
      : holderText(claim.record)
  return new OpsError('locked', `${door.host} is locked by ${whose}${since}`, {
    hint: `wait for that run, or look: ringup lock show. A holder that is gone loses it ${formatDuration(lockTiming.stale)} after its last sign of life`,
    facts: {host: door.host, lock: claim.record},
  })
}
