/** The built CLI, in a home of its own. */
import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {runInProcess} from './in-process.ts'
import {printedFaults} from './json-documents.ts'

/** In place of `~/.ssh/config`, which HOME does not move. */
export const noSshConfig = fileURLToPath(new URL('ssh_config', import.meta.url))

/** Compiled code is the same in all homes. */
const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url))

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))

export type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string}

export type Home = {
  readonly path: string
  /** Runs `ringup ARGS` in this process; of the environment PATH and what is given reach it, of the user's ssh_config nothing. */
  readonly run: (args: readonly string[], options?: RunOptions & InProcessOptions) => Promise<Ran>
  /** The same as a process of its own. */
  readonly spawn: (args: readonly string[], options?: RunOptions & SpawnOptions) => Promise<Ran>
  readonly remove: () => void
}

export type RunOptions = {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  /** ms until it is ended; default four minutes: how fast a machine is, no test asks */
  readonly timeout?: number
  readonly cwd?: string
  /** what `--json` prints need not fit its schema: it repeats what no ringup has written */
  readonly foreign?: boolean
}

export type InProcessOptions = {
  /** aborted: SIGINT */
  readonly signal?: AbortSignal
  /** its output goes to a terminal with colours, as far as it can tell */
  readonly terminal?: boolean
}

export type SpawnOptions = {
  /** what it is run by, as `nice` */
  readonly by?: readonly string[]
  /** what it is sent, and when */
  readonly kill?: {readonly signal: NodeJS.Signals; readonly after: Promise<unknown>}
}

export function ringupHome(): Home {
  const path = mkdtempSync(join(tmpdir(), 'ringup-home-'))
  const environment = {
    PATH: process.env.PATH!,
    HOME: path,
    LANG: 'C.UTF-8',
    RINGUP_SSH_CONFIG: noSshConfig,
    XDG_CACHE_HOME: cache,
  }
  return {
    path,
    run: async (
      args,
      {env, input = '', timeout = 240_000, cwd = path, signal, terminal = false, foreign} = {},
    ) => {
      const ran = await runInProcess({
        argv: args,
        env: {...environment, ...(terminal ? {TERM: 'xterm-256color'} : {}), ...env},
        input,
        timeout,
        cwd,
        signal,
        terminal,
      })
      return foreign ? ran : documented(args, ran)
    },
    spawn: (args, {env, input = '', timeout = 240_000, cwd = path, by = [], kill} = {}) =>
      new Promise((resolve, reject) => {
        const [first, ...words] = [...by, process.execPath, program, ...args]
        const child = spawn(first!, words, {
          cwd,
          env: {...environment, ...env},
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
        void kill?.after.then(() => child.kill(kill.signal))
        child.on('error', reject)
        child.on('close', code => resolve(documented(args, {code, ...output})))
        child.stdin.end(input)
      }),
    remove: () => rmSync(path, {recursive: true, force: true}),
  }
}

/** Throws where what was printed with `--json` is not what docs/schema says. */
function documented(args: readonly string[], ran: Ran): Ran {
  const end = args.indexOf('--')
  const own = end < 0 ? args : args.slice(0, end)
  const faults = own.includes('--json') && ran.stdout !== '' ? printedFaults(args, ran.stdout) : []
  if (faults.length > 0) throw new Error(`ringup ${args.join(' ')}: ${JSON.stringify(faults, null, 2)}`)
  return ran
}
