import {Args} from '@oclif/core'
import type {RunReport} from '../src/cli/carry-out.ts'
import {applyFlags, inventoryFlag, RingupCommand} from '../src/cli/command.ts'

export default class Add extends RingupCommand {
  static override summary = 'Add hosts to the ring: plan, ask, carry out, watch to the end'
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
  static override flags = {inventory: inventoryFlag, ...applyFlags}

  async run(): Promise<RunReport | object> {
    const {argv, flags} = await this.parse(Add)
    const [{needConfirmation}, {requestPlan}, {approveAndRun}] = await Promise.all([
      import('../src/cli/confirm.ts'),
      import('../src/cli/plan-request.ts'),
      import('../src/cli/approve.ts'),
    ])
    needConfirmation(flags.yes, 'add')
    const session = await this.open(flags.inventory)
    const {plan, notes} = await requestPlan(session, {add: argv as string[]})
    for (const note of notes) this.say(note)
    if (plan.changes.length === 0) {
      this.print('nothing to do\n')
      return {schema: 'ringup/run/1', outcome: 'done', cluster: plan.cluster, message: 'nothing to do', notes}
    }
    return approveAndRun(this, session, plan, {...flags, command: 'add', title: `add ${argv.join(' ')}`})
  }
}
