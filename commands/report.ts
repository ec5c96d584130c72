import {Args, Flags} from '@oclif/core'
import {RingupCommand} from '../src/cli/command.ts'
import {memoryFlags} from '../src/cli/flags.ts'
import type {Plan} from '../src/plan/plan.ts'
import type {CampaignReport, RunFactsReport} from '../src/report/reported-text.ts'

export default class Report extends RingupCommand {
  static override summary = 'A plan, a campaign or a run to read, print and send: text, Markdown, HTML, SVG'
  static override readonly changes = 'namedFile'
  static override description =
    'Of a file it needs nothing else; of a run, what the hosts of the inventory remember, or what this machine knows. HTML is one file without scripts that loads nothing. Of a run: planned against actual, rates of each pair, what went wrong.'
  static override examples = [
    '<%= config.bin %> report grow.json --format html --out grow.html',
    '<%= config.bin %> report campaign.json --format svg --out campaign.svg',
    '<%= config.bin %> report --format markdown',
  ]
  static override args = {
    what: Args.string({
      description: 'a plan, campaign or journal file, or a run; default the newest run',
    }),
  }
  static override flags = {
    ...memoryFlags,
    format: Flags.option({
      summary: 'how it is written',
      options: ['text', 'markdown', 'html', 'svg', 'json'] as const,
      default: 'text',
    })(),
    figure: Flags.string({summary: 'the figure to write as SVG', helpValue: 'NAME'}),
    out: Flags.string({summary: 'write to a file instead of stdout', helpValue: 'FILE'}),
  }

  async run(): Promise<Plan | CampaignReport | RunFactsReport> {
    const {args, flags} = await this.parse(Report)
    const [{reportedOf}, {reportJson}] = await Promise.all([
      import('../src/state/reported.ts'),
      import('../src/report/reported-text.ts'),
    ])
    const {existsSync} = await import('node:fs')
    const {noMemory} = await import('../src/records/memory.ts')
    // a plan or a journal needs no host; of a campaign, what was carried out since
    const isFile = args.what !== undefined && existsSync(args.what)
    const alone = isFile ? reportedOf(args.what, noMemory) : undefined
    const reported =
      alone && alone.kind !== 'campaign' ? alone : reportedOf(args.what, await this.remembered(flags))
    const {printReport} = await import('../src/cli/print-report.ts')
    await printReport(this, reported, flags)
    return reportJson(reported)
  }
}
