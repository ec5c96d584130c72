/**
 * The four answers: healthy? converging? how long? what is wrong? Made of one snapshot and, when a run of ours is
 * under way, its baseline. Pure; what `status` prints and gives as JSON.
 */
import {describeChange} from '../ring/changes.ts'
import type {NodeName} from '../ring/ring.ts'
import {
  activeTransfers,
  defaultClusterLimit,
  disagreeingMembers,
  type NodeFacts,
  presentMembers,
  type Snapshot,
  unreachableMembers,
} from '../ring/snapshot.ts'
import {counted} from '../units.ts'
import {type Baseline, type MoveProgress, nodeShares, progressOf} from './progress.ts'

export type Status = {
  readonly schema: 'ringup/status/1'
  readonly cluster: string
  /** ms since 1970 */
  readonly at: number
  readonly askedNode: NodeName
  readonly healthy: boolean
  readonly converging: boolean
  /** partitions moved and to move; missing when nothing moves */
  readonly progress?: MoveProgress
  /** ms to go, when it can be told, and how it was reckoned */
  readonly eta: {
    readonly ms: number | null
    /** sooner than this is one in ten, and later than `high` is one in ten; missing where nothing is known */
    readonly low?: number
    readonly high?: number
    readonly basis: string
  }
  /** the weightiest first */
  readonly problems: readonly StatusProblem[]
  readonly ring: {
    readonly partitions: number
    readonly claimant: NodeName
    readonly pending: number
    readonly claimFunction: string
    /** every member that told of it has seen all others see its ring */
    readonly ready: boolean
    /** members with another ring than the asked one */
    readonly disagree: readonly NodeName[]
  }
  /** transfers at once: of a node, as most have it, and of the cluster */
  readonly limits: {readonly node: number | null; readonly cluster: number}
  readonly members: readonly MemberStatusLine[]
  readonly staged: readonly string[] | 'unknown'
  /** the run of ringup that staged it, as far as is known */
  readonly stagedBy: string | null
  /** the run of ringup whose moves are pending, as far as is known; null: none is */
  readonly movedBy: RunOf | null
}

export type RunOf = {
  readonly run: string
  /** `alice on laptop` */
  readonly by: string
  /** of the commit, ms since 1970 */
  readonly since: number
}

export type StatusProblem = {
  readonly id: string
  readonly message: string
  readonly next: string
  /** no fault of the cluster: as it should be for a time, as a member that leaves, or to be set right in time */
  readonly expected?: true
}

export type MemberStatusLine = {
  readonly node: NodeName
  readonly status: string
  readonly up: boolean
  readonly claimant: boolean
  readonly location?: string
  /** partitions owned now, and once all pending moves are done */
  readonly now: number
  readonly next: number
  /** transfers it is sending and receiving */
  readonly sending: number
  readonly receiving: number
  readonly version: string
  readonly transferLimit: number | 'unknown' | null
}

export type RunBaseline = {
  readonly baseline: Baseline
  /** ms since 1970 */
  readonly committedAt: number
  /** who led the cluster then */
  readonly claimant?: NodeName
  readonly of?: Omit<RunOf, 'since'>
}

export type Ours = {
  readonly baseline?: RunBaseline | undefined
  /** the run that has staged just what is staged now, and who began or resumed it */
  readonly stagedBy?: Omit<RunOf, 'since'> | undefined
}

export function statusOf(cluster: string, snapshot: Snapshot, {baseline: run, stagedBy}: Ours = {}): Status {
  const {ring, nodes} = snapshot
  const problems = problemsOf(snapshot, stagedBy)
  const converging = ring.pending.length > 0
  const progress = converging
    ? progressOf(run?.baseline ?? {transitions: [{transfers: ring.pending}]}, snapshot)
    : undefined
  return {
    schema: 'ringup/status/1',
    cluster,
    at: snapshot.takenAt,
    askedNode: snapshot.askedNode,
    healthy: problems.every(({expected}) => expected),
    converging,
    ...(progress ? {progress} : {}),
    eta: etaOf(snapshot, progress, run),
    problems,
    ring: {
      partitions: ring.partitions,
      claimant: ring.claimant,
      pending: ring.pending.length,
      claimFunction: snapshot.claimFunction,
      ready: nodes.every(({ringReady}) => ringReady),
      disagree: disagreeingMembers(snapshot),
    },
    limits: limitsOf(nodes),
    members: memberLines(snapshot),
    staged: snapshot.staged === 'unknown' ? 'unknown' : snapshot.staged.map(describeChange),
    stagedBy: stagedBy?.run ?? null,
    movedBy: progress && run?.of ? {...run.of, since: run.committedAt} : null,
  }
}

