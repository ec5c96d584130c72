import {Flags} from '@oclif/core'
import type {GrowPlanReport} from '../../src/actions/grow/campaign.ts'
import {growthFlags, hostFlags, RingupCommand} from '../../src/cli/command.ts'

export default class GrowPlan extends RingupCommand {
  static override summary = 'A campaign, day by day: batches, bytes, disks, hours, and whether it keeps up'
  static override readonly changes = 'namedFile'
  static override description =
    'Simulates every batch on the ring and the disks that the days before leave behind, while new data comes in. Touches nothing. How far to grow, how many a day, and what comes in are said by growth of the inventory, or by flags.'
  static override examples = [
    '<%= config.bin %> grow plan --until 80 --per-day 3 --ingest 1TB',
    '<%= config.bin %> grow plan --solve',
    '<%= config.bin %> grow plan --from-snapshot ring.json --out campaign.json',
  ]
  static override flags = {
    ...hostFlags,
    ...growthFlags,
    ingest: Flags.string({summary: 'new data a day, before replication', helpValue: '1TB'}),
    start: Flags.string({summary: 'the first day, default today', helpValue: 'DATE'}),
    rate: Flags.string({
      summary: 'bytes a second of one transfer; default: as earlier runs measured it',
      helpValue: '30MB/s',
    }),
    solve: Flags.boolean({
      summary: 'find the fewest nodes a day, the cheapest batch and the latest start',
    }),
    'compare-serial': Flags.boolean({summary: 'what batches save over one node after the other'}),
    'from-snapshot': Flags.string({
      summary: 'plan on a file written by snapshot; asks no host',
      helpValue: 'FILE',
    }),
    out: Flags.string({summary: 'write the campaign, for grow status and report', helpValue: 'FILE'}),
  }

  async run(): Promise<GrowPlanReport> {
    const {flags} = await this.parse(GrowPlan)
    const session = await this.open(flags)
    const {growPlan} = await import('../../src/actions/grow/campaign.ts')
    return growPlan(this, session, flags)
  }
}
