/** The locks on the cluster's hosts, seen and taken away. */
import {hostname, userInfo} from 'node:os'
import {askLock, type LockAnswer, type LockRecord, lockTiming} from '../execute/lock.ts'
import type {Session} from './session.ts'

export type HostLock = {readonly host: string; readonly error?: string} & Partial<LockAnswer>

export type LocksReport = {
  readonly schema: 'ringup/locks/1'
  readonly cluster: string
  /** in inventory order */
  readonly locks: readonly HostLock[]
}

export const showLocks = (session: Session): Promise<HostLock[]> => onAll(session, 'show')

/** Who holds the cluster's lock on any host, and is alive as far as can be told; undefined: nobody. */
export async function lockHolder(session: Session): Promise<(HostLock & {record: LockRecord}) | undefined> {
  const locks = await showLocks(session)
  return locks.find(
    (lock): lock is HostLock & {record: LockRecord} =>
      typeof lock.record === 'object' && (lock.age ?? 0) * 1000 < lockTiming.stale,
  )
}

export const releaseLocks = (session: Session): Promise<HostLock[]> => onAll(session, 'release')

const onAll = (
  {doors, inventory: {cluster}, clock}: Session,
  verb: 'show' | 'release',
): Promise<HostLock[]> => {
  const record = {
    run: 'nobody',
    holder: userInfo().username,
    host: hostname(),
    pid: process.pid,
    reason: '',
    startedAt: clock.now(),
  }
  return Promise.all(
    doors.map(async (door): Promise<HostLock> => {
      try {
        return {
          host: door.host,
          ...(await askLock(door, cluster, verb, record, verb === 'release' ? 'force' : '')),
        }
      } catch (error) {
        return {host: door.host, error: (error as Error).message}
      }
    }),
  )
}
