/**
 * `lab up`, `lab status` and `lab down`: a practice ring in a process of its own, which outlives the command that
 * started it and is known by the socket in its folder.
 */
import {spawn} from 'node:child_process'
import {closeSync, mkdirSync, openSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {OpsError} from '../../errors.ts'
import {askControl, type LabStatus, socketPath} from './control.ts'
import {refuseForeignFolder} from './lab-folder.ts'
import {refuseSecond} from './serve-lab.ts'

/** ms until a new practice ring must answer */
const patience = 20_000

/** @param argv program and arguments that serve the practice ring in the foreground */
export async function startInBackground(dir: string, argv: readonly string[]): Promise<LabStatus> {
  await refuseSecond(dir)
  refuseForeignFolder(dir)
  mkdirSync(dir, {recursive: true, mode: 0o700})
  const logFile = join(dir, 'lab.log')
  const log = openSync(logFile, 'w', 0o600)
  const [program, ...args] = argv as [string, ...string[]]
  const child = spawn(program, args, {detached: true, stdio: ['ignore', log, log]})
  closeSync(log)
  child.unref()
  let exit: string | undefined
  child.once('exit', (code, signal) => {
    exit = signal ?? `exit status ${code}`
  })
  child.once('error', error => {
    exit = error.message
  })
  const end = Date.now() + patience
  while (Date.now() < end) {
    const status = (await askControl(dir, {ask: 'status'}).catch(() => undefined))?.status
    if (status) return status
    if (exit !== undefined) break
    await sleep(30)
  }
  const said = lastComplaint(logFile)
  throw new OpsError('refused', `the practice ring did not start: ${said ?? exit ?? 'it does not answer'}`, {
    hint: `see ${logFile}`,
    facts: {exit, log: logFile},
  })
}

/** What the process said before it ended, as commands say it: `ringup: ...` */
function lastComplaint(file: string): string | undefined {
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    return lines.findLast(line => line.startsWith('ringup: '))?.slice('ringup: '.length)
  } catch {
    return undefined
  }
}

/** undefined: none runs there */
export const labStatus = async (dir: string): Promise<LabStatus | undefined> =>
  (await askControl(dir, {ask: 'status'}))?.status

export type LabStopped = {
  readonly dir: string
  /** the process that has ended; null: none ran */
  readonly stopped: number | null
}

/** Ends the practice ring of a folder and waits until its process is gone; its process number, if one ran. */
export async function stopLab(dir: string): Promise<number | undefined> {
  let answer = await askControl(dir, {ask: 'stop'})
  // it may have been started this very moment
  for (let waited = 0; answer?.error !== undefined && waited < patience; waited += 50) {
    await sleep(50)
    answer = await askControl(dir, {ask: 'stop'})
  }
  if (!answer?.status) {
    rmSync(join(dir, 'lab.pid'), {force: true})
    rmSync(socketPath(dir), {force: true})
    return undefined
  }
  const {pid} = answer.status
  for (let waited = 0; waited < 5000 && isAlive(pid); waited += 20) await sleep(20)
  // it said itself, through its own socket, that this is its number
  if (isAlive(pid) && pid !== process.pid) process.kill(pid, 'SIGTERM')
  return pid
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
