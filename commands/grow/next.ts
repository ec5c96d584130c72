import {Flags} from '@oclif/core'
import type {GrowNextReport} from '../../src/actions/grow/next.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {needConfirmation} from '../../src/cli/confirm.ts'
import {
  acceptFlags,
  applyFlags,
  growthFlags,
  growthWishes,
  hostFlags,
  joinFlags,
  planWishes,
  runWishes,
} from '../../src/cli/flags.ts'

export default class GrowNext extends RingupCommand {
  static override summary = "Carry out today's batch, if it is due and nothing speaks against it"
  static override readonly changes = 'cluster'
  static override description =
    'For cron and CI: call it as often as you like. Exit 0: done, or nothing is due. 3: a risk or a check holds it back. 8: the last batch has not settled. A run that was killed or cut off is gone on with first.'
  static override examples = [
    '<%= config.bin %> grow next --yes',
    '<%= config.bin %> grow next --yes --no-wait --reason "nightly growth"',
  ]
  static override flags = {
    ...hostFlags,
    ...growthFlags,
    ...applyFlags,
    ...joinFlags,
    ...acceptFlags,
    'any-time': Flags.boolean({summary: 'whatever the window, and however many joined today'}),
  }

  async run(): Promise<GrowNextReport> {
    const {flags} = await this.parse(GrowNext)
    needConfirmation(flags.yes, 'grow next')
    const context = await this.open(flags)
    const {growNext} = await import('../../src/actions/grow/next.ts')
    const report = await growNext(context, {
      ...runWishes(flags),
      ...planWishes(flags),
      ...growthWishes(flags),
      anyTime: flags['any-time'],
    })
    if (report.did === 'nothing') this.print(`${report.message}\n`)
    return report
  }
}
