/** Plans as files: written whole, read back only as they were written. */
import {parseJson} from '../bounded-json.ts'
import {OpsError} from '../errors.ts'
import {hasItsDigest} from '../plan/canonical.ts'
import {type Plan, planText} from '../plan/plan.ts'
import {accepts} from '../plan/risks.ts'
import {planSchema} from '../plan/schema.ts'
import {mostBytes, readText} from '../read-text.ts'
import {ringProblems} from '../ring/ring-problems.ts'
import {wrongField} from '../snapshot/wrong-field.ts'
import {writableName, writeWhole} from './write-whole.ts'

export const writePlan = (file: string, plan: Plan): void => writeWhole(file, planText(plan), 'plan')

/** Throws an `OpsError` for a file that is no plan, or one that was changed after it was made. */
export function readPlan(file: string): Plan {
  const {hint} = again(file)
  return parsePlan(readText(file, {what: 'the plan', most: mostBytes.document, hint}), file)
}

const again = (file: string): {readonly hint: string} => ({
  hint: `make one: ringup plan --add HOST,... --out ${writableName(file, 'plan', 'grow.json')}`,
})

/** Throws an `OpsError` for text that is no plan, or one that was changed after it was made. */
export function parsePlan(text: string, file: string): Plan {
  const hinted = again(file)
  let value: unknown
  try {
    value = parseJson(text)
  } catch (error) {
    throw new OpsError('usage', `${file} is not a plan: ${(error as Error).message}`, hinted)
  }
  if ((value as Plan | null)?.schema !== 'ringup/plan/1')
    throw new OpsError('usage', `${file} is not a plan that this ringup knows`, hinted)
  const parsed = planSchema.safeParse(value)
  if (!parsed.success)
    throw new OpsError('usage', `${file} is not a plan: ${wrongField(parsed.error.issues)}`, hinted)
  const plan: Plan = parsed.data
  if (!hasItsDigest(plan))
    throw new OpsError('usage', `${file} was changed after it was made: its digest does not fit`, hinted)
  const unseen = plan.accepted.find(id => !accepts(plan, id))
  if (unseen !== undefined)
    throw new OpsError(
      'usage',
      `${file} accepts ${unseen}, but has no risk of that name that may be accepted: ringup writes no such plan`,
      hinted,
    )
  const [problem] = ringProblems({...plan.base, partitions: plan.ring.partitions, pending: []})
  if (problem)
    throw new OpsError('usage', `${file} is not a plan: base.${problem.field}: ${problem.problem}`, hinted)
  return plan
}
