import {Flags} from '@oclif/core'
import type {GrowPlanReport} from '../../src/actions/grow/campaign.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {growthFlags, growthWishes, hostFlags, rate} from '../../src/cli/flags.ts'
import {OpsError} from '../../src/errors.ts'
import {jsonText} from '../../src/printable.ts'

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
    const context = await this.open(flags)
    const [{growPlan, otherPaces}, {campaignText, solutionText}, {refuseOther, writeWhole}, {stdoutLook}] =
      await Promise.all([
        import('../../src/actions/grow/campaign.ts'),
        import('../../src/report/campaign/campaign-text.ts'),
        import('../../src/state/write-whole.ts'),
        import('../../src/cli/terminal.ts'),
      ])
    const {out} = flags
    if (out !== undefined) refuseOther(out, 'campaign')
    const forecast = await growPlan(context, {
      ...growthWishes(flags),
      start: startOf(flags.start),
      rate: rate(flags.rate),
      compareSerial: flags['compare-serial'],
      fromSnapshot: flags['from-snapshot'],
    })
    const {campaign} = forecast
    this.print(campaignText(campaign, stdoutLook()))
    if (out !== undefined) writeWhole(out, `${jsonText(campaign, 1)}\n`, 'campaign')
    if (!flags.solve) return campaign
    const solution = otherPaces(context, forecast)
    this.print(solutionText(solution, stdoutLook()))
    return {...campaign, solution}
  }
}

/** `2026-12-01`, midnight local time, as ms since 1970. */
function startOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  const date = match ? new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3])) : undefined
  if (date && date.getMonth() === Number(match![2]) - 1) return date.getTime()
  throw new OpsError('usage', `--start ${text} is not a date`, {hint: 'as 2026-12-01'})
}
