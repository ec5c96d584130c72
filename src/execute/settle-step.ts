/** Waits until all that was planned has moved and the cluster is at rest: several good readings in a row. */

import {OpsError} from '../errors.ts'
import type {SeenTransfer} from '../journal/events.ts'
import {settleId} from '../journal/step-ids.ts'
import type {Plan} from '../plan/plan.ts'
import type {Door} from '../riak/door.ts'
import {activeTransfers, type Snapshot} from '../ring/snapshot.ts'
import {counted, formatDuration} from '../units.ts'
import {progressOf} from '../watch/progress.ts'
import {samples} from '../watch/sample.ts'
import {unrest} from '../watch/settled.ts'
import {notSettled, recentReadings} from '../watch/stall.ts'
import {overtaken, overtakenError, restsElsewhere} from './overtaken.ts'
import {foreignChanges} from './stale.ts'
import {type Observed, type Step, type StepPorts, stopIfAsked} from './step.ts'

export type SettleOptions = {
  /** ms between readings */
  readonly interval: number
  /** good readings in a row that make it settled */
  readonly readings: number
  /** ms to wait at most; undefined: for ever */
  readonly timeout?: number
  /** for views */
  readonly onSnapshot: (snapshot: Snapshot) => void
}

export function settleStep(
  plan: Plan,
  members: readonly Door[],
  ports: StepPorts,
  options: SettleOptions,
): Step {
  const {interval, readings, timeout, onSnapshot} = options
  const {clock, record, signal} = ports
  return {
    id: settleId,
    title: 'ownership has moved and the cluster is at rest',
    observe: async (): Promise<Observed> => ({so: false, saw: 'watching'}),
    verify: async () => {
      const started = clock.now()
      let good = 0
      let told = ''
      let restingSince: number | undefined
      const rates = seenRates()
      const looks = recentReadings()
      const tellRates = (): void => {
        const transfers = rates.take()
        if (transfers.length > 0) record({type: 'rates', transfers})
      }
      for await (const sample of samples({doors: members, clock, interval, signal})) {
        const {snapshot, at} = sample
        looks.see(sample)
        if (snapshot) {
          onSnapshot(snapshot)
          rates.see(snapshot)
          const since = overtaken(plan, true, snapshot)
          if (since !== undefined) throw overtakenError(since)
          refuseForeign(plan, snapshot)
          const {moved, total, active, bytesPerSecond} = progressOf(plan, snapshot)
          const [waiting] = unrest(snapshot)
          const state = `${moved} ${active} ${waiting}`
          if (state !== told)
            record({
              type: 'progress',
              moved,
              total,
              active,
              bytesPerSecond,
              ...(waiting === undefined ? {} : {waiting}),
            })
          told = state
          const elsewhere = restsElsewhere(plan, snapshot)
          good = waiting === undefined && elsewhere === undefined ? good + 1 : 0
          restingSince = elsewhere === undefined ? undefined : (restingSince ?? at)
          if (elsewhere !== undefined && at - restingSince! > patience) throw overtakenError(elsewhere)
          if (good >= readings) {
            tellRates()
            return `${counted(total, 'partition')} moved in ${formatDuration(at - started)}`
          }
        }
        if (timeout !== undefined && clock.now() - started > timeout) {
          tellRates()
          throw notSettled(looks.all(), timeout)
        }
      }
      tellRates()
      stopIfAsked(signal)
      throw new Error('sampling ended by itself')
    },
  }
}

/** How fast each transfer went when it was last told. */
function seenRates() {
  const seen = new Map<string, SeenTransfer>()
  return {
    see(snapshot: Snapshot): void {
      for (const {partition, from, to, startedAt, stats} of activeTransfers(snapshot))
        if (stats && stats.bytesPerSecond > 0)
          seen.set(`${partition} ${from} ${to} ${startedAt}`, {
            partition,
            from,
            to,
            bytesPerSecond: Math.round(stats.bytesPerSecond),
          })
    },
    take: (): SeenTransfer[] => [...seen.values()],
  }
}

/** ms at rest with other owners, after which nothing is to be expected any more: the claimant looks every ten seconds */
const patience = 45_000

/** Somebody else's change freezes or redirects what moves: going on to wait would be in vain. */
function refuseForeign(plan: Plan, snapshot: Snapshot): void {
  const foreign = foreignChanges(plan, snapshot)
  if (foreign.length > 0)
    throw new OpsError(
      'stale',
      `what was committed is moving, but somebody else changes the cluster: ${foreign.join(', ')}`,
      {
        hint: 'find out whose it is: staged changes freeze what moves. Then go on: ringup runs resume',
      },
    )
}