function limitsOf(nodes: readonly NodeFacts[]): Status['limits'] {
  const tally = new Map<number, number>()
  for (const {transferLimit} of nodes)
    if (transferLimit !== 'unknown') tally.set(transferLimit, (tally.get(transferLimit) ?? 0) + 1)
  const [most] = [...tally].sort((a, b) => b[1] - a[1])
  const cluster = Math.min(...nodes.map(({clusterLimit}) => clusterLimit ?? defaultClusterLimit))
  return {node: most?.[0] ?? null, cluster: Number.isFinite(cluster) ? cluster : defaultClusterLimit}
}

/** Fewer moves than this say nothing about the rest. */
const enoughMoves = 3

function etaOf(
  snapshot: Snapshot,
  progress: MoveProgress | undefined,
  run: RunBaseline | undefined,
): Status['eta'] {
  if (!progress) return {ms: null, basis: 'nothing to wait for'}
  if (!run) return {ms: null, basis: 'unknown: no run of ringup is known to have begun it'}
  const elapsed = snapshot.takenAt - run.committedAt
  if (progress.moved < enoughMoves || elapsed <= 0)
    return {ms: null, basis: `unknown: ${progress.moved} of ${progress.total} moved yet`}
  // what is under way counts as far as it has come
  const part = activeTransfers(snapshot)
    .filter(({kind}) => kind === 'ownership')
    .reduce((sum, {stats}) => sum + (stats?.done ?? 0), 0)
  const done = Math.min(progress.moved + part, progress.total)
  // the busiest node goes on when the others are done: a mean over all does not see it
  const ms = Math.round(Math.max((elapsed / done) * (progress.total - done), busiestNode(snapshot)))
  // the mean of so many intervals is known that well
  const spread = 1.28 / Math.sqrt(progress.moved)
  return {
    ms,
    low: Math.round(ms * Math.max(0, 1 - spread)),
    high: Math.round(ms * (1 + spread)),
    basis: 'partitions moved since the commit',
  }
}

/** ms until the node with the most left to send or receive is through, as transfers go now; 0: they do not tell. */
function busiestNode(snapshot: Snapshot): number {
  const active = activeTransfers(snapshot).filter(({kind}) => kind === 'ownership')
  const durations = active.flatMap(({stats}) =>
    stats?.done !== undefined && stats.done > 0.05 && stats.objectsPerSecond > 0
      ? [(stats.objects / stats.objectsPerSecond / stats.done) * 1000]
      : [],
  )
  if (durations.length === 0) return 0
  const usual = durations.reduce((sum, ms) => sum + ms, 0) / durations.length
  const sent = new Map(active.map(({partition, stats}) => [partition, stats?.done ?? 0]))
  const left = new Map<NodeName, {work: number; atOnce: number}>()
  for (const {partition, from, to, status} of snapshot.ring.pending) {
    if (status === 'complete') continue
    for (const node of [from, to]) {
      const one = left.get(node) ?? {work: 0, atOnce: 0}
      one.work += 1 - (sent.get(partition) ?? 0)
      if (sent.has(partition)) one.atOnce += 1
      left.set(node, one)
    }
  }
  return Math.max(0, ...[...left.values()].map(({work, atOnce}) => (work / Math.max(1, atOnce)) * usual))
}

