/** Timers of any length: Node's own end after a millisecond when they are asked for more than 24.8 days. */

/** ms; the longest that Node's timers know */
export const longestTimer = 2 ** 31 - 1

export type Timer = {readonly clear: () => void}

export function later(ms: number, act: () => void): Timer {
  const end = performance.now() + ms
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const left = end - performance.now()
    timer = left > longestTimer ? setTimeout(wait, longestTimer) : setTimeout(act, Math.max(0, left))
  }
  wait()
  return {clear: () => clearTimeout(timer)}
}

/** Never throws: an abort ends it early. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const done = (): void => {
      timer.clear()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = later(signal?.aborted ? 0 : ms, done)
    signal?.addEventListener('abort', done, {once: true})
  })

/** Waits for work that goes on by itself, for so many ms at the most; no timer is left behind. */
export async function atMost(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  const done = new AbortController()
  try {
    await Promise.race([work, pause(ms, done.signal)])
  } finally {
    done.abort()
  }
}
