import {Args} from '@oclif/core'
import {RingupCommand} from '../src/cli/command.ts'
import {acceptFlags, applyFlags, hostFlags} from '../src/cli/flags.ts'
import type {NothingToDo, RunReport} from '../src/execute/carry-out.ts'

export default class Leave extends RingupCommand {
  static override summary = 'Let members hand off all they have and leave'
  static override readonly changes = 'cluster'
  static override description =
    'The same steps as add: plan, ask, stage, compare with the plan of Riak, commit once, watch. Waits until each of them has left and its Riak has stopped by itself. No more at once than growth.perDay of the inventory, one by default.'
  static override examples = [
    '<%= config.bin %> leave r03',
    '<%= config.bin %> leave r03 r04 --yes --reason "OPS-1502"',
  ]
  static override strict = false
  static override args = {
    host: Args.string({required: true, description: 'hosts of the inventory, one or more'}),
  }
  static override flags = {...hostFlags, ...applyFlags, ...acceptFlags}

  async run(): Promise<RunReport | NothingToDo> {
    const {argv, flags} = await this.parse(Leave)
    const {planAndRun} = await import('../src/cli/plan-and-run.ts')
    return planAndRun(this, 'leave', flags, {leave: argv as string[], title: `leave ${argv.join(' ')}`})
  }
}
