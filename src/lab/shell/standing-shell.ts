/**
 * Shells that stay, each for scripts that are run one after the other: to start one from a process of hundreds of megabytes,
 * as a worker of tests is, costs ten times what the script does.
 */
import {type ChildProcessByStdio, spawn} from 'node:child_process'
import {chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Readable, Writable} from 'node:stream'
import {quoteArgv} from '../../ssh/quote.ts'

export type ShellAnswer = {readonly status: number | null; readonly stdout: string; readonly stderr: string}

export type ShellPlace = {
  readonly folder: string
  /** of the login it is run as; another than this process's takes root */
  readonly uid: number | undefined
}

/** ms */
const patience = 10_000

/** scripts of a login that are run at the same time */
const most = 4

/** Reads folders, a line each; runs `run` there, and says with which status it has ended. */
const loop = 'while IFS= read -r d; do sh "$d/run" >"$d/out" 2>"$d/err" </dev/null; echo $?; done'

type Shell = {readonly child: ChildProcessByStdio<Writable, Readable, null>; last: Promise<unknown>}

const standing = new Map<string, Shell>()
let turn = 0

/**
 * `sh ARG...` in a folder, with nothing of the environment but PATH. `status` null: it has not ended in ten seconds, and was
 * ended.
 */
export async function runInShell(
  {folder: cwd, uid}: ShellPlace,
  args: readonly string[],
): Promise<ShellAnswer> {
  const folder = mkdtempSync(join(tmpdir(), 'ringup-lab-sh-'))
  const file = (name: string): string => join(folder, name)
  try {
    const {PATH} = process.env
    const lines = [
      // the PATH of now, not of when the shell began; without one the shell has its own
      ...(PATH === undefined ? [] : [['export', `PATH=${PATH}`]]),
      ['cd', cwd],
      ['exec', 'sh', ...args],
    ].map(quoteArgv)
    writeFileSync(file('run'), `${lines.join(' && ')}\n`)
    if (uid !== undefined) chownSync(folder, uid, uid)
    const status = await inTurn(uid, folder)
    return {status, stdout: textOf(file('out')), stderr: textOf(file('err'))}
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

function inTurn(uid: number | undefined, folder: string): Promise<number | null> {
  turn = (turn + 1) % most
  const key = `${uid} ${turn}`
  const shell = standing.get(key) ?? started(key, uid)
  const status = shell.last.then(() => statusOf(shell, folder))
  shell.last = status
  return status
}

function started(key: string, uid: number | undefined): Shell {
  const child = spawn('sh', ['-c', loop], {
    // a folder that stays
    cwd: '/',
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {PATH: process.env.PATH},
    ...(uid === undefined ? {} : {uid, gid: uid}),
  })
  const shell = {child, last: Promise.resolve()}
  standing.set(key, shell)
  const gone = (): void => {
    if (standing.get(key) === shell) standing.delete(key)
  }
  child.on('exit', gone).on('error', gone)
  child.stdin.on('error', gone)
  // it ends with this process, by the end of its input
  child.unref()
  for (const pipe of [child.stdin, child.stdout]) Object(pipe).unref?.()
  return shell
}

function statusOf({child}: Shell, folder: string): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(null)
  return new Promise(resolve => {
    const end = (status: number | null): void => {
      clearTimeout(timer)
      child.stdout.off('data', read)
      child.off('exit', gone).off('error', gone)
      resolve(status)
    }
    const read = (said: Buffer): void => end(Number(said))
    const gone = (): void => end(null)
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      end(null)
    }, patience)
    child.stdout.on('data', read)
    child.on('exit', gone).on('error', gone)
    child.stdin.write(`${folder}\n`)
  })
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
