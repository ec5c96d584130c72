/** What `runs resume`, `runs close` and `abandon` say of a run that is over already. */
import {overText} from '../report/run/run-text.ts'
import {type FoundRun, type RunIsOver, runIsOver} from '../state/runs.ts'
import type {RingupCommand} from './command.ts'

export function sayOver(command: RingupCommand, found: FoundRun, message: string): RunIsOver {
  command.print(overText(found.state, message))
  return runIsOver(found)
}