function problemsOf(snapshot: Snapshot, stagedBy: Ours['stagedBy']): StatusProblem[] {
  const problems: StatusProblem[] = []
  const add = (id: string, message: string, next: string): void => {
    problems.push({id, message, next})
  }
  const {ring} = snapshot
  for (const node of unreachableMembers(snapshot)) {
    const marked = ring.members.some(member => member.node === node && member.status === 'down')
    add(
      'member-unreachable',
      `${node} does not answer the others${marked ? ', and is marked as down' : ''}`,
      `look at that host: riak ping`,
    )
  }
  for (const {node, status} of presentMembers(ring)) {
    if (status === 'down' && !unreachableMembers(snapshot).includes(node))
      add('member-down', `${node} is marked as down, but answers`, 'wait for it to come back to valid')
    if (status === 'leaving' || status === 'exiting')
      problems.push({
        id: 'member-leaving',
        message: `${node} is ${status}`,
        next: 'wait until it has handed off and is gone',
        expected: true,
      })
  }
  const staged = snapshot.staged === 'unknown' ? [] : snapshot.staged
  const joining = presentMembers(ring).filter(({status}) => status === 'joining')
  if (staged.length > 0 || joining.length > 0) {
    const shown = staged.length > 0 ? staged.map(describeChange) : joining.map(({node}) => `join ${node}`)
    add(
      'staged',
      `staged and not committed, ${stagedBy === undefined ? 'not by a run that is known' : `by run ${stagedBy.run} of ${stagedBy.by}`}: ${shown.join(', ')}`,
      stagedBy === undefined
        ? 'this freezes ownership changes: find out whose it is before anything else'
        : `this freezes ownership changes: ringup runs resume ${stagedBy.run}`,
    )
  }
  const disagree = disagreeingMembers(snapshot)
  const notReady = snapshot.nodes.filter(({ringReady}) => !ringReady).map(({node}) => node)
  const behind = [...new Set([...disagree, ...notReady])]
  // it flickers for seconds while ownership moves
  if (behind.length > 0 && ring.pending.length === 0)
    add(
      'ring-not-ready',
      `not all members have the same ring yet: ${behind.join(', ')}`,
      'look again in some seconds',
    )
  problems.push(...nodeProblems(snapshot.nodes))
  return problems
}

function nodeProblems(nodes: readonly NodeFacts[]): StatusProblem[] {
  const problems: StatusProblem[] = []
  const versions = [...new Set(nodes.map(({version}) => version))].filter(version => version !== 'unknown')
  if (versions.length > 1)
    problems.push({
      id: 'version-mix',
      message: `members run different versions: ${versions.join(', ')}`,
      next: 'finish the upgrade before you grow',
    })
  for (const {node, inbound, outbound, transferLimit} of nodes) {
    const off = [...(inbound ? [] : ['inbound']), ...(outbound ? [] : ['outbound'])]
    if (off.length > 0)
      problems.push({
        id: 'handoff-disabled',
        message: `${off.join(' and ')} handoff is off on ${node}`,
        next: `riak admin handoff enable ${off.length === 2 ? 'both' : off[0]} --node=${node}`,
      })
    if (transferLimit === 0)
      problems.push({
        id: 'limit-zero',
        message: `the transfer limit of ${node} is 0`,
        next: `riak admin transfer-limit ${node} 2`,
      })
  }
  const outside = nodes.filter(({outsideUnit}) => outsideUnit).map(({node}) => node)
  if (outside.length > 0)
    problems.push({
      id: 'outside-unit',
      message: `started by hand, outside of the unit riak.service: ${outside.join(', ')}; systemd neither stops nor restarts ${outside.length === 1 ? 'it' : 'them'}, and open files are limited as in a login`,
      next: 'on one host after the other: sudo riak stop && sudo systemctl start riak',
      expected: true,
    })
  return problems
}

function memberLines(snapshot: Snapshot): MemberStatusLine[] {
  const {ring, nodes} = snapshot
  const shares = new Map(nodeShares(snapshot).map(share => [share.node, share]))
  const facts = new Map(nodes.map(node => [node.node, node]))
  const transfers = nodes.flatMap(({transfers}) => (transfers === 'unknown' ? [] : transfers))
  return presentMembers(ring).map(({node, status}) => {
    const told = facts.get(node)
    const location = ring.locations[node]
    return {
      node,
      status,
      up: told !== undefined,
      claimant: node === ring.claimant,
      ...(location === undefined ? {} : {location}),
      now: shares.get(node)?.now ?? 0,
      next: shares.get(node)?.next ?? 0,
      sending: transfers.filter(({from}) => from === node).length,
      receiving: transfers.filter(({to}) => to === node).length,
      version: told?.version ?? 'unknown',
      transferLimit: told?.transferLimit ?? null,
    }
  })
}

/** `5 members, ring of 64` */
export const describeRing = (status: Status): string =>
  `${counted(status.members.length, 'member')}, ring of ${status.ring.partitions}`
