import {basename} from 'node:path'
import {Args, Flags} from '@oclif/core'
import type {StepsReport} from '../src/actions/apply.ts'
import {RingupCommand} from '../src/cli/command.ts'
import {applyFlags, hostFlags, joinFlags, runWishes} from '../src/cli/flags.ts'
import type {RunReport} from '../src/execute/carry-out.ts'

export default class Apply extends RingupCommand {
  static override summary = 'Carry out exactly this plan'
  static override readonly changes = 'cluster'
  static override description =
    'Reads the ring again and refuses when it is not the one the plan was made on; starts the new nodes, stages their joins, lets Riak plan, compares that with the plan to the transfer, commits once, watches until settled, and verifies every owner.'
  static override examples = [
    '<%= config.bin %> apply grow.json',
    '<%= config.bin %> apply grow.json --yes --expect sha256:1f3a... --reason "OPS-1432"',
  ]
  static override args = {
    plan: Args.string({required: true, description: 'file written by: ringup plan --out'}),
  }
  static override flags = {
    ...hostFlags,
    ...applyFlags,
    ...joinFlags,
    steps: Flags.boolean({summary: 'print what would be done, step by step, and do nothing'}),
    expect: Flags.string({summary: 'refuse a plan with another digest', helpValue: 'DIGEST'}),
  }

  async run(): Promise<RunReport | StepsReport> {
    const {args, flags} = await this.parse(Apply)
    const context = await this.open(flags)
    const [{readPlan}, {approveAndRun, listSteps}] = await Promise.all([
      import('../src/state/plan-file.ts'),
      import('../src/actions/apply.ts'),
    ])
    const plan = readPlan(args.plan)
    const approval = {...runWishes(flags), expect: flags.expect, title: `apply ${basename(args.plan)}`}
    if (flags.steps) return listSteps(context, plan, approval)
    context.ask.needed('apply')
    return approveAndRun(context, plan, approval)
  }
}
