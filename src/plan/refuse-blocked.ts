import {OpsError} from '../errors.ts'
import type {Plan} from './plan.ts'
import {blockingRisks} from './risks.ts'

/** Throws an `OpsError` (exit 3) when a risk blocks the plan. */
export function refuseBlocked(plan: Plan, facts: Readonly<Record<string, unknown>> = {}): void {
  const blocking = blockingRisks(plan)
  const [first] = blocking
  if (!first) return
  throw new OpsError(
    'refused',
    `the plan is blocked: ${blocking.map(({id, value}) => `${id}: ${value}`).join('; ')}`,
    {
      hint: first.acceptable ? `${first.fix}; or accept it: --accept ${first.id}` : first.fix,
      facts: {risks: blocking, plan, ...facts},
    },
  )
}
