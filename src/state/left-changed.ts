/** Limits that ringup has changed and not brought back: known to every command that reaches the cluster. */

import type {Inventory} from '../inventory/inventory.ts'
import {identityOf} from '../ring/identity.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {formatMoment} from '../units.ts'
import {processHere} from './process-here.ts'
import {stateDir} from './state-dir.ts'
import {readThrottle, type ThrottleRecord, type Whose} from './throttle.ts'

/** The process that changed them is another one, runs here, and goes on. */
export const isAlive = (by: Pick<ThrottleRecord, 'host' | 'pid'>): boolean =>
  by.pid !== process.pid && processHere(by) === 'there'

/**
 * What to say of limits that were left changed; undefined: there are none, or somebody still sees to them. The ring is
 * not asked yet: they are told by their nodes.
 */
export function leftChanged({cluster, hosts}: Inventory): string | undefined {
  let record: ThrottleRecord | undefined
  try {
    record = readThrottle(stateDir(), {
      name: 'unknown',
      members: hosts.map(({node}) => node),
      label: cluster,
    })
  } catch (error) {
    return `what limits of ${cluster} were before ringup changed them cannot be read (${(error as Error).message}): look at them: ringup throttle show`
  }
  if (!record || isAlive(record)) return undefined
  const ended = record.command === 'throttle auto' ? ', which ended without bringing them back' : ''
  return `limits of ${cluster} are not as they were: changed by ${record.command} at ${formatMoment(record.since)}${ended}. Bring them back: ringup throttle restore`
}

/** Whose limits they are: the ring's that was read, whatever the inventory calls it. */
export const whoseLimits = (
  {inventory: {cluster}}: {readonly inventory: Pick<Inventory, 'cluster'>},
  snapshot: Snapshot,
): Whose => ({
  ...identityOf(snapshot),
  label: cluster,
})
