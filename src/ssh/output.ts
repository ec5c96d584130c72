/** What a command writes, kept up to a limit; beyond it the whole goes to a file, or is too much. */
import {closeSync, mkdirSync, openSync, writeSync} from 'node:fs'
import {dirname} from 'node:path'
import type {ExecResult} from './connection.ts'
import {type HostFailure, hostFailure} from './failure.ts'
import type {Target} from './target.ts'

export type Collector = {
  readonly add: (chunk: Buffer) => void
  /** more came than may be kept, and there is no file for it */
  readonly full: () => boolean
  /** the file that has all of it, when it was too much to keep */
  readonly file: () => string | undefined
  readonly text: () => string
  readonly end: () => void
}

/** @param limit bytes */
export function collector(limit: number, spill?: string): Collector {
  const chunks: Buffer[] = []
  let bytes = 0
  let kept = 0
  let descriptor: number | undefined
  return {
    add: chunk => {
      bytes += chunk.length
      if (bytes > limit && spill !== undefined && descriptor === undefined) {
        mkdirSync(dirname(spill), {recursive: true, mode: 0o700})
        descriptor = openSync(spill, 'wx', 0o600)
        for (const early of chunks) writeSync(descriptor, early)
      }
      if (descriptor !== undefined) writeSync(descriptor, chunk)
      if (kept >= limit) return
      // ssh2's buffers are parts of larger ones: what is kept is kept alone
      chunks.push(chunk.subarray(0, limit - kept))
      kept += Math.min(chunk.length, limit - kept)
    },
    full: () => bytes > limit && spill === undefined,
    file: () => (descriptor === undefined ? undefined : spill),
    text: () => Buffer.concat(chunks).toString('utf8'),
    end: () => {
      if (descriptor !== undefined) closeSync(descriptor)
    },
  }
}

/** Both outputs of one command. */
export type Outputs = {
  readonly stdout: Collector
  readonly stderr: Collector
  readonly full: () => boolean
  readonly end: () => void
  readonly kept: () => Pick<ExecResult, 'stdout' | 'stderr' | 'files'>
}

export function outputs(limit: number, spill: string | undefined): Outputs {
  const stdout = collector(limit, spill && `${spill}.stdout`)
  const stderr = collector(limit, spill && `${spill}.stderr`)
  const files = (): ExecResult['files'] => {
    const [out, err] = [stdout.file(), stderr.file()]
    if (out === undefined && err === undefined) return undefined
    return {...(out === undefined ? {} : {stdout: out}), ...(err === undefined ? {} : {stderr: err})}
  }
  return {
    stdout,
    stderr,
    full: () => stdout.full() || stderr.full(),
    end: () => {
      stdout.end()
      stderr.end()
    },
    kept: () => {
      const spilled = files()
      return {stdout: stdout.text(), stderr: stderr.text(), ...(spilled ? {files: spilled} : {})}
    },
  }
}

export const tooMuch = (target: Target, limit: number): HostFailure =>
  hostFailure(target, 'protocol', `the command wrote more than ${limit} bytes`)
