/** What a command writes, kept up to a limit; beyond it the whole goes to a file, or is too much. */
import {closeSync, mkdirSync, openSync, writeSync} from 'node:fs'
import {dirname} from 'node:path'
import type {ExecResult} from './exec.ts'
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
  /** Takes what comes; what is wrong once it is too much or cannot be kept, given to who waits for the command's end. */
  readonly keep: (
    stream: 'stdout' | 'stderr',
    giveUp: (failure: HostFailure) => void,
  ) => (chunk: Buffer) => void
  readonly end: () => void
  readonly kept: () => Pick<ExecResult, 'stdout' | 'stderr' | 'files'>
}

export function outputs(target: Target, limit: number, spill: string | undefined): Outputs {
  const both = {
    stdout: collector(limit, spill && `${spill}.stdout`),
    stderr: collector(limit, spill && `${spill}.stderr`),
  }
  const files = (): ExecResult['files'] => {
    const [out, err] = [both.stdout.file(), both.stderr.file()]
    if (out === undefined && err === undefined) return undefined
    return {...(out === undefined ? {} : {stdout: out}), ...(err === undefined ? {} : {stderr: err})}
  }
  return {
    keep: (stream, giveUp) => chunk => {
      try {
        both[stream].add(chunk)
        // one that writes for ever is not waited for
        if (both[stream].full())
          giveUp(hostFailure(target, 'protocol', `the command wrote more than ${limit} bytes`))
      } catch (error) {
        giveUp(
          hostFailure(target, 'protocol', `its output cannot be kept: ${(error as Error).message}`, error),
        )
      }
    },
    end: () => {
      both.stdout.end()
      both.stderr.end()
    },
    kept: () => {
      const spilled = files()
      return {stdout: both.stdout.text(), stderr: both.stderr.text(), ...(spilled ? {files: spilled} : {})}
    },
  }
}
