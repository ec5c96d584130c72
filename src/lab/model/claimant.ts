/**
 * The claimant: the one node that plans and changes ownership. Its process alone remembers what is staged (joins
 * excepted, which stand in the ring), which plan was shown last and the generator leaves are dealt with; a restart
 * forgets all three. While somebody's join is staged it neither installs finished handoffs nor lets leavers go.
 */
import type {Change, PlannedChanges, Refusal, Seed} from '../../ring/changes.ts'
import {PlannerCrash} from '../../ring/claim/planner-crash.ts'
import {ringOf, workingRing} from '../../ring/claim/working-ring.ts'
import {nextRing} from '../../ring/next-ring.ts'
import {planChanges} from '../../ring/plan-changes.ts'
import {type Move, type NodeName, ownersAfterPending, type Ring} from '../../ring/ring.ts'
import {stageChanges} from '../../ring/stage-changes.ts'
import {nodesIn, publish} from './gossip.ts'
import {forgetRing, meetMembers} from './removal.ts'
import {freshMemory, isReady, isUp, type LabNode, membersWith, nodeOf, statusIn, type World} from './world.ts'

/** The node that the asking node takes for the claimant; undefined when it does not answer. */
export function claimantFor(world: World, asking: LabNode): LabNode | undefined {
  const claimant = world.nodes.get(asking.view.ring.claimant)
  return claimant && isUp(claimant) && isUp(asking) ? claimant : undefined
}

export type Staging = {readonly refused?: Refusal['reason']}

export function stage(world: World, claimant: LabNode, change: Change): Staging {
  const {memory} = claimant
  const attempt = [...memory.staged, change]
  const {refused, changes} = stageChanges(claimant.view.ring, attempt)
  const refusal = refused.find(({position}) => position === attempt.length - 1)
  if (refusal) return {refused: refusal.reason}
  memory.staged = changes.filter(({action}) => action !== 'join')
  world.counters.stagings += 1
  return {}
}

export type Planning =
  | {readonly outcome: 'plan'; readonly plan: PlannedChanges}
  | {readonly outcome: 'not-ready'}
  /** a resize is staged, which is not practised here */
  | {readonly outcome: 'resize'}
  /** riak_core's own planner crashes on it */
  | {readonly outcome: 'crash'; readonly message: string}

export function plan(world: World, claimant: LabNode): Planning {
  if (!isReady(claimant)) return {outcome: 'not-ready'}
  const {memory} = claimant
  if (memory.resize !== undefined) return {outcome: 'resize'}
  const {ring} = claimant.view
  const planned = planChanges(ring, memory.staged, world.settings.claim, {seed: memory.seed})
  if (planned.crash !== undefined) return {outcome: 'crash', message: planned.crash}
  // nothing staged leaves what was planned before: a commit then finds that it has changed
  if (planned.changes.length > 0) memory.planned = committable(world, claimant, memory.seed)
  return {outcome: 'plan', plan: world.twisted ? twistedPlan(planned) : planned}
}

export type Commit = 'committed' | 'nothing-planned' | 'not-ready' | 'plan-changed' | 'not-claimant'

export function commit(world: World, claimant: LabNode): Commit {
  const {memory} = claimant
  if (memory.planned === undefined) return 'nothing-planned'
  const {ring} = claimant.view
  const next = committable(world, claimant, memory.seed)
  if (!isReady(claimant)) return 'not-ready'
  if (ring.claimant !== claimant.name) return 'not-claimant'
  if (next === undefined || !isSamePlan(memory.planned, next)) return 'plan-changed'
  claimant.memory = freshMemory(world)
  world.counters.commits += 1
  world.note(`${claimant.name}: cluster changes committed`)
  publish(world, claimant.cluster, next, claimant)
  return 'committed'
}

/** Forgets what is staged. Joining nodes are removed, and learn of it by gossip: then their VMs stop. */
export function clear(world: World, claimant: LabNode): void {
  claimant.memory = {
    ...claimant.memory,
    staged: [],
    resize: undefined,
    seed: world.random.seed(),
  }
  world.counters.clears += 1
  const {ring} = claimant.view
  const joining = membersWith(ring, 'joining')
  if (ring.claimant !== claimant.name || joining.length === 0) return
  const removed = nodesIn(world, claimant.cluster).filter(({name}) => joining.includes(name))
  const members = ring.members.filter(({status}) => status !== 'joining')
  publish(world, claimant.cluster, {...ring, members}, claimant)
  for (const node of removed) meetMembers(world, node)
}

/** What the claimant does whenever it learns that all members agree on the ring. */
export function claimantRound(world: World, node: LabNode): void {
  const {cluster} = node
  const {ring} = cluster
  if (!isReady(node) || node.view.version !== cluster.version) return
  const electors = membersWith(ring, 'valid', 'leaving')
  if (!electors.includes(ring.claimant)) {
    if (electors[0] !== node.name) return
    world.note(`${node.name} is the claimant now`)
    publish(world, cluster, {...ring, claimant: node.name}, node)
    return
  }
  if (ring.claimant !== node.name || membersWith(ring, 'joining').length > 0) return
  const next = computeNext(world, ring, [], world.random.seed())
  if (next === undefined) return
  if (isSamePlan(ring, next) && ring.locationChanged === next.locationChanged) return
  const gone = membersWith(ring, 'exiting').filter(name => statusIn(next, name) === 'invalid')
  publish(world, cluster, next, node)
  for (const name of gone) forgetRing(world, nodeOf(world, name))
}

const committable = (world: World, claimant: LabNode, seed: Seed): Ring | undefined => {
  const {ring} = claimant.view
  const changes = stageChanges(ring, claimant.memory.staged).changes
  const next = computeNext(world, ring, changes, seed)
  return next && world.twisted
    ? {...next, pending: twistedMoves(next.pending, ownersAfterPending(next))}
    : next
}

/** undefined: riak_core's planner crashes on it */
function computeNext(world: World, ring: Ring, changes: readonly Change[], seed: Seed): Ring | undefined {
  const places = changes.flatMap(change => ('location' in change ? [change.location] : []))
  const planning = {settings: world.settings.claim, random: new Set<never>(), solutions: new Map()}
  try {
    const next = ringOf(nextRing(workingRing(ring, places), {changes, planning, seed}))
    // a location outlives its node's membership
    return {...next, locations: {...ring.locations, ...next.locations}}
  } catch (error) {
    if (error instanceof PlannerCrash) return undefined
    throw error
  }
}

function isSamePlan(a: Ring, b: Ring): boolean {
  const key = (ring: Ring): string =>
    JSON.stringify([
      ring.members.filter(({status}) => status !== 'invalid').map(({node, status}) => [node, status]),
      ring.owners,
      ring.pending.map(({partition, from, to, done, status}) => [partition, from, to, done, status]),
    ])
  return key(a) === key(b)
}

/** The first move goes to somebody else: what no algorithm of Riak's would do. */
function twistedMoves<M extends Move>(moves: readonly M[], owners: readonly NodeName[]): M[] {
  const [first, ...rest] = moves
  const other = owners.find(owner => owner !== first?.from && owner !== first?.to)
  return first && other !== undefined ? [{...first, to: other}, ...rest] : [...moves]
}

function twistedPlan(planned: PlannedChanges): PlannedChanges {
  const [first, ...rest] = planned.transitions
  if (!first) return planned
  const transfers = twistedMoves(first.transfers, first.nextOwners)
  const nextOwners: NodeName[] = [...first.nextOwners]
  for (const {partition, to} of transfers) nextOwners[partition] = to
  return {...planned, transitions: [{...first, transfers, nextOwners}, ...rest]}
}
