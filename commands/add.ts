import {Args} from '@oclif/core'
import {RingupCommand} from '../src/cli/command.ts'
import {acceptFlags, applyFlags, hostFlags, joinFlags} from '../src/cli/flags.ts'
import type {NothingToDo, RunReport} from '../src/execute/carry-out.ts'

export default class Add extends RingupCommand {
  static override summary = 'Add hosts to the ring: plan, ask, carry out, watch to the end'
  static override readonly changes = 'cluster'
  static override description =
    'The same as plan and apply in one. Hosts that are members already are left out, so it can be run again.'
  static override examples = [
    '<%= config.bin %> add r06 r07 r08',
    '<%= config.bin %> add r06 --yes --reason "OPS-1432"',
  ]
  static override strict = false
  static override args = {
    host: Args.string({required: true, description: 'hosts of the inventory, one or more'}),
  }
  static override flags = {...hostFlags, ...applyFlags, ...joinFlags, ...acceptFlags}

  async run(): Promise<RunReport | NothingToDo> {
    const {argv, flags} = await this.parse(Add)
    const {planAndRun} = await import('../src/cli/plan-and-run.ts')
    return planAndRun(this, 'add', flags, {add: argv as string[], title: `add ${argv.join(' ')}`})
  }
}
