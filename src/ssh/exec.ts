/** A command on a host: what is asked, and what came back. */

export type ExecResult = {
  readonly stdout: string
  readonly stderr: string
  /** undefined when a signal ended the command */
  readonly code: number | undefined
  readonly signal: string | undefined
  readonly ms: number
  /** files with all of it, where it was more than is kept (see `ExecOptions.spill`) */
  readonly files?: {readonly stdout?: string; readonly stderr?: string}
}

export type ExecOptions = {
  /** ms until the command must have ended; default 60 s */
  readonly timeout?: number
  readonly signal?: AbortSignal
  /** its input stays open for as long as its channel, so that it sees that one's end; else it is at its end at once */
  readonly keepInput?: boolean
  /** bytes of stdout and of stderr that are kept, default 8 MiB; more is an error, unless it may be spilled */
  readonly outputLimit?: number
  /** path to which `.stdout` and `.stderr` are added: there goes all of an output that is too much to keep */
  readonly spill?: string
}

export const execDefaults = {timeout: 60_000, outputLimit: 8 * 2 ** 20}
