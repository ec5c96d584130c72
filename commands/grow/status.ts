import {Args} from '@oclif/core'
import {growthFlags, hostFlags, RingupCommand} from '../../src/cli/command.ts'
import type {GrowthStatus} from '../../src/report/campaign/growth-text.ts'

export default class GrowStatus extends RingupCommand {
  static override summary = 'How far a campaign is, what is next, and how good its forecast was'
  static override readonly changes = 'nothing'
  static override description =
    'Reads the cluster, and the journals of the runs that were carried out from this machine. With a campaign file it tells how many nodes and days it is ahead or behind.'
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
    const session = await this.open(flags)
    const {growStatus} = await import('../../src/actions/grow/status.ts')
    return growStatus(this, session, {...flags, campaign: args.campaign})
  }
}
