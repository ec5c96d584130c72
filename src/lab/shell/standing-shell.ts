/**
 * A shell that stays, for scripts that are run one after the other: to start each from a process of hundreds of
 * megabytes, as a worker of tests is, costs ten times what the script does.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {quoteArgv} from '../../ssh/quote.ts'

export type ShellAnswer = {readonly status: number | null; readonly stdout: string; readonly stderr: string}

/** ms */
const patience = 10_000

/** Reads folders, a line each; runs `run` there, and tells in `code` that it has ended. */
const loop = 'while IFS= read -r d; do sh "$d/run" >"$d/out" 2>"$d/err" </dev/null; echo $? >"$d/code"; done'

let standing: ChildProcess | undefined

/**
 * `sh ARG...` in a folder, with nothing of the environment but PATH. Blocks, as `spawnSync` does. `status` null: it has not
 * ended in ten seconds, and was ended.
 */
export function runInShell(cwd: string, args: readonly string[]): ShellAnswer {
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
    standing ??= started()
    const shell = standing
    shell.stdin!.write(`${folder}\n`)
    const code = awaited(file('code'))
    if (code === undefined) {
      standing = undefined
      shell.kill('SIGKILL')
    }
    return {
      status: code ?? null,
      stdout: textOf(file('out')),
      stderr: textOf(file('err')),
    }
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

function started(): ChildProcess {
  const shell = spawn('sh', ['-c', loop], {
    // a folder that stays
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {PATH: process.env.PATH},
  })
  const gone = (): void => {
    if (standing === shell) standing = undefined
  }
  shell.on('exit', gone).on('error', gone)
  shell.stdin!.on('error', gone)
  // it ends with this process, by the end of its input
  shell.unref()
  Object(shell.stdin).unref?.()
  return shell
}

/** The status that is written there; looked for every millisecond. */
function awaited(file: string): number | undefined {
  const clock = new Int32Array(new SharedArrayBuffer(4))
  const until = Date.now() + patience
  while (Date.now() < until) {
    const text = textOf(file)
    if (text.endsWith('\n')) return Number(text)
    Atomics.wait(clock, 0, 0, 1)
  }
  return undefined
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
