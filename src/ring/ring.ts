/**
 * The ring as riak_core holds it, with partitions counted by position 0..n-1 instead of by 160-bit index:
 * no algorithm needs the index, it only matters where Riak prints or reads it.
 */

/** `riak@10.20.0.11` */
export type NodeName = string

export type MemberStatus = 'joining' | 'valid' | 'leaving' | 'exiting' | 'down' | 'invalid'

export type Member = {readonly node: NodeName; readonly status: MemberStatus}

/** One partition that goes from one owner to another. */
export type Move = {readonly partition: number; readonly from: NodeName; readonly to: NodeName}

/** An entry of the ring's list of pending changes. */
export type PendingChange = Move & {
  /** vnode modules that have handed off already, as `riak_kv_vnode` */
  readonly done: readonly string[]
  /** `complete`: all modules are done, the claimant has yet to install the new owner */
  readonly status: 'awaiting' | 'complete'
}

export type Ring = {
  /** number of partitions, a power of two */
  readonly partitions: number
  /** owner of partition 0, 1, ... */
  readonly owners: readonly NodeName[]
  /** sorted by node; members that were removed may be there as `invalid` */
  readonly members: readonly Member[]
  readonly claimant: NodeName
  /** sorted by partition */
  readonly pending: readonly PendingChange[]
  /** a member not in it has no location */
  readonly locations: Readonly<Record<NodeName, string>>
  /**
   * riak_core's own flag "a location changed and no claim has looked at it yet". It survives in a settled ring
   * and decides whether the next plan claims once more.
   */
  readonly locationChanged: boolean
}

/** Erlang's order of atoms: by code point, where JavaScript's `<` goes by UTF-16 unit. */
export function compareNodes(a: NodeName, b: NodeName): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at += 1) {
    const x = a.charCodeAt(at)
    const y = b.charCodeAt(at)
    if (x === y) continue
    // a surrogate stands for a code point above every other unit
    const [high, low] = [isSurrogate(x), isSurrogate(y)]
    return high === low ? x - y : high ? 1 : -1
  }
  return a.length - b.length
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff

const ringTop = 1n << 160n

/** The index Riak prints for a partition: position * 2^160 / n. */
export const partitionIndex = (partition: number, partitions: number): bigint =>
  BigInt(partition) * (ringTop / BigInt(partitions))

/** The position of an index, or undefined when no partition of a ring this large has it. */
export function partitionOfIndex(index: bigint, partitions: number): number | undefined {
  const step = ringTop / BigInt(partitions)
  return index >= 0n && index % step === 0n && index < ringTop ? Number(index / step) : undefined
}

/** The same for an index in decimal, as Riak prints it. */
export const partitionOfText = (index: string, partitions: number): number | undefined =>
  // no index has more digits than the largest; a number of millions of digits would take minutes to be read
  index.length <= 49 ? partitionOfIndex(BigInt(index), partitions) : undefined

/** Partitions a node owns, by node, for every member and owner. */
export function ownedCounts(
  owners: readonly NodeName[],
  members: readonly Member[] = [],
): Map<NodeName, number> {
  const counts = new Map<NodeName, number>(members.map(({node}) => [node, 0]))
  for (const owner of owners) counts.set(owner, (counts.get(owner) ?? 0) + 1)
  return counts
}

/** Owners once all pending changes are done. */
export function ownersAfterPending(ring: Pick<Ring, 'owners' | 'pending'>): NodeName[] {
  const owners = [...ring.owners]
  for (const {partition, to} of ring.pending) owners[partition] = to
  return owners
}
