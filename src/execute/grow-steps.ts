/**
 * The steps that add nodes: look, start, stage, let Riak plan, compare, commit once, watch, verify. What is staged
 * freezes ownership changes of the whole cluster, so everything that can fail is tried before.
 */
import {OpsError} from '../errors.ts'
import {finalOwners, type Plan} from '../plan/plan.ts'
import {describeChange} from '../plan/risks.ts'
import {printed} from '../riak/answer.ts'
import {askCluster} from '../riak/ask-cluster.ts'
import type {Door} from '../riak/door.ts'
import {describeProblem} from '../riak/lines.ts'
import {readClusterPlan, readCommit, readJoin, writeCommands} from '../riak/mutation.ts'
import {askDataFile, askPing, askServices, askSnapshot, notUnderstood} from '../riak/query.ts'
import {type NodeName, ownersAfterPending} from '../ring/ring.ts'
import {disagreeingMembers, presentMembers, type Snapshot, unreachableMembers} from '../ring/snapshot.ts'
import {counted} from '../units.ts'
import {planDifferences} from './compare-plan.ts'
import {type SettleOptions, settleStep} from './settle-step.ts'
import {baseDifferences, foreignChanges, joinersOf} from './stale.ts'
import {type Step, type StepPorts, type Write, waitFor} from './step.ts'

export type GrowPorts = StepPorts & {
  /** every host of the inventory */
  readonly doors: readonly Door[]
  readonly settle: SettleOptions
}

/** Throws an `OpsError` when a host that must be reached is not in the inventory. */
export function growSteps(plan: Plan, ports: GrowPorts): Step[] {
  const joiners = joinersOf(plan)
  const doorOf = (node: NodeName): Door => {
    const door = ports.doors.find(candidate => candidate.node === node)
    if (door) return door
    throw new OpsError('refused', `${node} must be asked, but no host of the inventory is that node`, {
      hint: 'add the host to the inventory: ringup inventory check',
    })
  }
  const claimant = doorOf(plan.base.claimant)
  const members = ports.doors.filter(({node}) => plan.base.members.some(member => member.node === node))
  const read = async (): Promise<Snapshot> => (await askCluster(members, ports.clock, ports.signal)).snapshot
  const statusOf = (snapshot: Snapshot, node: NodeName) =>
    snapshot.ring.members.find(member => member.node === node)?.status
  const committed = (snapshot: Snapshot): boolean =>
    joiners.every(node => statusOf(snapshot, node) === 'valid')

  const checkBase: Step = {
    id: 'check',
    title: 'the cluster is the one planned on, at rest',
    observe: async () => {
      const snapshot = await read()
      if (committed(snapshot)) return {so: true, saw: 'committed already'}
      refuseStale(plan, snapshot)
      refuseUnrest(snapshot)
      return {
        so: true,
        saw: `${counted(presentMembers(snapshot.ring).length, 'member')}, ring of ${snapshot.ring.partitions}, nothing pending`,
      }
    },
    verify: async () => '',
  }

  const start = (node: NodeName): Step => ({
    id: `start ${node}`,
    title: `Riak runs on ${node}`,
    observe: async () => {
      const door = doorOf(node)
      if ((await askPing(door)).outcome !== 'running') return {so: false, saw: 'stopped'}
      await refuseOtherCluster(door, plan)
      const services = await askServices(door)
      return {so: services.includes('riak_kv'), saw: services.includes('riak_kv') ? 'running' : 'starting'}
    },
    act: async write => {
      const door = doorOf(node)
      if ((await askPing(door)).outcome === 'running') return
      const file = await askDataFile(door)
      if (file !== undefined)
        throw new OpsError(
          'refused',
          `${door.host}: ${door.dataDir} is not empty (${file}), so Riak is not started there`,
          {
            hint: 'a node that is to join needs an empty data directory: find out whose data that is',
          },
        )
      await write(door, writeCommands.start(door.riak), {timeout: 180_000})
    },
    verify: async () => {
      const door = doorOf(node)
      const wait = {
        what: `riak_kv on ${door.host}`,
        timeout: 180_000,
        interval: 1000,
        hint: `look at its log, then run this again: ${[...door.riak, 'ping'].join(' ')}`,
      }
      await waitFor(ports, wait, async () =>
        (await askServices(door)).includes('riak_kv') ? true : undefined,
      )
      return 'riak_kv is up'
    },
  })

  const join = (node: NodeName): Step => ({
    id: `join ${node}`,
    title: `stage the join of ${node}`,
    observe: async () => {
      const status = statusOf(await read(), node)
      return {so: status === 'joining' || status === 'valid', saw: status ?? 'not a member'}
    },
    act: write => stageJoin(write, doorOf(node), plan.base.claimant, ports),
    verify: () => {
      const wait = {
        what: `${node} to be seen as joining`,
        timeout: 60_000,
        interval: 500,
        hint: 'look at the cluster: ringup status',
      }
      return waitFor(ports, wait, async () =>
        statusOf(await read(), node) === 'joining' ? 'joining' : undefined,
      )
    },
  })

  const seen: Step = {
    id: 'seen',
    title: `all members see ${joiners.length === 1 ? 'it' : 'them'} joining`,
    observe: async () => {
      const snapshot = await read()
      if (committed(snapshot)) return {so: true, saw: 'committed already'}
      const waiting = notAgreed(snapshot, joiners)
      return {so: waiting === undefined, saw: waiting ?? 'one ring on all members'}
    },
    verify: () => {
      const wait = {
        what: 'one ring on all members',
        timeout: 120_000,
        interval: 500,
        hint: 'look at the cluster: ringup status',
      }
      return waitFor(ports, wait, async () =>
        notAgreed(await read(), joiners) === undefined ? 'one ring on all members' : undefined,
      )
    },
  }

  const commit: Step = {
    id: 'commit',
    title: `Riak's plan is ours; commit it, once`,
    observe: async () => {
      const snapshot = await read()
      if (committed(snapshot)) return {so: true, saw: 'committed already'}
      refuseStale(plan, snapshot)
      return {so: false, saw: `staged: ${counted(joiners.length, 'join')}`}
    },
    act: async write => {
      await comparePlans(write, claimant, plan)
      await commitOnce(write, claimant)
    },
    verify: async () => {
      const another = members.find(({node}) => node !== claimant.node)
      const witnesses = another ? [claimant, another] : [claimant]
      const wait = {
        what: 'two members to show the committed ring',
        timeout: 60_000,
        interval: 500,
        hint: 'look at the cluster: ringup status',
      }
      await waitFor(ports, wait, async () => {
        const snapshots = await Promise.all(witnesses.map(door => askSnapshot(door, ports.clock.now)))
        return snapshots.every(snapshot => committed(snapshot)) ? true : undefined
      })
      refuseOtherOwners(plan, await askSnapshot(claimant, ports.clock.now))
      return `seen on ${witnesses.map(({host}) => host).join(' and ')}`
    },
  }

  const verifyOwners: Step = {
    id: 'verify',
    title: 'every partition has the owner that was planned',
    observe: async () => {
      const {owners} = (await read()).ring
      const planned = finalOwners(plan)
      const wrong = owners.findIndex((owner, at) => owner !== planned[at])
      if (wrong >= 0)
        throw new OpsError(
          'partlyDone',
          `partition ${wrong} belongs to ${owners[wrong]}, planned was ${planned[wrong]}`,
          {
            hint: 'somebody changed the cluster meanwhile: ringup status',
          },
        )
      return {so: true, saw: `${owners.length} of ${owners.length} partitions`}
    },
    verify: async () => '',
  }

  return [
    checkBase,
    ...joiners.map(start),
    ...joiners.map(join),
    seen,
    commit,
    settleStep(plan, members, ports, ports.settle),
    verifyOwners,
  ]
}

