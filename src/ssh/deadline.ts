/** The time of one command: it is up when its ms are over, or when whoever asked cancels. */
import {after} from '../timer.ts'
import {type ExecOptions, execDefaults} from './connection.ts'
import {type HostFailure, hostFailure} from './failure.ts'
import type {Target} from './target.ts'

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
  const timer = after(timeout, abort)
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
