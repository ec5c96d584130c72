/** A plan made, shown, kept in a file, and held against what a check of the new hosts finds. Only reads. */
import type {Plan} from '../plan/plan.ts'
import {planReport} from '../report/plan-text.ts'
import type {RingupCommand} from './command.ts'
import {refuseBlocked, writePlan} from './plan-file.ts'
import {type PlanRequest, requestPlan} from './plan-request.ts'
import {preflight} from './preflight.ts'
import type {Session} from './session.ts'
import {stdoutLook} from './terminal.ts'

type DryRunFlags = Omit<PlanRequest, 'fromSnapshot'> & {
  readonly 'from-snapshot'?: string | undefined
  readonly out?: string | undefined
  readonly partitions: boolean
  readonly 'skip-check'?: readonly string[] | undefined
}

/** Throws an `OpsError` (exit 3) for a plan that is blocked, and for new hosts that fail a check. */
export async function dryRun(command: RingupCommand, session: Session, flags: DryRunFlags): Promise<Plan> {
  const fromSnapshot = flags['from-snapshot']
  const {plan, snapshot, notes} = await requestPlan(session, {...flags, fromSnapshot})
  for (const note of notes) command.say(note)
  command.print(planReport(plan, {look: stdoutLook(), partitions: flags.partitions}))
  if (flags.out !== undefined) writePlan(flags.out, plan)
  refuseBlocked(plan)
  // a file says nothing of the hosts as they are now
  if (fromSnapshot === undefined)
    await preflight(session, plan, {
      thorough: false,
      snapshot,
      letPass: flags['skip-check'],
      say: text => command.say(text),
    })
  return plan
}
