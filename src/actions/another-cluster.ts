/** Whether a plan or a run is of the cluster that the inventory leads to. */
import {OpsError} from '../errors.ts'
import type {Fleet} from '../fleet/fleet.ts'
import {type Plan, planIdentity} from '../plan/plan.ts'
import {identityOf, identityText, sameCluster} from '../ring/identity.ts'
import type {Snapshot} from '../ring/snapshot.ts'

/** Throws an `OpsError` (exit 4). What a cluster is called here does not count, unless Riak's own name is not known. */
export function refuseAnotherCluster(what: string, plan: Plan, {inventory}: Fleet, snapshot: Snapshot): void {
  const [wanted, found] = [planIdentity(plan), identityOf(snapshot)]
  const isNamed = wanted.name !== 'unknown' && found.name !== 'unknown'
  if (sameCluster(wanted, found) && (isNamed || plan.cluster === inventory.cluster)) return
  throw new OpsError(
    'stale',
    `${what} is for another cluster: ${plan.cluster}, ${identityText(wanted)}; ${inventory.file} leads to ${inventory.cluster}, ${identityText(found)}`,
    {hint: 'name the right inventory: -i FILE'},
  )
}
