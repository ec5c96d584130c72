/** The built CLI as a process that may be stopped and killed, on a practice ring. */
import {type ChildProcess, spawn} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import type {Lab} from '../../src/lab/server/start-lab.ts'

import {watched} from './workplace.ts'

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))
const preload = fileURLToPath(new URL('../torture/stop-at.mjs', import.meta.url))

const otherMachine = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', '--']

export type Ended = {readonly code: number | null; readonly stdout: string; readonly stderr: string}

export type Way = {
  /** what `stop-at.mjs` is told; none: it is not loaded */
  readonly torture?: string | undefined
  /** as on another machine: no process of ours can be seen from there, nor it from here; only root may make it one */
  readonly elsewhere?: boolean
  /** ms that its clock is ahead of ours */
  readonly ahead?: number
}

export type Ringup = (args: readonly string[], onStart?: (child: ChildProcess) => void) => Promise<Ended>

export const ringup =
  (
    lab: Pick<Lab, 'inventoryFile'>,
    home: string,
    {torture, elsewhere = false, ahead = 0}: Way = {},
  ): Ringup =>
  (args, onStart) =>
    new Promise(resolve => {
      const isElsewhere = elsewhere && process.getuid?.() === 0
      const [command, ...before] = isElsewhere ? [...otherMachine, process.execPath] : [process.execPath]
      const isChanged = torture !== undefined || ahead !== 0
      const child = watched(
        spawn(command!, [...before, ...(isChanged ? ['--import', preload] : []), program, ...args], {
          env: {
            PATH: process.env.PATH!,
            HOME: home,
            RINGUP_STATE_DIR: home,
            RINGUP_INVENTORY: lab.inventoryFile,
            ...(torture ? {RINGUP_TORTURE: torture} : {}),
            ...(ahead === 0 ? {} : {RINGUP_AHEAD: String(ahead)}),
          },
          stdio: ['ignore', 'pipe', 'pipe'],
          timeout: 300_000,
          killSignal: 'SIGKILL',
        }),
      )
      const output = {stdout: '', stderr: ''}
      child.stdout.on('data', chunk => {
        output.stdout += chunk
      })
      child.stderr.on('data', chunk => {
        output.stderr += chunk
      })
      child.on('close', code => resolve({code, ...output}))
      onStart?.(child)
    })
