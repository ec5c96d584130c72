/**
 * One run of the built program in this process: a stdout, stderr, stdin, environment, exit status and signals of its
 * own, so that several may go at once. What belongs to a process and to nothing less needs one: locks that are told by
 * process ids, terminals, lost output, umask.
 */
import {AsyncLocalStorage} from 'node:async_hooks'
import {EventEmitter} from 'node:events'
import {syncBuiltinESMExports} from 'node:module'
import os from 'node:os'
import {PassThrough, Readable, Writable} from 'node:stream'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))
const built = new URL('../../dist/src/start/answer.js', import.meta.url).href

export type InProcess = {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly input: string
  readonly cwd: string
  /** ms until it is told SIGTERM */
  readonly timeout: number
  /** aborted, it is told SIGINT */
  readonly signal: AbortSignal | undefined
  /** as far as it can tell, on a terminal where nobody types */
  readonly terminal: boolean
}

/** `code` null: a signal has ended it that it did not listen to */
export type Ended = {readonly code: number | null; readonly stdout: string; readonly stderr: string}

/** What it sees of `process`; the rest is this process's. */
type Seen = Record<PropertyKey, unknown> & {
  readonly env: NodeJS.ProcessEnv
  exitCode: number | undefined
}

/** One for a process: a worker evaluates this module anew for each file. */
const key = Symbol.for('ringup: runs in this process')
const known: AsyncLocalStorage<Seen> | undefined = Reflect.get(globalThis, key)
const runs = known ?? new AsyncLocalStorage<Seen>()
const listening = [
  'on',
  'once',
  'off',
  'addListener',
  'removeListener',
  'prependListener',
  'removeAllListeners',
  'emit',
  'listeners',
  'listenerCount',
] as const

/** Lets whoever asks for `process`, its environment or the home folder from within a run see the run's. Once. */
const standIn = (): void => {
  const real = process
  const seen = (key: PropertyKey): Seen | undefined => {
    const run = runs.getStore()
    return run && Object.hasOwn(run, key) ? run : undefined
  }
  const environment = real.env
  const current = (): NodeJS.ProcessEnv => runs.getStore()?.env ?? environment
  // Node itself looks there, for what children inherit and for TMPDIR
  real.env = new Proxy<NodeJS.ProcessEnv>(
    {},
    {
      get: (_, key) => Reflect.get(current(), key),
      set: (_, key, value) => Reflect.set(current(), key, value),
      has: (_, key) => Reflect.has(current(), key),
      deleteProperty: (_, key) => Reflect.deleteProperty(current(), key),
      ownKeys: () => Reflect.ownKeys(current()),
      getOwnPropertyDescriptor: (_, key) => {
        const found = Reflect.getOwnPropertyDescriptor(current(), key)
        return found && {...found, configurable: true}
      },
      defineProperty: (_, key, described) => Reflect.defineProperty(current(), key, described),
    },
  )
  globalThis.process = new Proxy(real, {
    get: (_, key) => Reflect.get(seen(key) ?? real, key),
    set: (_, key, value) => Reflect.set(seen(key) ?? real, key, value),
  })
  const {homedir} = os
  os.homedir = () => runs.getStore()?.env.HOME ?? homedir()
  syncBuiltinESMExports()
}
if (!known) {
  Reflect.set(globalThis, key, runs)
  standIn()
}

class Exited extends Error {}

const collector = (): {readonly stream: Writable; readonly text: () => string} => {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk)
      done()
    },
  })
  return {stream, text: () => Buffer.concat(chunks).toString('utf8')}
}

const tty = {isTTY: true, columns: 120, rows: 40, getWindowSize: () => [120, 40]} as const

export function runInProcess({argv, env, input, cwd, timeout, signal, terminal}: InProcess): Promise<Ended> {
  return inFolder(cwd, async () => {
    const {answer}: typeof import('../../src/start/answer.ts') = await import(built)
    const [stdout, stderr] = [collector(), collector()]
    const events = new EventEmitter()
    return await new Promise<Ended>((resolve, reject) => {
      const end = (code: number | null): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', interrupt)
        resolve({code, stdout: stdout.text(), stderr: stderr.text()})
      }
      const exit = (code?: number): void => {
        if (code !== undefined) seen.exitCode = code
        const status = seen.exitCode ?? 0
        events.emit('exit', status)
        end(seen.exitCode ?? 0)
      }
      const seen: Seen = {
        argv: [process.execPath, program, ...argv],
        env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
        stdin: terminal ? Object.assign(new PassThrough(), tty) : Readable.from(input === '' ? [] : [input]),
        stdout: terminal ? Object.assign(stdout.stream, tty) : stdout.stream,
        stderr: terminal ? Object.assign(stderr.stream, tty) : stderr.stream,
        exitCode: undefined,
        exit: (code?: number) => {
          exit(code)
          throw new Exited()
        },
        ...Object.fromEntries(listening.map(name => [name, events[name].bind(events)])),
      }
      const tell = (name: NodeJS.Signals): void => {
        try {
          if (!events.emit(name, name)) end(null)
        } catch (error) {
          if (!(error instanceof Exited)) reject(error)
        }
      }
      const interrupt = (): void => runs.run(seen, tell, 'SIGINT')
      const timer = setTimeout(() => runs.run(seen, tell, 'SIGTERM'), timeout)
      signal?.addEventListener('abort', interrupt)
      runs
        .run(seen, () => answer(argv, root))
        .then(exit, error => {
          clearTimeout(timer)
          if (!(error instanceof Exited)) reject(error)
        })
    })
  })
}

const home = process.cwd()
let inside = {folder: home, runs: 0}
const waiting: (() => void)[] = []

/** A process has one working directory: runs in the same one may go at once, others wait. */
async function inFolder<T>(folder: string, task: () => Promise<T>): Promise<T> {
  while (inside.runs > 0 && inside.folder !== folder)
    await new Promise<void>(resolve => {
      waiting.push(resolve)
    })
  if (inside.runs === 0) process.chdir(folder)
  inside = {folder, runs: inside.runs + 1}
  try {
    return await task()
  } finally {
    inside = {...inside, runs: inside.runs - 1}
    if (inside.runs === 0) {
      process.chdir(home)
      for (const resume of waiting.splice(0)) resume()
    }
  }
}
