import {Args} from '@oclif/core'
import {RingupCommand} from '../src/cli/command.ts'
import {acceptFlags, applyFlags, hostFlags, joinFlags} from '../src/cli/flags.ts'
import type {NothingToDo, RunReport} from '../src/execute/carry-out.ts'

export default class Replace extends RingupCommand {
  static override summary = 'Let a member hand all it has to a new host, and leave'
  static override readonly changes = 'cluster'
  static override description =
    'One copy of the data moves, where leave and add would move about two. The old host comes first.'
  static override examples = ['<%= config.bin %> replace r03 r12', '<%= config.bin %> replace r03 r12 --yes']
  static override args = {
    old: Args.string({required: true, description: 'the member that goes'}),
    new: Args.string({required: true, description: 'the host that takes its place'}),
  }
  static override flags = {...hostFlags, ...applyFlags, ...joinFlags, ...acceptFlags}

  async run(): Promise<RunReport | NothingToDo> {
    const {args, flags} = await this.parse(Replace)
    const {planAndRun} = await import('../src/cli/plan-and-run.ts')
    return planAndRun(this, 'replace', flags, {
      replace: [{old: args.old, fresh: args.new}],
      title: `replace ${args.old} by ${args.new}`,
    })
  }
}
