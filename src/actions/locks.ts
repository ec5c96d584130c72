/** The locks on the cluster's hosts, seen and taken away. */

import {askLock, type Claim, type LockAnswer, type LockRecord} from '../execute/lock.ts'
import {askEach} from '../fleet/ask-each.ts'
import type {Fleet} from '../fleet/fleet.ts'
import type {Door} from '../riak/door.ts'
import {slots} from '../ssh/slots.ts'

export type HostLock = {
  readonly host: string
  readonly error?: string
  /** `held`: by a living claim, as far as can be told; `left`: by none, but what expired cannot be taken away; `failed`: a living one cannot */
  readonly outcome?: 'held' | 'none' | 'released' | 'left' | 'failed' | 'unsafe' | 'denied'
  /** seconds since the holder's last heartbeat, by the host's clock */
  readonly age?: number
  readonly record?: LockRecord | 'unreadable'
  /** all that lies where claims do, expired ones and what is none as well */
  readonly claims?: readonly Claim[]
  /** there is more than is listed */
  readonly more?: boolean
}

export type LocksReport = {
  readonly schema: 'ringup/locks/1'
  readonly cluster: string
  /** in inventory order */
  readonly locks: readonly HostLock[]
}

export const showLocks = ({doors}: Pick<Fleet, 'doors'>): Promise<HostLock[]> => onAll(doors, 'show')

export const releaseLocks = ({doors}: Pick<Fleet, 'doors'>): Promise<HostLock[]> => onAll(doors, 'clear')

export type Held = HostLock & {readonly record: LockRecord}

/** Who holds the lock on any of the hosts, and is alive as far as can be told; undefined: nobody, or no host tells. */
export async function lockHolder(fleet: Pick<Fleet, 'doors'>): Promise<Held | undefined> {
  const locks = await showLocks(fleet)
  return locks.find((lock): lock is Held => lock.outcome === 'held' && typeof lock.record === 'object')
}

const onAll = (doors: readonly Door[], verb: 'show' | 'clear'): Promise<HostLock[]> =>
  askEach(doors, async (door): Promise<HostLock> => hostLock(door.host, await askLock(door, verb)), {
    places: slots(Number.POSITIVE_INFINITY),
    failed: ({host}, {message}) => ({host, error: message}),
  })

function hostLock(host: string, {outcome: said, claims, more}: LockAnswer): HostLock {
  const claim = claims.find(({state}) => state === 'fresh')
  const outcome = said === 'shown' ? (claim ? 'held' : 'none') : (said as NonNullable<HostLock['outcome']>)
  return {
    host,
    outcome,
    ...(claim?.age === undefined ? {} : {age: claim.age}),
    ...(claim ? {record: claim.record} : {}),
    ...(claims.length > 0 ? {claims} : {}),
    ...(more ? {more} : {}),
  }
}
