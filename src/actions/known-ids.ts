/** Ids of risks and checks: one that is not known is refused before any host is asked. */
import {OpsError} from '../errors.ts'
import {nearest} from '../nearest.ts'

/** Throws an `OpsError` (exit 64) that suggests the id that was meant. */
export function refuseUnknown(
  what: 'check' | 'risk',
  ids: readonly string[],
  known: readonly string[],
): void {
  const unknown = ids.find(id => !known.includes(id))
  if (unknown === undefined) return
  const near = nearest(unknown, known)
  throw new OpsError('usage', `there is no ${what} ${unknown}`, {
    hint: near ? `did you mean ${near}?` : `there are: ${known.join(', ')}`,
  })
}

/** Throws an `OpsError` (exit 64) for an id that no risk or check has. */
export async function refuseUnknownIds({
  risks = [],
  checks = [],
}: {
  readonly risks?: readonly string[] | undefined
  readonly checks?: readonly string[] | undefined
}): Promise<void> {
  if (risks.length > 0) refuseUnknown('risk', risks, (await import('../plan/risk.ts')).riskIds)
  if (checks.length === 0) return
  const {allChecks} = await import('../check/run-checks.ts')
  refuseUnknown(
    'check',
    checks,
    allChecks.map(({id}) => id),
  )
}
