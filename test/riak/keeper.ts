/**
 * The harness's end of `keeper.sh`, the process that holds a cluster and takes it down when this process is gone.
 * Whatever ends this process closes the pipe to the keeper, so that even kill -9 needs nothing more; the handlers
 * here only wait for the end, so that it is done when the program returns.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {eventually} from './command.ts'

export type Keeper = {
  readonly pid: number
  /** Starts a host out of a folder below the cluster's; returns its first process. */
  readonly start: (name: string) => Promise<number>
  /** Takes everything down; it is gone when this is done. */
  readonly end: () => Promise<void>
}

/** Starts a keeper. @param folder of the cluster: it is made here and removed by the keeper */
export function startKeeper(folder: string, release: string): Keeper {
  mkdirSync(folder, {recursive: true})
  const log = openSync(join(folder, 'keeper.log'), 'w')
  const script = join(import.meta.dirname, 'keeper.sh')
  // a session of its own: Ctrl-C reaches the harness alone, which then ends the keeper
  const child = spawn('unshare', ['--net', 'sh', script, folder, release], {
    detached: true,
    stdio: ['pipe', log, log],
  })
  closeSync(log)
  if (child.pid === undefined) throw new Error('unshare cannot be started')
  writeFileSync(join(folder, 'keeper.pid'), `${child.pid}`)
  child.stdin!.on('error', () => {})
  child.unref()
  ;(child.stdin as unknown as {unref: () => void}).unref()
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const forget = endWithThisProcess(child, folder)
  return {
    pid: child.pid,
    start: name => {
      child.stdin!.write(`${name}\n`)
      return firstProcess(folder, name)
    },
    end: async () => {
      child.ref()
      child.stdin!.end()
      await ended
      forget()
    },
  }
}

/** A host is ready when it has written what this machine calls its first process. */
const firstProcess = (folder: string, name: string): Promise<number> =>
  eventually(
    `host ${name}: ${readOrNothing(join(folder, `${name}.log`))}`,
    {timeout: 20_000, interval: 20},
    () => {
      const pid = readOrNothing(join(folder, name, 'ready')).trim()
      return pid === '' ? undefined : Number(pid)
    },
  )

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Ends the keeper with this process, and waits for it; returns what takes the handlers off again. */
function endWithThisProcess(child: ChildProcess, folder: string): () => void {
  const takeDown = (): void => {
    // closes the pipe at once
    child.stdin!.destroy()
    const end = Date.now() + 20_000
    while ((existsSync(folder) || isKeeper(child.pid!, folder)) && Date.now() < end)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    takeDown()
    forget()
    // nobody else wants to hear of it: end as the signal would have it
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  // a vitest worker whose main process was killed would run on; it does not let `process.exit` through
  const onDisconnect = (): void => void process.kill(process.pid, 'SIGTERM')
  const forget = (): void => {
    process.off('exit', takeDown)
    process.off('disconnect', onDisconnect)
    for (const signal of signals) process.off(signal, onSignal)
  }
  process.on('exit', takeDown)
  process.on('disconnect', onDisconnect)
  for (const signal of signals) process.on(signal, onSignal)
  return forget
}

/** Removes folders whose keeper was killed: the hosts died with it, the folder stayed. */
export function sweep(parent: string): void {
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    const folder = join(parent, name)
    const pid = readOrNothing(join(folder, 'keeper.pid'))
    // one that has no keeper yet is a moment old
    const alive = pid === '' ? Date.now() - statSync(folder).mtimeMs < 10_000 : isKeeper(pid, folder)
    if (!alive) rmSync(folder, {recursive: true, force: true})
  }
}

/** Whether a process is, still, the keeper of a folder. */
const isKeeper = (pid: number | string, folder: string): boolean =>
  readOrNothing(`/proc/${pid}/cmdline`).includes(folder)

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
