import {Flags} from '@oclif/core'
import type {AutoReport} from '../../src/actions/throttle/auto.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {duration, hostFlags} from '../../src/cli/flags.ts'
import {formatDuration} from '../../src/units.ts'

export default class ThrottleAuto extends RingupCommand {
  static override summary = 'Limits as high as clients can bear, until nothing is left to move'
  static override readonly changes = 'limits'
  static override description =
    'Steps up while the 99th percentile of gets and puts stays below --p99, holds close below it, goes down above it, and to --min when nothing is told. With --valve, inbound handoff is off on a node whose disk passes limits.diskPeak until it has sent what it has to send. Limits are brought back in the end.'
  static override examples = [
    '<%= config.bin %> throttle auto --p99 50ms --max 8 --yes',
    '<%= config.bin %> throttle auto --p99 80ms --valve',
  ]
  static override flags = {
    ...hostFlags,
    p99: Flags.string({
      summary: 'what 99 of 100 requests must stay below',
      required: true,
      helpValue: '50ms',
    }),
    min: Flags.integer({summary: 'never fewer at once', min: 1, max: 256, helpValue: 'N'}),
    max: Flags.integer({summary: 'never more at once', min: 1, max: 256, helpValue: 'N'}),
    interval: Flags.string({summary: 'time between decisions', default: '90s', helpValue: '90s'}),
    valve: Flags.boolean({summary: 'turn inbound off on nodes that fill up, and on again'}),
    forever: Flags.boolean({summary: 'go on though nothing is left to move'}),
    yes: Flags.boolean({char: 'y', summary: 'do not ask'}),
  }

  async run(): Promise<AutoReport> {
    const {flags} = await this.parse(ThrottleAuto)
    const context = await this.open(flags, {tellsLimits: false})
    const {checkedSettings, throttleAuto} = await import('../../src/actions/throttle/auto.ts')
    const {min, max} = context.fleet.inventory.limits.transferLimit
    const settings = {bound: duration(flags.p99, '--p99')!, min: flags.min ?? min, max: flags.max ?? max}
    checkedSettings(settings)
    const interval = duration(flags.interval, '--interval')!
    const report = await throttleAuto(context, {...flags, ...settings, interval})
    const {decisions, highest} = report
    this.print(
      `${decisions} decisions, at the most ${highest} transfers a node; every ${formatDuration(interval)}\n`,
    )
    return report
  }
}
