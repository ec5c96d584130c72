/** Reads the cluster again and again, politely: one member answers for all, and a slow answer is asked for less often. */

import type {Door} from '../riak/door.ts'
import {askCluster, type Clock} from '../riak/ring/ask-cluster.ts'
import type {Snapshot} from '../ring/snapshot.ts'

export type Sample =
  | {readonly at: number; readonly snapshot: Snapshot; readonly error?: undefined}
  /** nobody answered; what was known before is older now, not wrong */
  | {readonly at: number; readonly snapshot?: undefined; readonly error: Error}

export type Sampling = {
  readonly doors: readonly Door[]
  readonly clock: Clock
  /** ms between the end of one reading and the start of the next */
  readonly interval: number
  readonly signal?: AbortSignal
}

/** Riak's own advice: back off when a call takes longer than this, ms. */
const slow = 2000

/** Endless; ends when the signal is given. The member that answered is asked first the next time. */
export async function* samples({doors, clock, interval, signal}: Sampling): AsyncGenerator<Sample> {
  let order = [...doors]
  while (!signal?.aborted) {
    const started = clock.now()
    let sample: Sample
    try {
      const {door, snapshot} = await askCluster(order, clock, signal)
      order = [door, ...order.filter(other => other !== door)]
      sample = {at: snapshot.takenAt, snapshot}
    } catch (error) {
      if (signal?.aborted) return
      sample = {at: clock.now(), error: error as Error}
    }
    const took = clock.now() - started
    yield sample
    if (signal?.aborted) return
    await clock.sleep(took > slow ? Math.max(interval, 2 * took) : interval, signal)
  }
}
