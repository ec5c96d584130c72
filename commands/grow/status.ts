import {Args} from '@oclif/core'
import type {GrowthStatus} from '../../src/actions/grow/status.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {growthFlags, growthWishes, hostFlags} from '../../src/cli/flags.ts'

export default class GrowStatus extends RingupCommand {
  static override summary = 'How far a campaign is, what is next, and how good its forecast was'
  static override readonly changes = 'nothing'
  static override description =
    'Reads the cluster, and what its hosts remember of runs. With a campaign file it tells how many nodes and days it is ahead or behind.'
  static override examples = [
    '<%= config.bin %> grow status',
    '<%= config.bin %> grow status campaign.json --json',
  ]
  static override args = {
    campaign: Args.string({description: 'file written by: ringup grow plan --out'}),
  }
  static override flags = {...hostFlags, ...growthFlags}

  async run(): Promise<GrowthStatus> {
    const {args, flags} = await this.parse(GrowStatus)
    const context = await this.open(flags)
    const [{growStatus}, {growthText}, {stdoutLook}] = await Promise.all([
      import('../../src/actions/grow/status.ts'),
      import('../../src/report/campaign/growth-text.ts'),
      import('../../src/cli/terminal.ts'),
    ])
    const status = await growStatus(context, {...growthWishes(flags), campaign: args.campaign})
    this.print(growthText(status, stdoutLook()))
    return status
  }
}
