/** What every use-case is given: the hosts, and somebody to talk to. It knows no terminal, no flag and no exit code. */

import type {RunReport} from '../execute/carry-out.ts'
import type {Fleet} from '../fleet/fleet.ts'
import type {Plan} from '../plan/plan.ts'
import type {Stage} from '../watch/stage.ts'
import type {Status} from '../watch/status.ts'

/** What whoever asked is to see before the use-case goes on. */
export type Shown =
  /** a plan that is about to be approved; in brief where nobody is asked */
  | {readonly kind: 'plan'; readonly plan: Plan; readonly brief: boolean}
  /** what will be done, in order */
  | {readonly kind: 'steps'; readonly titles: readonly string[]}
  /** a run that came to its end */
  | {readonly kind: 'run'; readonly report: RunReport}
  /** a reading of a cluster that is watched; news: something has changed, or it was quiet for long */
  | {readonly kind: 'reading'; readonly status: Status; readonly news: boolean}

/** Somebody who is asked before anything is changed. */
export type Asking = {
  /** yes was said beforehand: nobody is asked */
  readonly isGiven: boolean
  /** Throws an `OpsError` (exit 64) where nobody is there who could be asked. @param command as it was called */
  readonly needed: (command: string) => void
  /** Throws an `OpsError` (exit 130) unless the answer is yes. */
  readonly confirm: (question: string) => Promise<void>
}

export type Talk = Stage & {
  readonly show: (shown: Shown) => Promise<void>
  readonly ask: Asking
  /** of ringup */
  readonly version: string
}

export type Context = Talk & {readonly fleet: Fleet}
