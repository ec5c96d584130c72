/** One question to many hosts: answers as they come, or in the order of the hosts. */
import type {ExecResult} from './connection.ts'
import {type HostFailure, isHostFailure} from './failure.ts'

export type HostOutcome<H> =
  | {readonly host: H; readonly result: ExecResult; readonly failure?: undefined}
  | {readonly host: H; readonly failure: HostFailure; readonly result?: undefined}

/**
 * Asks at most `most` hosts at once and yields each answer when it is there. A host that fails is an answer; any
 * other error ends it.
 */
export async function* fanOut<H>(
  hosts: readonly H[],
  most: number,
  ask: (host: H) => Promise<ExecResult>,
): AsyncGenerator<HostOutcome<H>> {
  const going = new Map<number, Promise<readonly [number, HostOutcome<H>]>>()
  let next = 0
  const begin = (): void => {
    const at = next++
    const host = hosts[at]!
    going.set(
      at,
      ask(host).then(
        result => [at, {host, result}] as const,
        error => {
          if (isHostFailure(error)) return [at, {host, failure: error}] as const
          throw error
        },
      ),
    )
  }
  while (next < hosts.length && going.size < most) begin()
  const ready = settledFirst(going)
  while (going.size > 0) {
    const [at, outcome] = await ready()
    going.delete(at)
    if (next < hosts.length) begin()
    yield outcome
  }
}

/** The next that settles, without a race over all of them each time. */
function settledFirst<T>(going: Map<number, Promise<T>>): () => Promise<T> {
  const seen = new Set<Promise<T>>()
  const done: Promise<T>[] = []
  let wake = (): void => {}
  return async () => {
    for (const promise of going.values()) {
      if (seen.has(promise)) continue
      seen.add(promise)
      const settled = (): void => {
        done.push(promise)
        wake()
      }
      promise.then(settled, settled)
    }
    if (done.length === 0)
      await new Promise<void>(resolve => {
        wake = resolve
      })
    return done.shift()!
  }
}
