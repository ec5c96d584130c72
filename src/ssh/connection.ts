/** What a connection to a host can do, whichever program holds it: ssh2 in this process, or the system's `ssh`. */
import type {Duplex} from 'node:stream'
import type {Patience} from './deadline.ts'
import type {ExecOptions, ExecResult} from './exec.ts'
import type {AskPassphrase} from './identities.ts'
import type {Target} from './target.ts'

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
