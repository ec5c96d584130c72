/** What `add`, `leave` and `replace` share: a plan that is carried out at once. */
import type {PlanRequest} from '../actions/plan-request.ts'
import type {NothingToDo, RunReport} from '../execute/carry-out.ts'
import type {RingupCommand} from './command.ts'
import {needConfirmation} from './confirm.ts'
import {planWishes, runWishes} from './flags.ts'

type Flags = Parameters<RingupCommand['open']>[0] &
  Parameters<typeof runWishes>[0] &
  Parameters<typeof planWishes>[0] & {readonly yes: boolean}

/** @param name of the command, as it was called */
export async function planAndRun(
  command: RingupCommand,
  name: string,
  flags: Flags,
  {title, ...change}: PlanRequest & {readonly title: string},
): Promise<RunReport | NothingToDo> {
  needConfirmation(flags.yes, name)
  const context = await command.open(flags)
  const actions = await import('../actions/apply.ts')
  const request = {...change, ...planWishes(flags)}
  const report = await actions.planAndRun(context, request, {...runWishes(flags), title})
  if ('notes' in report) command.print('nothing to do\n')
  return report
}
