/** Ids of risks and checks in flags: one that is not known is refused before any host is asked. */
import {OpsError} from '../errors.ts'
import {nearest} from '../nearest.ts'

export type IdFlags = {
  readonly accept?: readonly string[] | undefined
  readonly 'skip-check'?: readonly string[] | undefined
}

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
export async function refuseUnknownIds({accept = [], 'skip-check': skip = []}: IdFlags): Promise<void> {
  if (accept.length > 0) refuseUnknown('risk', accept, (await import('../plan/risk.ts')).riskIds)
  if (skip.length === 0) return
  const {allChecks} = await import('../check/run-checks.ts')
  refuseUnknown(
    'check',
    skip,
    allChecks.map(({id}) => id),
  )
}
