/** Ctrl-C and its kin: the first asks to stop at the next safe point, the second ends at once. */
import {setMaxListeners} from 'node:events'
import {exitCodes, OpsError} from '../errors.ts'

export type Interrupt = {
  readonly signal: AbortSignal
  /** as Ctrl-C does, for screens that read keys themselves */
  readonly ask: () => void
  /** what ended it, if anything did */
  readonly failure: () => OpsError | undefined
  readonly release: () => void
}

/** @param say what goes on without us, and how to come back */
export function onInterrupt(say: () => void): Interrupt {
  const controller = new AbortController()
  // every question to every host listens to it
  setMaxListeners(0, controller.signal)
  let cause: NodeJS.Signals | undefined
  const handle = (signal: NodeJS.Signals): void => {
    // a terminal that closes may say so more than once, and nobody waits for this to end
    if (cause !== undefined && signal === 'SIGHUP') return
    if (cause !== undefined) process.exit(signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated)
    cause = signal
    controller.abort()
    say()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, handle)
  return {
    signal: controller.signal,
    ask: () => handle('SIGINT'),
    failure: () =>
      cause === undefined
        ? undefined
        : new OpsError(
            cause === 'SIGINT' ? 'interrupted' : 'terminated',
            cause === 'SIGINT' ? 'interrupted' : `ended by ${cause}`,
          ),
    release: () => {
      for (const signal of signals) process.off(signal, handle)
    },
  }
}
