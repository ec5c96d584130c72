/** A plan's risks as they are now: a plan may be old, made on another machine, or edited. Pure. */
import type {Snapshot} from '../ring/snapshot.ts'
import {askedChanges, makePlan, type Plan} from './plan.ts'
import type {Risk, RiskId} from './risk.ts'
import {blockingRisks} from './risks.ts'

/** The disk step of a run measures for itself. */
const measuredLater: readonly RiskId[] = ['disk-peak', 'disk-unknown']

/**
 * What blocks the plan's changes on the cluster that is, but for what the plan accepts.
 *
 * @param snapshot nothing is staged there but what is ours
 * @param resumed our own joins may be on their way through the members' rings
 */
export function blockingNow(
  plan: Plan,
  snapshot: Snapshot,
  {diskPeak, resumed}: {readonly diskPeak: number; readonly resumed: boolean},
): Risk[] {
  const base = new Set(plan.base.members.map(({node}) => node))
  const ofBase = ({node}: {readonly node: string}): boolean => base.has(node)
  const {ring, nodes, staged} = snapshot
  const {risks} = makePlan({
    cluster: plan.cluster,
    snapshot: {
      ...snapshot,
      ring: {...ring, members: ring.members.filter(ofBase)},
      nodes: nodes.filter(ofBase),
      staged: staged === 'unknown' ? staged : [],
    },
    changes: askedChanges(plan),
    options: {diskPeak, simulations: 1},
  })
  const counted = risks.filter(({id}) => !measuredLater.includes(id) && !(resumed && id === 'ring-not-ready'))
  return blockingRisks({risks: counted, accepted: plan.accepted})
}
