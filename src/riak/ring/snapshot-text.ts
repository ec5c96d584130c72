/**
 * The snapshot by text commands, where `riak eval` is not allowed or does not work: the same value, made of what any
 * operator can read. The ring's own name, what is staged beside joins, the claim function and its settings, and the versions of other
 * nodes cannot be read in this way; they are `unknown`. It costs a call a member, so it is for those who must.
 */
import {type NodeName, ownedCounts, type PendingChange, partitionOfText, type Ring} from '../../ring/ring.ts'
import {snapshotProblems} from '../../ring/ring-problems.ts'
import type {ActiveTransfer, NodeFacts, Snapshot} from '../../ring/snapshot.ts'
import type {HeldPartition} from '../answers/cluster-partitions.ts'
import type {HandoffConfig} from '../answers/handoff-config.ts'
import type {PrintedMember} from '../answers/membership-table.ts'
import type {PrintedRingStatus} from '../answers/ring-status.ts'
import type {RingReady} from '../answers/ringready.ts'
import type {PrintedTransfer, PrintedTransfers} from '../answers/transfers.ts'

/** The answers, read. */
export type TextAnswers = {
  /** ms since 1970 */
  readonly takenAt: number
  readonly askedNode: NodeName
  readonly members: readonly PrintedMember[]
  readonly status: PrintedRingStatus
  readonly partitions: number
  /** undefined: the member did not answer */
  readonly held: ReadonlyMap<NodeName, readonly HeldPartition[] | undefined>
  readonly config: HandoffConfig
  readonly transfers: PrintedTransfers
  readonly ready: RingReady
  /** of the asked node */
  readonly version: string
}

/** The answers do not fit together: the ring has changed between two commands, or cannot be told from them. */
export class Unfit extends Error {
  override readonly name = 'Unfit'
}

/** Throws `Unfit`. */
export function snapshotOfText(answers: TextAnswers): Snapshot {
  const {takenAt, askedNode, members, status, partitions, config, transfers} = answers
  const ring: Ring = {
    partitions,
    owners: ownersOf(answers),
    members: members.map(({node, status}) => ({node, status})).sort((a, b) => (a.node < b.node ? -1 : 1)),
    claimant: status.claimant,
    pending: status.pending
      .map((change): PendingChange => {
        const {from, to, done, status} = change
        const partition = positionOf(change.index, partitions)
        // no progress is shown while owner or next owner is down: nothing moves then
        return {
          partition,
          from,
          to,
          done: done ?? [],
          status: status === 'complete' ? 'complete' : 'awaiting',
        }
      })
      .sort((a, b) => a.partition - b.partition),
    locations: Object.fromEntries(
      members.flatMap(({node, location}) => (location === undefined ? [] : [[node, location]])),
    ),
    // not to be read; without the claim function no plan made on this is more than an estimate
    locationChanged: false,
  }
  const sending = new Map<NodeName, PrintedTransfer[]>()
  for (const transfer of transfers.active) {
    const own = sending.get(transfer.from)
    if (own) own.push(transfer)
    else sending.set(transfer.from, [transfer])
  }
  const snapshot: Snapshot = {
    schema: 'ringup/snapshot/1',
    takenAt,
    askedNode,
    clusterName: 'unknown',
    ring,
    claim: 'unknown',
    claimFunction: 'unknown',
    staged: 'unknown',
    seed: 'unknown',
    nodes: config.nodes.map(
      ({node, transferLimit, inbound, outbound}): NodeFacts => ({
        node,
        ringHash: hashOf(node, answers.ready),
        ringReady: node === status.claimant ? status.ringReady === true : 'unknown',
        version: node === askedNode ? answers.version : 'unknown',
        otp: 'unknown',
        transferLimit,
        inbound,
        outbound,
        transfers: (sending.get(node) ?? []).map(transfer => activeTransfer(transfer, partitions, takenAt)),
      }),
    ),
  }
  const [problem] = snapshotProblems(snapshot)
  if (problem) throw new Unfit(`${problem.field}: ${problem.problem}`)
  return snapshot
}

/** Only whether all list the same owners can be told, or two that do not. */
const hashOf = (node: NodeName, ready: RingReady): string =>
  'disagree' in ready && ready.disagree[1] === node ? 'another' : 'one'

function positionOf(index: string, partitions: number): number {
  const found = partitionOfText(index, partitions)
  if (found === undefined) throw new Unfit(`${index} is not the index of a partition of ${partitions}`)
  return found
}

/**
 * Owned are the partitions that a member runs as primary or has stopped. One that is on its way is whose ring-status says:
 * members are asked one after the other, and it may arrive meanwhile.
 */
function ownersOf({held, partitions, members, status}: TextAnswers): NodeName[] {
  const owners: (NodeName | undefined)[] = Array.from({length: partitions}, () => undefined)
  const moving = new Map(status.pending.map(({index, from}) => [positionOf(index, partitions), from]))
  for (const [partition, from] of moving) owners[partition] = from
  for (const [node, list] of held)
    for (const {type, partition} of list ?? []) {
      if (type === 'secondary' || moving.has(partition)) continue
      const other = owners[partition]
      if (other !== undefined) throw new Unfit(`partition ${partition} belongs to ${other} and to ${node}`)
      owners[partition] = node
    }
  const silent = [...held].flatMap(([node, list]) =>
    list === undefined && shareOf(members, node) > 0 ? [node] : [],
  )
  const [only, ...more] = silent
  const rest = owners.filter(owner => owner === undefined).length
  if (rest > 0 && (only === undefined || more.length > 0))
    throw new Unfit(
      `the owner of ${rest} partitions cannot be told while ${silent.join(', ') || 'the ring changes'}`,
    )
  const all = owners.map(owner => owner ?? only!)
  const counts = ownedCounts(all)
  for (const {node, ring} of members) {
    const share = (100 * (counts.get(node) ?? 0)) / partitions
    if (Math.abs(share - ring) > 0.051)
      throw new Unfit(`${node} owns ${share} % of the ring, but shows ${ring} %`)
  }
  return all
}

const shareOf = (members: readonly PrintedMember[], node: NodeName): number =>
  members.find(member => member.node === node)?.ring ?? 0

function activeTransfer(transfer: PrintedTransfer, partitions: number, takenAt: number): ActiveTransfer {
  const {kind, module, index, from, to, age, objects, objectsPerSecond, bytesPerSecond, done, total} =
    transfer
  return {
    kind,
    module,
    partition: positionOf(index, partitions),
    from,
    to,
    startedAt: takenAt - age,
    ...(objects === undefined
      ? {}
      : {
          stats: {
            objects,
            objectsPerSecond: objectsPerSecond ?? 0,
            bytesPerSecond: bytesPerSecond ?? 0,
            ...(done === undefined ? {} : {done}),
            ...(total === undefined ? {} : {total}),
          },
        }),
  }
}
