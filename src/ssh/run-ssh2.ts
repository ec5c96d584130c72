/** One command on a connection of ssh2: a session is opened when there is a place for it, read to its end, and closed. */
import {setTimeout as delay} from 'node:timers/promises'
import type {ClientChannel, Client as Ssh2Client} from 'ssh2'
import {type Deadline, deadline} from './deadline.ts'
import {type ExecOptions, type ExecResult, execDefaults} from './exec.ts'
import {type HostFailure, hostFailure, isHostFailure} from './failure.ts'
import {outputs} from './output.ts'
import type {channelSlots} from './slots.ts'
import type {Target} from './target.ts'

type Line = {
  readonly target: Target
  readonly client: Ssh2Client
  readonly slots: ReturnType<typeof channelSlots>
  /** says why the connection has ended, where that is known */
  readonly lost: (cause?: unknown) => HostFailure
}

/** Throws a `HostFailure`: the time was up, the connection is lost, or the output is too much. */
export async function runCommand(line: Line, command: string, options: ExecOptions): Promise<ExecResult> {
  const {target, client, slots, lost} = line
  const time = deadline(target, options)
  let refusals = 0
  try {
    for (;;) {
      const slot = await slots.take(time.up)
      if (slot === undefined) throw time.failure()
      try {
        const opening = opened(client, command, channel => {
          channel.once('close', slot.free)
          return outcome(line, channel, options, time)
        })
        // one that is opened or refused after its time is up
        opening.catch(() => time.signal.aborted && slot.free())
        const result = await Promise.race([opening, time.up])
        if (result === undefined) throw time.failure()
        return result
      } catch (error) {
        if (!isOpenFailure(error)) throw isHostFailure(error) ? error : lost(error)
        // more sessions than the server allows: nothing was sent, so wait for one of ours to end
        if (!slot.refused() && !(await another(refusals++, time.signal)))
          throw hostFailure(target, 'protocol', 'the server opens no session (MaxSessions 0?)', error)
      }
    }
  } finally {
    time.clear()
  }
}

/** `use` is called at once: what the command writes may be in the packets that are being read. */
const opened = <T>(
  client: Ssh2Client,
  command: string,
  use: (channel: ClientChannel) => Promise<T>,
): Promise<T> =>
  new Promise((resolve, reject) => {
    // ssh2 throws at once when the connection is gone
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(use(channel))))
  })

/** A session that has just ended may still count on the server. False: it has been waited for long enough. */
async function another(refusals: number, stop: AbortSignal): Promise<boolean> {
  if (refusals === 6) return false
  await delay(20 * 2 ** refusals, undefined, {signal: stop}).catch(() => {})
  return true
}

/** RFC 4254, section 5.1: administratively prohibited, connect failed, resource shortage. */
const isOpenFailure = (error: unknown): error is Error & {reason: number} =>
  error instanceof Error && typeof (error as {reason?: unknown}).reason === 'number'

function outcome(
  {target, lost}: Line,
  channel: ClientChannel,
  {outputLimit = execDefaults.outputLimit, spill, keepInput = false}: ExecOptions,
  time: Deadline,
): Promise<ExecResult> {
  const started = performance.now()
  const output = outputs(target, outputLimit, spill)
  return new Promise<ExecResult>((resolve, reject) => {
    let exit: Pick<ExecResult, 'code' | 'signal'> | undefined
    const give = (up: HostFailure): void => {
      // its end is not waited for: that comes when the remote process ends, which may be never
      channel.close()
      reject(up)
    }
    const cancel = (): void => give(time.failure())
    if (time.signal.aborted) return cancel()
    time.signal.addEventListener('abort', cancel, {once: true})
    // a command that asks for something hears at once that nobody answers
    if (!keepInput) channel.end()
    channel.on('data', output.keep('stdout', give))
    // stderr must be read as well, or the server waits for ever
    channel.stderr.on('data', output.keep('stderr', give))
    channel.on('exit', (code: number | null, name?: string) => {
      exit = {code: code ?? undefined, signal: name?.replace(/^SIG/, '')}
    })
    channel.on('close', () => {
      time.signal.removeEventListener('abort', cancel)
      if (!exit) reject(lost())
      else resolve({...output.kept(), ...exit, ms: Math.round(performance.now() - started)})
    })
  }).finally(output.end)
}
