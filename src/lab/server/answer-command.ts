/**
 * One command from its arrival at a host to its last byte: it takes as long as on a real host, in the cluster's
 * time, it hangs while the host is frozen, and a fault may cut the connection after it took effect.
 */
import type {World} from '../model/world.ts'
import {argvOf, runLine} from '../shell/run-line.ts'
import type {FaultyHost} from './apply-fault.ts'
import type {LabClock} from './clock.ts'
import {commandTime} from './command-time.ts'
import type {IncomingCommand} from './ssh-host.ts'

export type Surroundings = {
  readonly world: World
  readonly clock: LabClock
  /** ms of real time that every command takes */
  readonly delay: number
}

export type Hooks = {
  /** aborted when nobody waits for the answer any more */
  readonly signal: AbortSignal
  /** called once it took effect, before the answer is sent; no exit: the answer will be lost */
  readonly carriedOut: (exit: number | undefined, said: string) => void
}

export async function answerCommand(
  {world, clock, delay}: Surroundings,
  host: FaultyHost,
  command: IncomingCommand,
  {signal, carriedOut}: Hooks,
): Promise<void> {
  const {before, after} = commandTime(argvOf(command.line) ?? [])
  if (!(await pause(delay + host.delay, signal))) return
  if (!(await clock.sleep(before, signal))) return
  const speaking = isSpokenTo(host, command.line)
  const exit =
    speaking?.act === false
      ? {status: speaking.exit, held: []}
      : await runOn(world, clock, host, command, signal)
  if (exit === undefined) return
  if (isLost(host, command.line)) {
    carriedOut(undefined, firstLine(exit.held))
    command.cut()
    return
  }
  carriedOut(exit.status, firstLine(exit.held))
  if (!(await clock.sleep(after, signal))) return
  send(command, speaking ? inOtherWords(exit.held, speaking.words) : exit.held)
  command.exit(exit.status)
}

function isSpokenTo(host: FaultyHost, line: string): FaultyHost['speaking'] {
  const {speaking} = host
  if (!speaking || speaking.times < 1 || !line.includes(speaking.match)) return undefined
  speaking.times -= 1
  return speaking
}

/** The words given, or the same without the return term in the end. */
const inOtherWords = (held: Held, words: string | undefined): Held =>
  words === undefined
    ? held.map(([kind, text]) => [kind, text.replace(/(?:ok|error|\{error,1\})\n$/, '')] as const)
    : [['out', words]]

const firstLine = (held: Held): string =>
  /^.{0,80}/.exec(held.find(([kind]) => kind === 'out')?.[1] ?? '')![0]

type Held = readonly (readonly ['out' | 'err', string])[]

/**
 * Runs a command in the cluster's time. Its output is held back until it ends, so that an answer can be lost after
 * the command took effect; what a long-running command has printed is sent whenever it waits.
 */
async function runOn(
  world: World,
  clock: LabClock,
  {name, node, ssh, folder, uidOf}: FaultyHost,
  command: IncomingCommand,
  signal: AbortSignal,
): Promise<{readonly status: number; readonly held: Held} | undefined> {
  clock.sync()
  const run = runLine(
    {world, node, hostname: name, user: command.user, uid: uidOf(command.user), folder: folder()},
    command.line,
  )
  let held: Held[number][] = []
  for (;;) {
    while (ssh.isFrozen()) if (!(await pause(20, signal))) return undefined
    if (signal.aborted) {
      run.return(0)
      return undefined
    }
    const step = run.next()
    if (step.done) return {status: step.value, held}
    if ('out' in step.value) held.push(['out', step.value.out])
    else if ('err' in step.value) held.push(['err', step.value.err])
    else if ('meanwhile' in step.value) {
      // what this machine does for it is done, whether or not somebody waits
      await step.value.meanwhile
      clock.sync()
    } else {
      send(command, held)
      held = []
      if (!(await clock.sleep(step.value.wait, signal))) {
        run.return(0)
        return undefined
      }
      clock.sync()
    }
  }
}

function send(command: IncomingCommand, held: Held): void {
  for (const [kind, text] of held) (kind === 'out' ? command.write : command.writeError)(text)
}

function isLost(host: FaultyHost, line: string): boolean {
  const {losing} = host
  if (!losing || losing.times < 1 || !line.includes(losing.match)) return false
  losing.times -= 1
  return true
}

/** false: cut short */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise(resolve => {
    const finish = (isOver: boolean): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      resolve(isOver)
    }
    const abort = (): void => finish(false)
    const timer = setTimeout(() => finish(true), ms)
    signal.addEventListener('abort', abort, {once: true})
  })
}
