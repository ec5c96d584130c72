/** What a connection to a host can do, whichever program holds it: ssh2 in this process, or the system's `ssh`. */
import type {Duplex} from 'node:stream'
import type {Patience} from './deadline.ts'
import type {AskPassphrase} from './identities.ts'
import type {Target} from './target.ts'

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
  /** bytes of stdout and of stderr that are kept, default 8 MiB; more is an error, unless it may be spilled */
  readonly outputLimit?: number
  /** path to which `.stdout` and `.stderr` are added: there goes all of an output that is too much to keep */
  readonly spill?: string
}

export type Connection = {
  /** Runs a command line. Throws a `HostFailure`; a command that ends by itself never throws, whatever its status. */
  readonly run: (line: string, options?: ExecOptions) => Promise<ExecResult>
  /** A stream to another host, through this one. Throws a `HostFailure` of the host that could not be reached. */
  readonly forward: (to: Target, time: Patience) => Promise<Duplex>
  readonly close: () => void
  readonly closed: Promise<void>
}

export type ConnectOptions = {
  /** the stream from the target's jump host */
  readonly through?: Duplex | undefined
  readonly askPassphrase?: AskPassphrase | undefined
  /** what is left of the target's time; default: all of it */
  readonly time?: Patience | undefined
}

export type Connect = (target: Target, options?: ConnectOptions) => Promise<Connection>

export const execDefaults = {timeout: 60_000, outputLimit: 8 * 2 ** 20}
