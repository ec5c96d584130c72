/** What every command has: JSON, a way to the hosts, somebody to talk to, and the end of all. */
import {Command, type Interfaces} from '@oclif/core'
import type {Context, Talk} from '../actions/context.ts'
import {exitCodes} from '../errors.ts'
import type {Fleet, Way} from '../fleet/fleet.ts'
import type {Memory} from '../records/memory.ts'
import type {Changes} from '../reference/changes.ts'
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
  private tellLimits: (() => void) | undefined

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
    if (!tellsLimits) return context
    const {tellingLimits} = await import('../actions/remembered.ts')
    const telling = tellingLimits(context)
    this.tellLimits = telling.tell
    return {...context, fleet: telling.fleet}
  }

  /** What the cluster remembers, where there is an inventory; else this machine alone is known. Changes nothing. */
  async remembered({local, ...flags}: OpenFlags & {readonly local: boolean}): Promise<Memory> {
    const [{noMemory}, {existsSync}, {remembered}] = await Promise.all([
      import('../records/memory.ts'),
      import('node:fs'),
      import('../actions/remembered.ts'),
    ])
    // without one there is no cluster to ask; one that was named and is not there is told
    if (local || (flags.inventory === defaultInventory && !existsSync(flags.inventory))) return noMemory
    return remembered(await this.open(flags))
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
    this.tellLimits?.()
    this.fleet?.close()
    await super.finally(error)
  }

  /** `main` says what went wrong, in words or as JSON. */
  protected override async catch(error: Interfaces.CommandError): Promise<never> {
    throw error
  }
}