function refuseStale(plan: Plan, snapshot: Snapshot): void {
  const foreign = foreignChanges(plan, snapshot)
  if (foreign.length > 0)
    throw new OpsError('stale', `something is staged that is not ours: ${foreign.join(', ')}`, {
      hint: 'find out who staged it; it would be committed with ours, and clearing it stops other nodes',
    })
  const differences = baseDifferences(plan, snapshot.ring)
  if (differences.length > 0)
    throw new OpsError('stale', `the ring is not the one this plan was made on: ${differences.join('; ')}`, {
      hint: 'make the plan again: ringup plan',
    })
}

function refuseUnrest(snapshot: Snapshot): void {
  const unreachable = unreachableMembers(snapshot)
  if (unreachable.length > 0)
    throw new OpsError('refused', `not while a member is down or unreachable: ${unreachable.join(', ')}`, {
      hint: 'bring it up first; no flag skips this',
    })
  const {pending, members} = snapshot.ring
  const unsettled = members.filter(
    ({status}) => status === 'leaving' || status === 'exiting' || status === 'down',
  )
  if (unsettled.length > 0)
    throw new OpsError(
      'refused',
      `not while ${unsettled.map(({node, status}) => `${node} is ${status}`).join(', ')}`,
      {hint: 'wait: ringup watch --until settled'},
    )
  if (pending.length > 0)
    throw new OpsError(
      'refused',
      `not while ${counted(pending.length, 'ownership transfer')} ${pending.length === 1 ? 'is' : 'are'} pending`,
      {
        hint: 'wait: ringup watch --until settled',
      },
    )
}

