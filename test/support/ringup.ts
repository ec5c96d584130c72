/** The built CLI as a process, in a home of its own. */
import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

/** In place of `~/.ssh/config`, which HOME does not move. */
export const noSshConfig = fileURLToPath(new URL('ssh_config', import.meta.url))

/** Compiled code is the same in all homes. */
const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url))

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))

export type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string}

export type Home = {
  readonly path: string
  /** Runs `ringup ARGS`; of the environment PATH and what is given reach it, of the user's ssh_config nothing. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Ran>
  readonly remove: () => void
}

export type RunOptions = {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  /** ms until it is killed */
  readonly timeout?: number
  readonly cwd?: string
  /** what it is run by, as `nice` */
  readonly by?: readonly string[]
}

export function ringupHome(): Home {
  const path = mkdtempSync(join(tmpdir(), 'ringup-home-'))
  return {
    path,
    run: (args, {env, input = '', timeout = 60_000, cwd = path, by = []} = {}) =>
      new Promise((resolve, reject) => {
        const [first, ...words] = [...by, process.execPath, program, ...args]
        const child = spawn(first!, words, {
          cwd,
          env: {
            PATH: process.env.PATH!,
            HOME: path,
            LANG: 'C.UTF-8',
            RINGUP_SSH_CONFIG: noSshConfig,
            XDG_CACHE_HOME: cache,
            ...env,
          },
          timeout,
          stdio: ['pipe', 'pipe', 'pipe'],
        })
        const output = {stdout: '', stderr: ''}
        child.stdout.on('data', chunk => {
          output.stdout += chunk
        })
        child.stderr.on('data', chunk => {
          output.stderr += chunk
        })
        child.on('error', reject)
        child.on('close', code => resolve({code, ...output}))
        child.stdin.end(input)
      }),
    remove: () => rmSync(path, {recursive: true, force: true}),
  }
}
