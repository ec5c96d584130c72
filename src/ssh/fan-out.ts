/** One question to many hosts: answers as they come. */
import type {ExecResult} from './exec.ts'
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
  const ready: Promise<HostOutcome<H>>[] = []
  let [next, going] = [0, 0]
  let wake = (): void => {}
  const begin = (): void => {
    const host = hosts[next++]!
    going += 1
    const answer = ask(host).then(
      result => ({host, result}),
      error => {
        if (isHostFailure(error)) return {host, failure: error}
        throw error
      },
    )
    const settled = (): void => {
      ready.push(answer)
      wake()
    }
    answer.then(settled, settled)
  }
  while (next < hosts.length && going < most) begin()
  while (going > 0) {
    if (ready.length === 0)
      await new Promise<void>(resolve => {
        wake = resolve
      })
    const outcome = await ready.shift()!
    going -= 1
    if (next < hosts.length) begin()
    yield outcome
  }
}
