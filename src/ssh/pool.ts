/**
 * Connections kept open and reused: one a host, jump hosts shared by all that lie behind them. As many as `connecting`
 * are being made at once, and a slot is free again when the host has let us in, not when its command has ended.
 */
import type {Duplex} from 'node:stream'
import {setTimeout as delay} from 'node:timers/promises'
import type {Connect, Connection} from './connection.ts'
import {type Patience, patience} from './deadline.ts'
import type {ExecOptions, ExecResult} from './exec.ts'
import {hostFailure, isHostFailure} from './failure.ts'
import type {AskPassphrase} from './identities.ts'
import {commandLine} from './quote.ts'
import {type Slots, slots} from './slots.ts'
import {connectionKey, type Target} from './target.ts'

export type Pool = {
  /** Runs an argv on a host. Throws a `HostFailure` (see `ExecOptions`); any exit status is a result. */
  readonly exec: (target: Target, argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>
  /** Runs a line for a shell. Its input stays open, so that it sees by its end that nobody waits (`remote-limit.ts`). */
  readonly shell: (target: Target, line: string, options?: ExecOptions) => Promise<ExecResult>
  /** What opens a stream to the target's SSH port once its jump host has let us in; undefined when there is none. */
  readonly wayTo: (target: Target) => Promise<((time: Patience) => Promise<Duplex>) | undefined>
  readonly close: () => void
}

export type PoolOptions = {
  /** `openssh`: by the system's ssh */
  readonly transport?: 'ssh2' | 'openssh' | undefined
  /** connections being made at once; default 64 */
  readonly connecting?: number
  readonly askPassphrase?: AskPassphrase | undefined
}

/** sshd's MaxStartups begins to drop connections at 10 that are not let in yet. */
const most = {toOneAddress: 8, tries: 5}

export function openPool({transport = 'ssh2', connecting = 64, askPassphrase}: PoolOptions = {}): Pool {
  const open = new Map<string, Promise<Connection>>()
  const all = slots(connecting)
  const addresses = new Map<string, Pace>()

  // ssh2 is loaded by the first connection, not by every command
  const connect: Connect = async (target, options) => {
    const by = await (transport === 'openssh' ? import('./connect-openssh.ts') : import('./connect-ssh2.ts'))
    return by.connect(target, options)
  }
  const wayTo: Pool['wayTo'] = async target => {
    if (target.unusable) throw hostFailure(target, 'configuration', target.unusable.why)
    // ssh goes its own ways
    if (transport === 'openssh' || !target.jump) return undefined
    const jump = await connected(target.jump)
    return time => jump.forward(target, time)
  }

  const attempt = async (target: Target, pace: Pace): Promise<Connection> => {
    const open = await wayTo(target)
    return pace.places.within(() =>
      all.within(async () => {
        const time = patience(target.connectTimeout)
        return connect(target, {through: await open?.(time), askPassphrase, time})
      }),
    )
  }
  const make = async (target: Target): Promise<Connection> => {
    const address = `${target.address} ${target.port}`
    const pace = addresses.get(address) ?? newPace()
    addresses.set(address, pace)
    for (let tried = 1; ; tried += 1) {
      try {
        const connection = await attempt(target, pace)
        pace.went()
        return connection
      } catch (error) {
        // dropped before anything was sent: a server that is asked too much at once
        if (!isHostFailure(error) || error.facts.early !== true || tried === most.tries) throw error
        pace.dropped()
        await delay(250 * 2 ** (tried - 1) * (0.5 + Math.random()))
      }
    }
  }
  let isClosed = false
  const connected = async (target: Target): Promise<Connection> => {
    // somebody who goes on asking must not open what nobody closes
    if (isClosed) throw hostFailure(target, 'cancelled', 'nothing more is asked')
    const key = connectionKey(target)
    const known = open.get(key)
    if (known) return known
    const opening = make(target)
    const forget = (): void => {
      if (open.get(key) === opening) open.delete(key)
    }
    open.set(key, opening)
    opening.then(({closed}) => closed.then(forget), forget)
    return opening
  }

  return {
    exec: async (target, argv, options) => {
      const line = commandLine(argv)
      return (await connected(target)).run(line, options)
    },
    shell: async (target, line, options) =>
      (await connected(target)).run(line, {...options, keepInput: true}),
    wayTo,
    close: () => {
      isClosed = true
      for (const opening of open.values()) opening.then(connection => connection.close()).catch(() => {})
      open.clear()
    },
  }
}

/** How many may knock at one address at once: half as many after a drop, one more after ten that went well. */
type Pace = {readonly places: Slots; readonly went: () => void; readonly dropped: () => void}

function newPace(): Pace {
  const places = slots(most.toOneAddress)
  let well = 0
  return {
    places,
    went: () => {
      well += 1
      if (well % 10 === 0) places.limit(Math.min(most.toOneAddress, places.most() + 1))
    },
    dropped: () => {
      well = 0
      places.limit(Math.max(1, Math.floor(places.most() / 2)))
    },
  }
}
