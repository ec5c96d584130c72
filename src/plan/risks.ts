/** What speaks against a plan. A `block` refuses it. */

import type {Forecast} from '../forecast/forecast.ts'
import {releaseLine} from '../riak/releases.ts'
import {minimumMoves} from '../ring/balance.ts'
import {type Change, type ClaimSettings, describeChange, type PlannedChanges} from '../ring/changes.ts'
import {
  copies,
  type NarrowPreflist,
  preflistsSharingLocations,
  preflistsSharingNodes,
} from '../ring/preflists.ts'
import type {NodeName} from '../ring/ring.ts'
import {ringFit} from '../ring/ring-fit.ts'
import {
  askedVersion,
  disagreeingMembers,
  presentMembers,
  type Snapshot,
  unreachableMembers,
} from '../ring/snapshot.ts'
import {counted} from '../units.ts'
import {diskRisks} from './disk-risks.ts'
import {limitRisks} from './limit-risks.ts'
import type {Risk, RiskId} from './risk.ts'
import {timeRisks} from './time-risks.ts'

export type Judged = {
  readonly snapshot: Snapshot
  readonly planned: PlannedChanges
  readonly asked: readonly Change[]
  readonly claim: ClaimSettings
  readonly forecast: Forecast
  /** share of a disk, 0 to 1, that must not be exceeded */
  readonly diskPeak: number
}

export function risksOf(judged: Judged): Risk[] {
  const {snapshot, planned, asked, claim, forecast, diskPeak} = judged
  return [
    ...blockersOf(snapshot, planned, asked),
    ...diskRisks(forecast, planned, diskPeak),
    ...ownerRisks(snapshot, planned, claim),
    ...claimRisks(snapshot, planned, claim),
    ...limitRisks(snapshot, planned),
    ...timeRisks(forecast, planned),
    ...versionRisks(snapshot),
  ]
}

/** Risks that refuse a plan: those at level block, but for the ones that may be accepted and are. */
export const blockingRisks = ({
  risks,
  accepted,
}: {
  readonly risks: readonly Risk[]
  readonly accepted: readonly string[]
}): Risk[] =>
  risks.filter(({level, id, acceptable}) => level === 'block' && !(acceptable && accepted.includes(id)))

/** Whether a risk is in the plan, may be accepted, and is: an id alone, without its risk, accepts nothing. */
export const accepts = (
  {risks, accepted}: {readonly risks: readonly Risk[]; readonly accepted: readonly string[]},
  id: string,
): boolean =>
  accepted.includes(id) && risks.some(risk => risk.id === id && risk.level === 'block' && risk.acceptable)

/** Copies must not come to share a node or a location where they did not before. */
function ownerRisks({ring}: Snapshot, {final}: PlannedChanges, {targetN}: ClaimSettings): Risk[] {
  const risks: Risk[] = []
  const compare = (
    id: RiskId,
    what: string,
    before: readonly NarrowPreflist[],
    after: readonly NarrowPreflist[],
    fix: string,
  ): void => {
    const known = new Set(before.map(({partitions}) => partitions[0]))
    const fresh = after.filter(({partitions}) => !known.has(partitions[0]))
    if (fresh.length === 0) return
    const value = `${counted(fresh.length, 'preflist')} of ${ring.partitions} would hold ${copies} copies on fewer ${what}, the first at partition ${fresh[0]!.partitions[0]}`
    risks.push({
      id,
      level: 'block',
      value,
      limit: `none that did not before (${before.length})`,
      fix,
      acceptable: false,
    })
  }
  const {owners, locations} = final
  compare(
    'replicas-on-one-node',
    'nodes',
    preflistsSharingNodes(ring.owners, copies),
    preflistsSharingNodes(owners, copies),
    'add another number of nodes',
  )
  if (Object.keys(ring.locations).length > 0)
    compare(
      'replicas-in-one-location',
      'locations',
      preflistsSharingLocations(ring.owners, ring.locations, copies),
      preflistsSharingLocations(owners, locations, copies),
      'spread the new nodes over the locations; locations need choose_claim_v4',
    )
  const narrow = (of: readonly NodeName[]): number => preflistsSharingNodes(of, targetN).length
  const [were, willBe] = [narrow(ring.owners), narrow(owners)]
  if (willBe > were)
    risks.push({
      id: 'target-n-val',
      level: 'warn',
      value: `${counted(willBe, 'preflist')} of ${ring.partitions} would have fewer than ${targetN} nodes`,
      limit: `no more than before (${were})`,
      fix: 'another number of nodes may give none: compare plans',
      acceptable: true,
    })
  return risks
}

/** Releases that ringup has not been shown to understand, and members of different ones. */
function versionRisks({nodes}: Snapshot): Risk[] {
  const versions = [...new Set(nodes.map(({version}) => version))].filter(version => version !== 'unknown')
  const strange = versions.filter(version => releaseLine(version) === undefined)
  const risks: Risk[] = []
  if (strange.length > 0)
    risks.push({
      id: 'version-unknown',
      level: 'block',
      value: `Riak ${strange.join(', ')}, which ringup has not been shown to understand`,
      limit: '2.0 to 2.9, 3.0, 3.2 or 3.4',
      fix: 'try it on a test cluster, then: --accept-version',
      acceptable: true,
    })
  if (versions.length > 1)
    risks.push({
      id: 'version-mix',
      level: 'warn',
      value: `members run ${versions.join(', ')}`,
      limit: 'one version',
      fix: 'finish the upgrade before you grow',
      acceptable: true,
    })
  return risks
}

