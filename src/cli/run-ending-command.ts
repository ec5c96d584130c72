/** What `runs resume`, `runs close` and `abandon` share: a run that is over already. */
import type {FoundRun, RunIsOver} from '../state/runs.ts'
import {RingupCommand} from './command.ts'

export abstract class RunEndingCommand extends RingupCommand {
  protected async isOver(found: FoundRun, message: string): Promise<RunIsOver> {
    const [{runIsOver}, {overText}] = await Promise.all([
      import('../state/runs.ts'),
      import('../report/run/run-text.ts'),
    ])
    this.print(overText(found.state, message))
    return runIsOver(found)
  }
}
