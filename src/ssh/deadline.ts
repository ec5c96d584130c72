/** The time of one command, and the time to get to one host. */
import {later} from '../timer.ts'
import {type ExecOptions, execDefaults} from './exec.ts'
import {type HostFailure, hostFailure} from './failure.ts'
import type {Target} from './target.ts'

/** It is up when its ms are over, or when whoever asked cancels. */
export type Deadline = {
  readonly signal: AbortSignal
  /** settles when the time is up, and never else */
  readonly up: Promise<undefined>
  readonly failure: () => HostFailure
  readonly clear: () => void
}

export function deadline(target: Target, {timeout = execDefaults.timeout, signal}: ExecOptions): Deadline {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  const timer = later(timeout, abort)
  const up = new Promise<undefined>(resolve => {
    controller.signal.addEventListener('abort', () => resolve(undefined), {once: true})
  })
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, {once: true})
  return {
    signal: controller.signal,
    up,
    failure: () =>
      signal?.aborted
        ? hostFailure(target, 'cancelled', 'cancelled')
        : hostFailure(target, 'command-timeout', `no end of the command within ${timeout} ms`),
    clear: () => {
      timer.clear()
      signal?.removeEventListener('abort', abort)
    },
  }
}

/**
 * One for all that is waited for on the way to a host, from the channel of its jump host and the agent to the login. A
 * person who is asked, and a queue that is ours, take none of it.
 */
export type Patience = {
  /** ms, above 0 */
  readonly left: () => number
  /** What it takes does not count. */
  readonly outside: <T>(act: () => Promise<T>) => Promise<T>
}

export function patience(ms: number): Patience {
  let end = performance.now() + ms
  return {
    left: () => Math.max(1, end - performance.now()),
    outside: async act => {
      const begun = performance.now()
      try {
        return await act()
      } finally {
        end += performance.now() - begun
      }
    },
  }
}
