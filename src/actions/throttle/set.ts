/** Limits set. What is changed is on disk before it is changed. */
import {OpsError} from '../../errors.ts'
import {changeLimits} from '../../execute/change-limits.ts'
import {changeText, limitChanges, limitsOf, silentMembers} from '../../execute/limits.ts'
import type {Host} from '../../inventory/inventory.ts'
import {memberNodes, type Snapshot} from '../../ring/snapshot.ts'
import {counted} from '../../units.ts'
import type {Context} from '../context.ts'
import {keepOriginals, keptBefore, refuseKilling} from './originals.ts'
import {type LimitsReport, limitsReport} from './show.ts'

export type SetRequest = {
  /** hosts; none: every member */
  readonly hosts: readonly string[]
  readonly node?: number | undefined
  readonly cluster?: number | undefined
  readonly inbound?: boolean | undefined
  readonly outbound?: boolean | undefined
  readonly killTransfers: boolean
}

export async function setLimits({fleet, say, ask}: Context, request: SetRequest): Promise<LimitsReport> {
  const {hosts, node, cluster, inbound, outbound, killTransfers} = request
  if ([node, cluster, inbound, outbound].every(value => value === undefined))
    throw new OpsError('usage', 'what is to be set is not said', {
      hint: 'say it: --node-limit 4, --cluster-limit 16, --no-inbound',
    })
  ask.needed('throttle set')
  const [{snapshot}] = await Promise.all([fleet.ask(), fleet.remember()])
  // also where a limit is as asked already: who holds it will change it again
  keptBefore(fleet, snapshot)
  const named = fleet.hostsNamed(hosts)
  refuseUnknown(named, snapshot)
  const chosen = named.length === 0 ? undefined : new Set(named.map(({node: name}) => name))
  const now = limitsOf(snapshot)
  const wanted = now
    .filter(({node: name}) => chosen === undefined || chosen.has(name))
    .map(({node: name}) => ({
      node: name,
      ...(node === undefined ? {} : {transferLimit: node}),
      ...(cluster === undefined ? {} : {clusterLimit: cluster}),
      ...(inbound === undefined ? {} : {inbound}),
      ...(outbound === undefined ? {} : {outbound}),
    }))
  const changes = limitChanges(now, wanted)
  if (changes.length === 0) {
    say('limits already match')
    return limitsReport(fleet, snapshot, [])
  }
  refuseKilling(changes, snapshot, killTransfers)
  for (const change of changes) say(changeText(change))
  await ask.confirm(`Change ${counted(changes.length, 'limit')} on ${fleet.inventory.cluster}?`)
  await keepOriginals(fleet, 'throttle set', snapshot, say)
  const after = await changeLimits(fleet, snapshot, changes)
  return limitsReport(fleet, after, changes.map(changeText))
}

/** Throws an `OpsError` for named hosts whose limits cannot be set: exit 3 for one that is no member, exit 6 for a silent one. */
function refuseUnknown(named: readonly Host[], snapshot: Snapshot): void {
  const members = memberNodes(snapshot.ring)
  const stranger = named.find(({node}) => !members.has(node))
  if (stranger)
    throw new OpsError(
      'refused',
      `${stranger.name} is not a member (${stranger.node}): there are no limits of it to set`,
      {hint: 'see the members: ringup throttle show'},
    )
  const silent = new Set(silentMembers(snapshot))
  const away = named.filter(({node}) => silent.has(node))
  if (away.length > 0)
    throw new OpsError(
      'unreachable',
      `${away.map(({name, node}) => `${name} (${node})`).join(', ')} did not tell its limits, so nothing was set on any host`,
      {
        hint: `see whether Riak runs there: ringup exec ${away[0]!.name} -- ${away[0]!.riak.command.join(' ')} ping`,
      },
    )
}

/** Throws an `OpsError` (exit 7) where all members were meant and some could not be told. */
export function refuseSilent(report: LimitsReport, {hosts}: Pick<SetRequest, 'hosts'>): void {
  const {silent, limits} = report
  if (silent.length === 0 || hosts.length > 0) return
  throw new OpsError(
    'partlyDone',
    `limits are as asked on ${limits.length} of ${counted(limits.length + silent.length, 'member')}; ${silent.join(', ')} did not tell its limits, and nothing was set there`,
    {
      hint: 'when it answers again, the same command once more; it may have forgotten its limits: ringup throttle show',
      facts: {silent, report},
    },
  )
}
