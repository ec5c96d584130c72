/** The lock of a run: who asks for it, on which hosts, and when a holder is known to be gone. */

import type {Fleet} from '../fleet/fleet.ts'
import type {Operator} from '../journal/events.ts'
import type {Memory} from '../records/memory.ts'
import type {Door} from '../riak/door.ts'
import {type ProcessId, processHere, thisProcess} from '../state/process-here.ts'
import {allRuns, isOver} from '../state/runs.ts'
import {whoAmI} from '../who-is-here.ts'
import {nodesOf} from './changes-seen.ts'
import {acquireLock, type Lock, type LockRecord} from './lock.ts'
import {doorOf, type RunContext} from './run-context.ts'
import type {Step} from './step.ts'

export const operator = (): Operator => ({user: whoAmI(), ...thisProcess()})

/** Each member of the batch, and the claimant. */
export const lockDoors = (context: Pick<RunContext, 'plan' | 'claimant' | 'doors'>): Door[] =>
  [...new Set([...nodesOf(context.plan), context.claimant])].map(node => doorOf(context, node))

export const lockTitle = (doors: readonly Door[]): string =>
  `the lock is ours on ${doors.map(({host}) => host).join(', ')}`

/** The lock, as the first step: on each member of the batch, and on the claimant. */
export function lockStep(
  {fleet, run, reason}: {readonly fleet: Fleet; readonly run: string; readonly reason: string},
  context: RunContext,
  onLock: (lock: Lock) => Promise<void>,
  onBeat: () => void,
): Step {
  const doors = lockDoors(context)
  const hosts = doors.map(({host}) => host)
  return {
    id: 'lock',
    title: lockTitle(doors),
    observe: async () => ({so: false, saw: ''}),
    act: async () => {
      const lock = await acquireLock({
        doors,
        record: lockRecord(fleet, {run, reason}),
        isGone: of => isHolderGone(fleet, of),
        clock: fleet.clock,
        onTaken: (from, {record: of, age = 0}) => {
          const whose =
            of === 'unreadable' ? 'an unreadable record' : `run ${of.run} of ${of.holder} on ${of.host}`
          context.record({type: 'lock-taken', host: from, from: whose, ageSeconds: Math.max(0, age)})
        },
        onBeat,
      })
      await onLock(lock)
      context.record({type: 'lock-acquired', hosts})
    },
    verify: async () => 'held',
  }
}

/**
 * Its process has ended on this machine; or its run has, as two hosts tell: a colleague went on with it and came to its end,
 * and a claim of another login stays where it is until it expires.
 */
export const isHolderGone = async (fleet: Fleet, of: LockRecord): Promise<boolean> =>
  // an end that was told is not asked for again on each host of a batch
  isProcessGone(of) || hasEnded(of.run, fleet.memory) || hasEnded(of.run, await fleet.remember())

const hasEnded = (id: string, memory: Memory): boolean =>
  allRuns(memory).some(({run, isSure, state}) => run === id && isSure && isOver(state))

export const isProcessGone = (of: ProcessId): boolean => processHere(of) === 'gone'

export const lockRecord = (
  {clock, inventory}: Fleet,
  {run, reason}: {readonly run: string; readonly reason: string},
): LockRecord => {
  const {user: holder, ...process} = operator()
  return {run, holder, ...process, reason, startedAt: clock.now(), cluster: inventory.cluster}
}
