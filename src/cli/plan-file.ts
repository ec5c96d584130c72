/** Plans as files: written whole, read back only as they were written. */
import {readFileSync} from 'node:fs'
import {OpsError} from '../errors.ts'
import {digestOf} from '../plan/canonical.ts'
import {type Plan, planText} from '../plan/plan.ts'
import {blockingRisks} from '../plan/risks.ts'
import {writeWhole} from './write-whole.ts'

export const writePlan = (file: string, plan: Plan): void => writeWhole(file, planText(plan))

/** Throws an `OpsError` for a file that is no plan, or one that was changed after it was made. */
export function readPlan(file: string): Plan {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new OpsError('usage', `the plan ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
      hint: `make one: ringup plan --add HOST,... --out ${file}`,
      cause: error,
    })
  }
  return parsePlan(text, file)
}

/** Throws an `OpsError` for text that is no plan, or one that was changed after it was made. */
export function parsePlan(text: string, file: string): Plan {
  const again = {hint: `make it again: ringup plan --add HOST,... --out ${file}`}
  let plan: Plan
  try {
    plan = JSON.parse(text) as Plan
  } catch (error) {
    throw new OpsError('usage', `${file} is not a plan: ${(error as Error).message}`, again)
  }
  if (plan?.schema !== 'ringup/plan/1')
    throw new OpsError('usage', `${file} is not a plan that this ringup knows`, again)
  const {digest, ...content} = plan
  if (digestOf(content) !== digest)
    throw new OpsError('usage', `${file} was changed after it was made: its digest does not fit`, again)
  return plan
}

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
