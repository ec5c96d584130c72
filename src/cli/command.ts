/** What every command has: JSON, its session with the hosts, and the end of both. */
import {Command, Flags, type Interfaces} from '@oclif/core'
import type {IdFlags} from '../actions/known-ids.ts'
import type {Session, SessionFlags} from '../fleet/fleet.ts'
import type {Changes} from '../reference/changes.ts'
import {writeError, writeJson, writeOut} from './output.ts'

export const inventoryFlag = Flags.string({
  char: 'i',
  summary: 'inventory file: the ring you want',
  env: 'RINGUP_INVENTORY',
  default: 'inventory.yaml',
  helpValue: 'FILE',
})

/** Flags of every command that reaches hosts. */
export const hostFlags = {
  inventory: inventoryFlag,
  transport: Flags.option({
    summary:
      'how hosts are reached: in this process, or by the ssh of this machine (FIDO keys, ProxyCommand, GSSAPI)',
    options: ['ssh2', 'openssh'] as const,
    default: 'ssh2',
    env: 'RINGUP_TRANSPORT',
  })(),
}

/** Flags of every command that changes the cluster. */
export const applyFlags = {
  yes: Flags.boolean({char: 'y', summary: 'do not ask'}),
  reason: Flags.string({summary: 'why, kept in the journal', helpValue: 'TEXT'}),
  'wait-timeout': Flags.string({
    summary: 'stop waiting after this long (exit 8); the cluster goes on',
    helpValue: '6h',
  }),
  'no-wait': Flags.boolean({summary: 'end after the commit; the cluster goes on by itself'}),
  interval: Flags.string({summary: 'time between two readings', default: '2s', helpValue: '2s'}),
}

/** Flags of every command that makes a plan. */
export const acceptFlags = {
  accept: Flags.string({
    summary: 'accept a risk by its id; kept in the plan',
    helpValue: 'ID',
    multiple: true,
    delimiter: ',',
  }),
  'accept-version': Flags.boolean({summary: 'accept a release of Riak that ringup does not know'}),
  rate: Flags.string({
    summary: 'bytes a second of one transfer, for the forecast; default: as earlier runs measured it',
    helpValue: '30MB/s',
  }),
}

/** How far to grow and how fast, when it is not as the inventory says. */
export const growthFlags = {
  until: Flags.integer({summary: 'nodes in the end', helpValue: 'N', min: 1, max: 1000}),
  'per-day': Flags.integer({summary: 'nodes a day', helpValue: 'N', min: 1, max: 100}),
  window: Flags.string({summary: 'hours in which a batch may begin', helpValue: '22:00-06:00'}),
  locations: Flags.boolean({
    summary: "stage the inventory's locations of new hosts (or not)",
    allowNo: true,
  }),
}

/** Flags of every command that lets hosts join. */
export const joinFlags = {
  'skip-check': Flags.string({
    summary: 'let hosts join though this check fails; not for those that guard data',
    helpValue: 'ID',
    multiple: true,
    delimiter: ',',
  }),
}

export abstract class RingupCommand extends Command {
  static override enableJsonFlag = true
  /** Stated by every command; its help says it. */
  static readonly changes: Changes

  private session: Session | undefined

  /** Opens the inventory and a way to its hosts; no host is reached yet. */
  async open(flags: SessionFlags & IdFlags): Promise<Session> {
    const {refuseUnknownIds} = await import('../actions/known-ids.ts')
    await refuseUnknownIds(flags)
    const {openSession} = await import('../fleet/fleet.ts')
    const session = await openSession(flags)
    if (!/^(?:exec|hosts|inventory|throttle)\b/.test(this.id ?? '')) {
      const {leftChanged} = await import('../state/left-changed.ts')
      const left = leftChanged(session.inventory)
      if (left !== undefined) this.say(left)
    }
    return this.closeLater(session)
  }

  /** Its connections end with the command. */
  closeLater(session: Session): Session {
    this.session = session
    return session
  }

  /** Data, to stdout; with `--json` the value that `run` returns is printed instead. */
  print(text: string): void {
    if (!this.jsonEnabled()) writeOut(text)
  }

  /** Talk, to stderr. */
  say(text: string): void {
    writeError(`${text}\n`)
  }

  override logJson(json: unknown): void {
    writeJson(json, 2)
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.session?.close()
    await super.finally(error)
  }

  /** `main` says what went wrong, in words or as JSON. */
  protected override async catch(error: Interfaces.CommandError): Promise<never> {
    throw error
  }
}
