/**
 * The ring inside the planner. Nodes are numbers in Erlang's order of their names, owners an array of numbers:
 * riak_core's lists "in node order" and its comparisons of names come for free.
 */
import {compareNodes, type Member, type MemberStatus, type Move, type NodeName, type Ring} from '../ring.ts'

export type WorkingMove = {
  readonly partition: number
  readonly from: number
  readonly to: number
  readonly done: readonly string[]
  readonly status: 'awaiting' | 'complete'
}

export type WorkingRing = {
  readonly names: readonly NodeName[]
  /** locations in term order; the first stands for "none", an atom, which sorts before every string */
  readonly places: readonly string[]
  readonly claimant: number
  /** by node; undefined for a name that never was a member */
  readonly status: (MemberStatus | undefined)[]
  /** by node, a position in `places` */
  readonly location: Int32Array
  readonly owner: Int32Array
  /** sorted by partition */
  pending: readonly WorkingMove[]
  locationChanged: boolean
}

/** The atom riak_core fills short node lists up with; it counts as a node without a location. */
const padding = 'undefined'

export const paddingOf = (ring: WorkingRing): number => ring.names.indexOf(padding)

/** `places`: locations that are not the ring's yet, as changes are about to set them */
export function workingRing(ring: Ring, places: readonly string[]): WorkingRing {
  const names = sortedDistinct([
    padding,
    ring.claimant,
    ...ring.members.map(({node}) => node),
    ...ring.owners,
    ...ring.pending.flatMap(({from, to}) => [from, to]),
  ])
  const number = new Map(names.map((name, at) => [name, at]))
  const known = ['', ...sortedDistinct([...Object.values(ring.locations), ...places])]
  const location = new Int32Array(names.length)
  for (const [node, place] of Object.entries(ring.locations))
    if (number.has(node)) location[number.get(node)!] = known.lastIndexOf(place)
  const status = new Array<MemberStatus | undefined>(names.length).fill(undefined)
  for (const member of ring.members) status[number.get(member.node)!] = member.status
  return {
    names,
    places: known,
    claimant: number.get(ring.claimant)!,
    status,
    location,
    owner: Int32Array.from(ring.owners, owner => number.get(owner)!),
    pending: ring.pending.map(change => ({
      ...change,
      from: number.get(change.from)!,
      to: number.get(change.to)!,
    })),
    locationChanged: ring.locationChanged,
  }
}

export const copyOf = (ring: WorkingRing): WorkingRing => ({
  ...ring,
  status: [...ring.status],
  location: ring.location.slice(),
  owner: ring.owner.slice(),
})

/** The ring as others read it. Members that were removed are left out, as riak_core's own lists do. */
export function ringOf(ring: WorkingRing): Ring {
  return {
    partitions: ring.owner.length,
    owners: ownerNames(ring),
    members: membersOf(ring),
    claimant: ring.names[ring.claimant]!,
    pending: ring.pending.map(({done, status, ...move}) => ({...moveOf(ring, move), done, status})),
    locations: locationsOf(ring),
    locationChanged: ring.locationChanged,
  }
}

export function locationsOf(ring: WorkingRing): Record<NodeName, string> {
  const locations: Record<NodeName, string> = {}
  for (const node of nodesThat(ring, isMember))
    if (ring.location[node] !== 0) locations[ring.names[node]!] = ring.places[ring.location[node]!]!
  return locations
}

export const ownerNames = (ring: WorkingRing): NodeName[] =>
  Array.from(ring.owner, owner => ring.names[owner]!)

export const membersOf = (ring: WorkingRing): Member[] =>
  nodesThat(ring, isMember).map(node => ({node: ring.names[node]!, status: ring.status[node]!}))

export const moveOf = (ring: WorkingRing, move: Pick<WorkingMove, 'partition' | 'from' | 'to'>): Move => ({
  partition: move.partition,
  from: ring.names[move.from]!,
  to: ring.names[move.to]!,
})

type Status = MemberStatus | undefined

export const isMember = (status: Status): boolean => status !== undefined && status !== 'invalid'
/** who may be given partitions: a member that is down stays one */
export const isClaiming = (status: Status): boolean =>
  status === 'valid' || status === 'joining' || status === 'down'
export const isActive = (status: Status): boolean => isMember(status) && status !== 'down'

/** Nodes whose status passes, in node order. */
export function nodesThat(ring: WorkingRing, passes: (status: Status) => boolean): number[] {
  const nodes: number[] = []
  for (const [node, status] of ring.status.entries()) if (passes(status)) nodes.push(node)
  return nodes
}

/** 0 for none, which is also what a node that is no member has */
export const locationOf = (ring: WorkingRing, node: number): number =>
  isMember(ring.status[node]) ? ring.location[node]! : 0

export const hasLocations = (ring: WorkingRing): boolean =>
  ring.status.some((status, node) => isMember(status) && ring.location[node] !== 0)

/** Partitions a node owns, by node. */
export function countsOf(ring: Pick<WorkingRing, 'names'>, owner: Int32Array): Int32Array {
  const counts = new Int32Array(ring.names.length)
  for (const node of owner) counts[node]! += 1
  return counts
}

/** Owners once all pending changes are done. */
export function futureOwner(ring: WorkingRing): Int32Array {
  const owner = ring.owner.slice()
  for (const {partition, to} of ring.pending) owner[partition] = to
  return owner
}

const sortedDistinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort(compareNodes)
