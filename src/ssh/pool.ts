/** Connections kept open and reused: one a host, jump hosts shared by all that lie behind them. */
import type {Connection, ExecOptions, ExecResult} from './connection.ts'
import {quoteArgv} from './quote.ts'
import {connectionKey, type Target} from './target.ts'

export type Pool = {
  /** Runs an argv on a host. Throws a `HostFailure` (see `ExecOptions`); any exit status is a result. */
  readonly exec: (target: Target, argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>
  readonly close: () => void
}

export function openPool(): Pool {
  const open = new Map<string, Promise<Connection>>()

  const connected = (target: Target): Promise<Connection> => {
    const key = connectionKey(target)
    const known = open.get(key)
    if (known) return known
    const forget = (): void => {
      open.delete(key)
    }
    const opening = (async () => {
      // ssh2 is loaded by the first connection, not by every command
      const {connect} = await import('./connection.ts')
      const through =
        target.jump && (await (await connected(target.jump)).forward(target.address, target.port))
      const connection = await connect(target, through)
      void connection.closed.then(forget)
      return connection
    })()
    open.set(key, opening)
    opening.catch(forget)
    return opening
  }

  return {
    exec: async (target, argv, options) => {
      const line = quoteArgv(argv)
      return (await connected(target)).run(line, options)
    },
    close: () => {
      for (const opening of open.values()) opening.then(connection => connection.close()).catch(() => {})
      open.clear()
    },
  }
}
