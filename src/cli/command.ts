/** What every command has: JSON, a way to the hosts, somebody to talk to, and the end of all. */
import {Command, type Interfaces} from '@oclif/core'
import type {Context, Talk} from '../actions/context.ts'
import {exitCodes} from '../errors.ts'
import type {Fleet, Way} from '../fleet/fleet.ts'
import type {Changes} from '../reference/changes.ts'
import type {PoolOptions} from '../ssh/pool.ts'
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

  /**
   * Opens the inventory and a way to its hosts; no host is reached yet.
   * @param tellsLimits says that limits were left changed, where they were
   */
  async open(flags: OpenFlags, {tellsLimits = true} = {}): Promise<Context> {
    const {refuseUnknownIds} = await import('../actions/known-ids.ts')
    await refuseUnknownIds({risks: flags.accept, checks: flags['skip-check']})
    const {openFleet} = await import('../fleet/fleet.ts')
    const fleet = await openFleet(flags.inventory, await this.way(flags))
    if (tellsLimits) {
      const {leftChanged} = await import('../state/left-changed.ts')
      const left = leftChanged(fleet.inventory)
      if (left !== undefined) this.say(left)
    }
    this.closeLater(fleet)
    return {...(await this.talk(flags)), fleet}
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
    this.fleet?.close()
    await super.finally(error)
  }

  /** `main` says what went wrong, in words or as JSON. */
  protected override async catch(error: Interfaces.CommandError): Promise<never> {
    throw error
  }
}
