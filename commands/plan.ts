import {Flags} from '@oclif/core'
import type {DryRun, PlanReport} from '../src/actions/plan.ts'
import {RingupCommand} from '../src/cli/command.ts'
import {acceptFlags, hostFlags, joinFlags, planWishes} from '../src/cli/flags.ts'
import {exitCodes, OpsError} from '../src/errors.ts'
import type {ReportFormat} from '../src/report/reported-text.ts'

const hosts = (summary: string) => Flags.string({summary, helpValue: 'HOST', multiple: true, delimiter: ','})

export default class Plan extends RingupCommand {
  static override summary = 'Dry run: who gets which partition, how much, how long, what is risky'
  static override readonly changes = 'namedFile'
  static override description =
    'Reads the ring and computes what Riak would do, to the partition. Touches nothing, ever: nothing is staged and no Riak command that changes anything is sent.'
  static override examples = [
    '<%= config.bin %> plan --add r06,r07,r08',
    '<%= config.bin %> plan --add r06,r07,r08 --out grow.json && <%= config.bin %> apply grow.json',
    '<%= config.bin %> plan --from-snapshot ring.json --leave r03 --json',
  ]
  static override flags = {
    ...hostFlags,
    add: hosts('hosts that are to join; with none of these three: all of the inventory but spares'),
    leave: hosts('members that are to leave'),
    replace: Flags.string({
      summary: 'a member that hands all it has to a new host',
      helpValue: 'OLD=NEW',
      multiple: true,
    }),
    locations: Flags.boolean({
      summary: "stage the inventory's locations of new hosts (or not)",
      allowNo: true,
    }),
    'from-snapshot': Flags.string({
      summary: 'plan on a file written by snapshot; asks no host',
      helpValue: 'FILE',
    }),
    out: Flags.string({summary: 'write the plan to a file, for apply', helpValue: 'FILE'}),
    format: Flags.option({
      summary: 'how it is printed; see also: ringup report',
      options: ['text', 'markdown', 'html', 'svg', 'json'] as const,
      default: 'text',
    })(),
    partitions: Flags.boolean({summary: 'list every partition'}),
    order: Flags.boolean({summary: 'look for other ways when a disk would get too full'}),
    ...acceptFlags,
    ...joinFlags,
    'detailed-exitcode': Flags.boolean({summary: 'exit 2 when there are changes'}),
  }

  private tellsChanges = false

  async run(): Promise<PlanReport> {
    const {flags} = await this.parse(Plan)
    const context = await this.open(flags)
    const [{dryRun, planReported, refuseUnfit}, {writePlan}, {refuseOther}] = await Promise.all([
      import('../src/actions/plan.ts'),
      import('../src/state/plan-file.ts'),
      import('../src/state/write-whole.ts'),
    ])
    const {add, leave, replace, locations, order, out} = flags
    if (out !== undefined) refuseOther(out, 'plan')
    const request = {
      ...planWishes(flags),
      add,
      leave,
      replace: replace?.map(pairOf),
      locations,
      order,
      fromSnapshot: flags['from-snapshot'],
      letPass: flags['skip-check'],
    }
    const found = await dryRun(context, request)
    await this.show(found, flags)
    if (out !== undefined) writePlan(out, found.plan)
    await refuseUnfit(context, found, request)
    this.tellsChanges = flags['detailed-exitcode']
    return planReported(found)
  }

  protected override exitCode({changes}: PlanReport): number {
    return this.tellsChanges && changes.length > 0 ? exitCodes.changesPending : exitCodes.done
  }

  private async show(
    {plan, order}: DryRun,
    {format, partitions}: {readonly format: ReportFormat; readonly partitions: boolean},
  ): Promise<void> {
    const {stdoutLook} = await import('../src/cli/terminal.ts')
    if (format === 'text') {
      const {planReport} = await import('../src/report/plan/plan-text.ts')
      this.print(planReport(plan, {look: stdoutLook(), partitions}))
    } else {
      const {printReport} = await import('../src/cli/print-report.ts')
      await printReport(this, {kind: 'plan', plan}, {format})
    }
    if (!order) return
    const {orderText} = await import('../src/report/plan/order-text.ts')
    this.print(orderText(order, stdoutLook()))
  }
}

function pairOf(text: string): {readonly old: string; readonly fresh: string} {
  const match = /^([^=]+)=([^=]+)$/.exec(text)
  if (match) return {old: match[1]!, fresh: match[2]!}
  throw new OpsError('usage', `--replace ${text} is not OLD=NEW`, {
    hint: 'name the old host first, as --replace r03=r12',
  })
}
