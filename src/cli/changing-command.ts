/** What `add`, `leave` and `replace` share: a plan that is carried out at once. */
import type {PlanRequest} from '../actions/plan-request.ts'
import type {NothingToDo, RunReport} from '../execute/carry-out.ts'
import {RingupCommand} from './command.ts'
import {needConfirmation} from './confirm.ts'
import {planWishes, runWishes} from './flags.ts'

type Flags = Parameters<RingupCommand['open']>[0] &
  Parameters<typeof runWishes>[0] &
  Parameters<typeof planWishes>[0] & {readonly yes: boolean}

export abstract class ChangingCommand extends RingupCommand {
  protected async planAndRun(
    name: string,
    flags: Flags,
    change: PlanRequest,
    title: string,
  ): Promise<RunReport | NothingToDo> {
    needConfirmation(flags.yes, name)
    const context = await this.open(flags)
    const {planAndRun} = await import('../actions/apply.ts')
    const request = {...change, ...planWishes(flags)}
    const report = await planAndRun(context, request, {...runWishes(flags), title})
    if ('notes' in report) this.print('nothing to do\n')
    return report
  }
}
