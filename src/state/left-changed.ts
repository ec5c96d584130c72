/** Limits that ringup has changed and not brought back: by whichever machine, known to every command that reaches the cluster. */

import type {Inventory} from '../inventory/inventory.ts'
import type {Memory} from '../records/memory.ts'
import {type ClusterIdentity, identityOf, sameCluster} from '../ring/identity.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {formatMoment} from '../units.ts'
import {type KeptLimits, keptLimits} from './limits-chain.ts'
import {processHere} from './process-here.ts'
import {stateDir} from './state-dir.ts'
import {ownerOf, readThrottle, type ThrottleRecord, type Whose} from './throttle.ts'

export type ChangedLimits = {
  readonly record: ThrottleRecord
  /** as hosts tell it; undefined: this machine alone knows */
  readonly kept: KeptLimits | undefined
}

/** Two hosts tell that they were brought back, from another machine than this one. */
const isSurelyOver = ({isOver, isSure}: KeptLimits): boolean => isOver && isSure

/** What is changed, here or as hosts tell: the oldest, which knows how it was at first. Undefined: nothing is, as far as is known. */
export function changedLimits(
  whose: Whose,
  memory: Memory,
  isOver: (kept: KeptLimits) => boolean = isSurelyOver,
): ChangedLimits | undefined {
  const told = keptLimits(memory).filter(({record}) => sameCluster(ownerOf(record), whose))
  const here = readThrottle(stateDir(), whose)
  const kept = told.find(({id}) => id === here?.id)
  const all = [
    ...(here && !(kept && isOver(kept)) ? [{record: here, kept}] : []),
    ...told.filter(one => !one.isOver && one.id !== here?.id).map(one => ({record: one.record, kept: one})),
  ]
  return all.sort((a, b) => a.record.since - b.record.since)[0]
}

/** seconds: `throttle auto` is heard of each time it decides */
const decisions = 300

/** The process that changed them is another one, and goes on, here or elsewhere. */
export function isAlive({record, kept}: ChangedLimits): boolean {
  if (record.pid === process.pid && kept === undefined) return false
  const seen = processHere(kept?.by ?? record)
  if (seen !== 'unknown') return seen === 'there' && record.pid !== process.pid
  return record.command === 'throttle auto' && kept?.silent !== undefined && kept.silent < decisions
}

/** What to say of limits that were left changed; undefined: there are none, or somebody still sees to them. */
export function leftChanged(
  {cluster, hosts}: Inventory,
  memory: Memory,
  snapshot: Snapshot | undefined,
): string | undefined {
  // where no member has told the ring's name, they are told by their nodes
  const unnamed: ClusterIdentity = {name: 'unknown', members: hosts.map(({node}) => node)}
  let changed: ChangedLimits | undefined
  try {
    const whose = {...(snapshot ? identityOf(snapshot) : unnamed), label: cluster}
    // a command that looks asks one host, as a rule: its word is enough to be silent
    changed = changedLimits(whose, memory, ({isOver}) => isOver)
  } catch (error) {
    return `what limits of ${cluster} were before ringup changed them cannot be read (${(error as Error).message}): look at them: ringup throttle show`
  }
  if (!changed || isAlive(changed)) return undefined
  const {record, kept} = changed
  const ended = record.command === 'throttle auto' ? ', which ended without bringing them back' : ''
  const who = kept ? ` of ${kept.by.user} on ${kept.by.host}` : ''
  return `limits of ${cluster} are not as they were: changed by ${record.command}${who} at ${formatMoment(record.since)}${ended}. Bring them back: ringup throttle restore`
}

/** Whose limits they are: the ring's that was read, whatever the inventory calls it. */
export const whoseLimits = (
  {inventory: {cluster}}: {readonly inventory: Pick<Inventory, 'cluster'>},
  snapshot: Snapshot,
): Whose => ({
  ...identityOf(snapshot),
  label: cluster,
})
