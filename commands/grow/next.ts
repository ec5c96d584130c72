import {Flags} from '@oclif/core'
import type {GrowNextReport} from '../../src/actions/grow/next.ts'
import {
  acceptFlags,
  applyFlags,
  growthFlags,
  hostFlags,
  joinFlags,
  RingupCommand,
} from '../../src/cli/command.ts'

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
    const {growNext} = await import('../../src/actions/grow/next.ts')
    return growNext(this, flags)
  }
}
