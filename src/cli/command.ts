/** What every command has: JSON, a way to the hosts, somebody to talk to, and the end of all. */
import {Command, type Interfaces} from '@oclif/core'
import type {Context, Talk} from '../actions/context.ts'
import {exitCodes} from '../errors.ts'
import type {Fleet, Way} from '../fleet/fleet.ts'
import type {Memory} from '../records/memory.ts'
import type {Changes} from '../reference/changes.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import type {PoolOptions} from '../ssh/pool.ts'
import {defaultInventory} from './flags.ts'
import {writeError, writeJson, writeOut} from './output.ts'

type OpenFlags = {
  readonly inventory: string
  readonly transport?: PoolOptions['transport']
  readonly accept?: readonly string[] | undefined
  readonly 'skip-check'?: readonly string[] | undefined
  readonly yes?: boolean
}

export abstract class RingupCommand extends Command {
  static override enableJsonFlag = true
  /** Stated by every command; its help says it. */
  static readonly changes: Changes

  private fleet: Pick<Fleet, 'close'> | undefined
  private tellLater: (() => void) | undefined

  /**
   * Opens the inventory and a way to its hosts; no host is reached yet.
   * @param tellsLimits says that limits were left changed, where they were
   */
  async open(flags: OpenFlags, {tellsLimits = true} = {}): Promise<Context> {
    const {refuseUnknownIds} = await import('../actions/known-ids.ts')
    await refuseUnknownIds({risks: flags.accept, checks: flags['skip-check']})
    const {openFleet} = await import('../fleet/fleet.ts')
    const fleet = await openFleet(flags.inventory, await this.way(flags))
    this.closeLater(fleet)
    const context = {...(await this.talk(flags)), fleet}
    return tellsLimits ? {...context, fleet: await this.tellingLimits(fleet)} : context
  }

  /** Says once of limits that were left changed: when a member has told what the cluster remembers, or at the end. */
  private async tellingLimits(fleet: Fleet): Promise<Fleet> {
    const {leftChanged} = await import('../state/left-changed.ts')
    const tell = (snapshot?: Snapshot): void => {
      this.tellLater = undefined
      const left = leftChanged(fleet.inventory, fleet.memory, snapshot)
      if (left !== undefined) this.say(left)
    }
    this.tellLater = tell
    return {
      ...fleet,
      ask: async options => {
        const answer = await fleet.ask(options)
        if (this.tellLater) tell(answer.snapshot)
        return answer
      },
    }
  }

  /**
   * What the cluster remembers, of every host that tells, where there is an inventory; else this machine alone is known.
   * Changes nothing.
   */
  async remembered({local, ...flags}: OpenFlags & {readonly local: boolean}): Promise<Memory> {
    const {noMemory} = await import('../records/memory.ts')
    if (local) return noMemory
    const {existsSync} = await import('node:fs')
    // without one there is no cluster to ask; one that was named and is not there is told
    if (flags.inventory === defaultInventory && !existsSync(flags.inventory)) return noMemory
    const {fleet} = await this.open(flags)
    const memory = await fleet.remember()
    const [first, ...others] = memory.silent()
    if (memory.told().length === 0 && first)
      this.say(
        `no host tells what the cluster remembers (${first[0]}: ${first[1]}${others.length === 0 ? '' : `, and ${others.length} more`}): this is what this machine knows`,
      )
    else
      for (const [host, why] of memory.silent()) this.say(`${host} does not tell what it remembers: ${why}`)
    return memory
  }

  async way({transport}: Pick<OpenFlags, 'transport'>): Promise<Way> {
    const {askPassphrase} = await import('./passphrase.ts')
    return {transport, askPassphrase}
  }

  async talk({yes = false}: {readonly yes?: boolean} = {}): Promise<Talk> {
    const {openTalk} = await import('./stage.ts')
    return openTalk({version: this.config.version, json: this.jsonEnabled(), yes})
  }

  /** Its connections end with the command. */
  closeLater(fleet: Pick<Fleet, 'close'>): void {
    this.fleet = fleet
  }

  /** Data, to stdout; with `--json` the value that `run` returns is printed instead. */
  print(text: string): void {
    if (!this.jsonEnabled()) writeOut(text)
  }

  /** Talk, to stderr. */
  say(text: string): void {
    writeError(`${text}\n`)
  }

  /** What a value that was found says to a script, for commands that do not fail by it. */
  protected exitCode(_value: unknown): number {
    return exitCodes.done
  }

  /** Runs it to its end, and returns the exit code. */
  async perform(): Promise<number> {
    return this.exitCode(await this._run())
  }

  override logJson(json: unknown): void {
    writeJson(json, 2)
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.tellLater?.()
    this.fleet?.close()
    await super.finally(error)
  }

  /** `main` says what went wrong, in words or as JSON. */
  protected override async catch(error: Interfaces.CommandError): Promise<never> {
    throw error
  }
}
