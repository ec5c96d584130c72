/** A batch that takes longer than growth can wait for, and clusters too large for a full mesh. */
import type {Forecast} from '../forecast/forecast.ts'
import type {PlannedChanges} from '../ring/changes.ts'
import {day, formatBytes, formatDuration} from '../units.ts'
import type {Risk} from './risk.ts'

/** Every node talks to every other: Riak's own advice is to stay below about 100, and to look from 60 on. */
const largeCluster = 60

export function timeRisks(
  {time, ingestPerDay, stuck}: Forecast,
  {final, transitions}: PlannedChanges,
): Risk[] {
  const risks: Risk[] = []
  if (stuck > 0)
    risks.push({
      id: 'handoff-stuck',
      level: 'block',
      value: `${stuck} transfers could never begin with the limits as they are`,
      limit: 'a handoff that ends',
      fix: 'look at the limits: ringup status',
      acceptable: true,
    })
  if (time !== null && ingestPerDay !== null && time.p90 > day)
    risks.push({
      id: 'ingest',
      level: 'warn',
      value: `${formatBytes(ingestPerDay)} come in a day, and this batch may take ${formatDuration(time.p90)}: the next day's batch would have to wait`,
      limit: 'a batch that has settled within a day',
      fix: 'higher limits, or fewer nodes at once: see ringup grow plan',
      acceptable: true,
    })
  const present = (members: PlannedChanges['final']['members']): number =>
    members.filter(({status}) => status !== 'invalid' && status !== 'exiting').length
  const nodes = present(final.members)
  if (nodes > largeCluster && transitions.length > 0)
    risks.push({
      id: 'large-cluster',
      level: 'warn',
      value: `${nodes} nodes, each connected with every other: ${(nodes * (nodes - 1)) / 2} connections`,
      limit: `${largeCluster} nodes`,
      fix: 'watch gossip and the distribution buffers (riak admin stat), or split by use into two clusters',
      acceptable: true,
    })
  return risks
}