/** Moving much more than must be. */
function claimRisks(
  snapshot: Snapshot,
  {transitions, final}: PlannedChanges,
  {targetN}: ClaimSettings,
): Risk[] {
  const risks: Risk[] = []
  const {ring} = snapshot
  if (snapshot.claim === 'unknown')
    risks.push({
      id: 'claim-unknown',
      level: 'block',
      value:
        snapshot.claimFunction === 'unknown'
          ? 'how the cluster claims cannot be read without riak eval: this plan is an estimate'
          : `the cluster claims by ${snapshot.claimFunction}, which ringup does not know: this plan is an estimate`,
      limit: 'v2, v3 or v4',
      fix: 'configure one of these, or accept an estimate that apply will compare with what Riak plans',
      acceptable: true,
    })
  const later = transitions.slice(1).reduce((sum, {transfers}) => sum + transfers.length, 0)
  const first = transitions[0]?.transfers.length ?? 0
  if (later > Math.max(first, ring.partitions / 4))
    risks.push({
      id: 'second-transition',
      level: 'block',
      value: `the first transition moves ${first} partitions, and later ones ${later} of ${ring.partitions}`,
      limit: 'later transitions that move less than the first',
      fix: 'with locations, use choose_claim_v4; without, leave the locations out',
      acceptable: true,
    })
  const nodes = final.members.filter(({status}) => status === 'valid').map(({node}) => node)
  const planned = first + later
  const minimum = nodes.length === 0 ? 0 : minimumMoves(ring.owners, nodes)
  if (planned > 2 * minimum && planned - minimum > ring.partitions / 8)
    risks.push({
      id: 're-diagonalisation',
      level: 'warn',
      value: `${planned} partitions move where ${minimum} would do`,
      limit: 'twice the fewest',
      fix: 'another number of nodes may move far fewer: compare plans',
      acceptable: true,
    })
  const {advice, better} = ringFit(ring.partitions, Math.max(1, nodes.length), {targetN})
  const faults = advice.filter(({level}) => level === 'warn')
  if (faults.length > 0)
    risks.push({
      id: 'ring-fit',
      level: 'warn',
      value: faults.map(({says}) => says).join(' '),
      limit: 'a ring that suits its nodes',
      fix:
        better === undefined
          ? 'no number of nodes nearby is better'
          : `${better.nodes} nodes would be better`,
      acceptable: true,
    })
  return risks
}

/**
 * Why nothing may be staged on this cluster now: something is staged already, a member is joining, leaving, exiting
 * or down, the ring is not agreed on, or ownership still moves.
 */
function blockersOf(snapshot: Snapshot, planned: PlannedChanges, asked: readonly Change[]): Risk[] {
  const risks: Risk[] = []
  const block = (id: RiskId, value: string, limit: string, fix: string, acceptable = false): void => {
    risks.push({id, level: 'block', value, limit, fix, acceptable})
  }
  const {ring} = snapshot
  const unreachable = unreachableMembers(snapshot)
  if (unreachable.length > 0)
    block(
      'member-unreachable',
      list(unreachable),
      'every member up and reachable',
      'bring them up: riak commits with a member down, ringup never does',
    )
  const unsettled = presentMembers(ring).filter(({status}) => status !== 'valid' && status !== 'joining')
  if (unsettled.length > 0)
    block(
      'member-not-valid',
      unsettled.map(({node, status}) => `${node} is ${status}`).join(', '),
      'every member valid',
      'wait: ringup watch --until settled',
    )
  if (snapshot.staged === 'unknown')
    block(
      'staged-unknown',
      'what is staged on the claimant cannot be read',
      'nothing staged',
      isTextOnly(snapshot)
        ? "Riak 2.x has no riak eval: accept it, and what Riak's own plan shows beside ours stops the commit"
        : `it takes riak eval on the claimant ${ring.claimant}: allow it (riak.eval), see that it answers, and ask again`,
      // joins stand in the ring; what else a run stages could be read nowhere
      isTextOnly(snapshot) && asked.every(({action}) => action === 'join'),
    )
  else if (snapshot.staged.length > 0)
    block(
      'staged',
      snapshot.staged.map(describeChange).join(', '),
      'nothing staged',
      'see whose it is: ringup runs list; a staged change is committed together with ours',
    )
  if (ring.pending.length > 0)
    block(
      'pending',
      `${counted(ring.pending.length, 'ownership transfer')} pending`,
      'none pending',
      'wait: ringup watch --until settled',
    )
  const disagree = disagreeingMembers(snapshot)
  const notReady = snapshot.nodes.filter(({ringReady}) => !ringReady).map(({node}) => node)
  if (disagree.length > 0 || notReady.length > 0)
    block(
      'ring-not-ready',
      list([...new Set([...disagree, ...notReady])]),
      'one ring on all members',
      'wait some seconds and look again: ringup status',
    )
  for (const refusal of planned.refused)
    block(
      'refused',
      `${describeChange(asked[refusal.position]!)}: ${refusal.reason.replaceAll('_', ' ')}`,
      'changes that riak accepts',
      'leave it out',
    )
  if (planned.crash !== undefined)
    block(
      'plan-crash',
      planned.crash,
      'a plan that riak_core can make',
      'riak_core itself would crash on this plan: change the batch',
    )
  return risks
}

const list = (names: readonly string[]): string =>
  names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ')

/** Its release has no `riak eval`, so that nothing could be told in another way. */
const isTextOnly = (snapshot: Snapshot): boolean => releaseLine(askedVersion(snapshot)) === '2.x'
