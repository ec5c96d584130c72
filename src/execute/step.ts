/**
 * The step machine. Each step observes first (is it so already?), acts only when it is not, and verifies by reading
 * the state again: never by an exit code or a line of text. Every command that changes something is in the journal
 * before it is sent and after it was answered.
 */
import {isOpsError, OpsError} from '../errors.ts'
import type {EventBody} from '../journal/events.ts'
import type {Answer} from '../riak/answers/answer.ts'
import type {Door} from '../riak/door.ts'
import type {Clock} from '../riak/ring/ask-cluster.ts'

export type Step = {
  readonly id: string
  /** says the step in a plan of the run: `stage the join of riak@10.0.0.6` */
  readonly title: string
  readonly observe: () => Promise<Observed>
  /** absent: there is nothing to do but to look and to wait */
  readonly act?: (write: Write) => Promise<void>
  /** what was seen; throws when it is not as it should be */
  readonly verify: () => Promise<string>
}

export type Observed = {readonly so: boolean; readonly saw: string}

/**
 * Sends a command that changes something, with the journal before and after it. Undefined: it was sent and no answer
 * came, so only reading the state again can tell whether it took effect. Throws when it was not sent at all.
 */
export type Write = (
  door: Door,
  argv: readonly string[],
  options?: {readonly timeout?: number},
) => Promise<Answer | undefined>

export type StepPorts = {
  readonly clock: Clock
  /** on disk when it returns */
  readonly record: (body: EventBody) => void
  /** given when the run is to stop as soon as it may */
  readonly signal: AbortSignal
  /** rejects when no write may be sent any more, as when the lock is lost */
  readonly guard: () => Promise<void>
}

/** Runs steps in order. Throws what the first failing step throws, after the journal has it. */
export async function runSteps(steps: readonly Step[], ports: StepPorts): Promise<void> {
  for (const step of steps) {
    stopIfAsked(ports.signal)
    await runStep(step, ports)
  }
}

async function runStep(step: Step, ports: StepPorts): Promise<void> {
  const {record, signal} = ports
  record({type: 'step-started', step: step.id})
  try {
    const {so, saw} = await step.observe()
    record({type: 'step-observed', step: step.id, so, saw})
    if (so) {
      record({type: 'step-done', step: step.id, saw})
      return
    }
    if (step.act) {
      stopIfAsked(signal)
      await step.act(journalled(step.id, ports))
    }
    record({type: 'step-done', step: step.id, saw: await step.verify()})
  } catch (error) {
    const known = isOpsError(error) ? error : undefined
    record({
      type: 'step-failed',
      step: step.id,
      kind: known?.kind ?? 'bug',
      message: (error as Error).message,
      ...(known?.hint === undefined ? {} : {hint: known.hint}),
    })
    throw error
  }
}

const journalled =
  (step: string, {clock, record, signal, guard}: StepPorts): Write =>
  async (door, argv, options) => {
    stopIfAsked(signal)
    const started = clock.now()
    record({type: 'write-sent', step, host: door.host, argv})
    try {
      // not before the journal: a disk may take minutes, and the lock be somebody else's by then
      await guard()
      stopIfAsked(signal)
    } catch (error) {
      record({type: 'write-lost', step, host: door.host, sent: false, message: (error as Error).message})
      throw error
    }
    try {
      const answer = await door.ask(argv, options)
      const {code, stdout, stderr} = answer
      record({
        type: 'write-answered',
        step,
        host: door.host,
        ...(code === undefined ? {} : {code}),
        stdout,
        stderr,
        ms: clock.now() - started,
      })
      return answer
    } catch (error) {
      const sent = !isOpsError(error) || afterSending(error)
      record({type: 'write-lost', step, host: door.host, sent, message: (error as Error).message})
      if (sent && isOpsError(error)) return undefined
      throw error
    }
  }

/** It is a failure of a host after which a command may have taken effect. */
export const afterSending = ({facts}: OpsError): boolean =>
  ['lost', 'command-timeout', 'cancelled', 'protocol'].includes(String(facts?.class))

export function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) throw interrupted()
}

const interrupted = (): OpsError =>
  new OpsError('interrupted', 'interrupted', {
    hint: 'the cluster goes on with what was committed: ringup watch',
  })

/**
 * Polls until `look` has something to say; undefined means not yet. Throws an `OpsError` of `kind` after `timeout`
 * ms, and when the run is to stop.
 */
export async function waitFor<T>(
  {clock, signal}: Pick<StepPorts, 'clock' | 'signal'>,
  {
    what,
    timeout,
    interval,
    hint,
  }: {readonly what: string; readonly timeout: number; readonly interval: number; readonly hint: string},
  look: () => Promise<T | undefined>,
): Promise<T> {
  const end = clock.now() + timeout
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    stopIfAsked(signal)
    if (clock.now() >= end)
      throw new OpsError('partlyDone', `waited ${Math.round(timeout / 1000)} s in vain: ${what}`, {hint})
    await clock.sleep(interval, signal)
    stopIfAsked(signal)
  }
}