/** A host that runs Riak must be a cluster of its own, or be joining ours already. */
async function refuseOtherCluster(door: Door, plan: Plan): Promise<void> {
  const {ring} = await askSnapshot(door, Date.now)
  const others = presentMembers(ring).filter(({node}) => node !== door.node)
  if (
    others.length === 0 ||
    plan.base.members.some(({node}) => ring.members.some(member => member.node === node))
  )
    return
  throw new OpsError(
    'refused',
    `${door.host} belongs to another cluster: ${others.map(({node}) => node).join(', ')}`,
    {hint: 'name another host'},
  )
}

/** Why members do not agree on a ring with all joiners in it; undefined: they do. */
function notAgreed(snapshot: Snapshot, joiners: readonly NodeName[]): string | undefined {
  const joining = new Set(
    snapshot.ring.members.filter(({status}) => status === 'joining').map(({node}) => node),
  )
  const missing = joiners.filter(node => !joining.has(node))
  if (missing.length > 0) return `not joining: ${missing.join(', ')}`
  const silent = unreachableMembers(snapshot)
  if (silent.length > 0) return `not reachable: ${silent.join(', ')}`
  const disagree = disagreeingMembers(snapshot)
  if (disagree.length > 0) return `another ring on ${disagree.join(', ')}`
  return snapshot.nodes.every(({ringReady}) => ringReady) ? undefined : 'the ring is not ready'
}

/** Tries again while the node says that it is still starting: that refusal changes nothing. */
async function stageJoin(write: Write, door: Door, target: NodeName, ports: StepPorts): Promise<void> {
  const wait = {
    what: `${door.host} to be ready to join`,
    timeout: 120_000,
    interval: 2000,
    hint: 'run this again',
  }
  await waitFor(ports, wait, async () => {
    const answer = await write(door, writeCommands.join(door.riak, target), {timeout: 60_000})
    const outcome = readJoin(answer, door.node, target)
    if (outcome.outcome === 'staged') return true
    if (outcome.outcome === 'refused' && outcome.reason === 'still-starting') return undefined
    if (outcome.outcome === 'unknown') throw notUnderstood(door, 'cluster join', outcome.text)
    throw new OpsError(
      'refused',
      `${door.host}: ${outcome.outcome === 'refused' ? outcome.text : 'Riak stopped answering'}`,
      {
        hint: 'nothing was committed; look at the cluster: ringup status',
      },
    )
  })
}

async function comparePlans(write: Write, claimant: Door, plan: Plan): Promise<void> {
  // v4 can take riak_core minutes
  const answer = await write(claimant, writeCommands.plan(claimant.riak), {timeout: 300_000})
  const {value, problem} = readClusterPlan(answer)
  if (problem) throw stagedStill(notUnderstood(claimant, 'cluster plan', describeProblem(problem)), plan)
  if (value.outcome !== 'plan')
    throw stagedStill(
      new OpsError('refused', `${claimant.host}: Riak makes no plan: ${printed(answer)}`, {
        hint: 'look at the cluster: ringup status',
      }),
      plan,
    )
  const differences = planDifferences(plan, value)
  if (differences.length > 0) {
    const shown = differences.slice(0, 5).join('; ')
    const more = differences.length > 5 ? ` and ${differences.length - 5} more` : ''
    throw stagedStill(
      new OpsError('refused', `Riak's plan is not ours, so nothing was committed: ${shown}${more}`, {
        facts: {differences},
      }),
      plan,
    )
  }
}

/** Staged joins are never left behind silently. */
const stagedStill = (error: OpsError, plan: Plan): OpsError =>
  new OpsError(error.kind, error.message, {
    where: error.where,
    facts: error.facts,
    cause: error,
    hint: `STILL STAGED, and freezing ownership changes of the whole cluster: ${plan.changes.map(describeChange).join(', ')}. Look with: riak admin cluster plan. To drop it: riak admin cluster clear, which stops Riak on the joining nodes`,
  })

/** Sends the commit. What it says is not trusted: the step's `verify` reads the ring. */
async function commitOnce(write: Write, claimant: Door): Promise<void> {
  const answer = await write(claimant, writeCommands.commit(claimant.riak), {timeout: 120_000})
  const outcome = readCommit(answer)
  if (outcome.outcome === 'refused')
    throw new OpsError(
      outcome.reason === 'plan-changed' ? 'stale' : 'refused',
      `${claimant.host}: Riak did not commit: ${outcome.text}`,
      {
        hint: 'look at the cluster: ringup status',
      },
    )
}

function refuseOtherOwners(plan: Plan, {ring}: Snapshot): void {
  const [first] = plan.transitions
  if (!first) return
  const next = ownersAfterPending(ring)
  const wrong = next.findIndex((owner, at) => owner !== first.owners[at])
  if (wrong >= 0)
    throw new OpsError(
      'partlyDone',
      `committed, but partition ${wrong} is to go to ${next[wrong]}, planned was ${first.owners[wrong]}`,
      {
        hint: 'somebody changed the cluster at the same moment: ringup status',
      },
    )
}
