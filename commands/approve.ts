import {Args, Flags} from '@oclif/core'
import type {ApprovalReport} from '../src/actions/approve.ts'
import {RingupCommand} from '../src/cli/command.ts'
import {applyFlags, hostFlags} from '../src/cli/flags.ts'

export default class Approve extends RingupCommand {
  static override summary = 'Record that you approve a plan that another login is to apply'
  static override readonly changes = 'remembered'
  static override description =
    'Shows the plan, and keeps your approval of its digest on hosts of the cluster, under your login there. Where growth.approvals of the inventory is 2, apply refuses a plan without the approval of one other login.'
  static override examples = [
    '<%= config.bin %> approve grow.json',
    '<%= config.bin %> approve grow.json --yes --reason "looked at, OPS-1432"',
  ]
  static override args = {
    plan: Args.string({required: true, description: 'file written by: ringup plan --out'}),
  }
  static override flags = {
    ...hostFlags,
    yes: applyFlags.yes,
    reason: Flags.string({summary: 'why, kept with it', helpValue: 'TEXT'}),
  }

  async run(): Promise<ApprovalReport> {
    const {args, flags} = await this.parse(Approve)
    const context = await this.open(flags)
    const [{readPlan}, {approvePlan}] = await Promise.all([
      import('../src/state/plan-file.ts'),
      import('../src/actions/approve.ts'),
    ])
    const plan = readPlan(args.plan)
    context.ask.needed('approve')
    const report = await approvePlan(context, plan, flags)
    this.print(
      `approved: ${report.digest}, kept on ${report.hosts.join(', ')}; it counts for an apply by another login of the hosts than yours\n`,
    )
    return report
  }
}
