/** `riak_core_ring` and its manager, for expressions: the ring as the asked node has it. */
import {atomHash} from '../../ring/claim/dict-order.ts'
import {
  type MemberStatus,
  type NodeName,
  ownersAfterPending,
  type PendingChange,
  partitionIndex,
  partitionOfIndex,
  type Ring,
} from '../../ring/ring.ts'
import {atomName, itemsOf} from '../erlang/erlang-error.ts'
import {atom, elements, list, type Term, truth, tuple} from '../erlang/term.ts'
import {isReady, presentIn} from '../model/world.ts'
import {badarg, type NodeFunction, ringIn, ringTerm, timestamp} from './node-function.ts'

const atoms = (names: readonly string[]): Term => list(names.map(atom))

export const indexTerm = (partition: number, {partitions}: Ring): Term =>
  small(partitionIndex(partition, partitions))

const small = (value: bigint): number | bigint =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value

const indicesOf = (owners: readonly NodeName[], name: NodeName, ring: Ring): Term =>
  list(owners.flatMap((owner, partition) => (owner === name ? [indexTerm(partition, ring)] : [])))

const myRing: NodeFunction = (_, {place: {node}}) => tuple(atom('ok'), ringTerm({ring: node.view.ring, node}))

export const ringFunctions: Readonly<Record<string, NodeFunction>> = {
  'riak_core_ring_manager:get_my_ring/0': myRing,
  'riak_core_ring_manager:get_raw_ring/0': myRing,
  'riak_core_ring:num_partitions/1': ([ring]) => ringIn(ring).ring.partitions,
  'riak_core_ring:all_members/1': ([ring]) => atoms(presentIn(ringIn(ring).ring)),
  'riak_core_ring:members/2': ([ring, statuses]) => {
    const wanted = itemsOf(statuses!).map(atomName)
    const {members} = ringIn(ring).ring
    return atoms(members.filter(({status}) => wanted.includes(status)).map(({node}) => node))
  },
  'riak_core_ring:all_member_status/1': ([ring]) => {
    const {members} = ringIn(ring).ring
    return list(
      members
        .filter(({status}) => status !== 'invalid')
        .map(({node, status}) => tuple(atom(node), atom(status))),
    )
  },
  'riak_core_ring:member_status/2': ([ring, name]) => {
    const member = ringIn(ring).ring.members.find(({node}) => node === atomName(name!))
    return atom((member?.status ?? 'invalid') satisfies MemberStatus)
  },
  'riak_core_ring:all_owners/1': ([term]) => {
    const {ring} = ringIn(term)
    return list(ring.owners.map((owner, partition) => tuple(indexTerm(partition, ring), atom(owner))))
  },
  'riak_core_ring:index_owner/2': ([term, index]) => {
    const {ring} = ringIn(term)
    const partition =
      typeof index === 'number' || typeof index === 'bigint'
        ? partitionOfIndex(BigInt(index), ring.partitions)
        : undefined
    return partition === undefined ? badarg() : atom(ring.owners[partition]!)
  },
  'riak_core_ring:indices/2': ([term, name]) => {
    const {ring} = ringIn(term)
    return indicesOf(ring.owners, atomName(name!), ring)
  },
  'riak_core_ring:my_indices/1': ([term]) => {
    const {ring, node} = ringIn(term)
    return indicesOf(ring.owners, node.name, ring)
  },
  'riak_core_ring:future_indices/2': ([term, name]) => {
    const {ring} = ringIn(term)
    return indicesOf(ownersAfterPending(ring), atomName(name!), ring)
  },
  'riak_core_ring:pending_changes/1': ([term]) => {
    const {ring} = ringIn(term)
    return list(ring.pending.map(change => pendingTerm(change, ring)))
  },
  'riak_core_ring:claimant/1': ([ring]) => atom(ringIn(ring).ring.claimant),
  'riak_core_ring:owner_node/1': ([ring]) => atom(ringIn(ring).node.name),
  'riak_core_ring:ring_ready/0': (_, {place: {node}}) => truth(isReady(node)),
  'riak_core_ring:ring_ready/1': ([ring]) => truth(isReady(ringIn(ring).node)),
  'riak_core_ring:get_nodes_locations/1': ([ring]) => dictTerm(locationsOf(ringIn(ring).ring)),
  'riak_core_ring:has_location_changed/1': ([ring]) => truth(ringIn(ring).ring.locationChanged),
  'riak_core_ring:cluster_name/1': ([ring]) => {
    const {node, at} = ringIn(ring).node.cluster.name
    return tuple(atom(node), timestamp(at))
  },
  'dict:to_list/1': ([dict]) => list(dictEntries(dict!).map(([key, value]) => tuple(key, value))),
  'dict:size/1': ([dict]) => dictEntries(dict!).length,
  'dict:fetch_keys/1': ([dict]) => list(dictEntries(dict!).map(([key]) => key)),
}

const pendingTerm = ({partition, from, to, done, status}: PendingChange, ring: Ring): Term =>
  tuple(indexTerm(partition, ring), atom(from), atom(to), atoms(done), atom(status))

const locationsOf = (ring: Ring): (readonly [string, string])[] =>
  presentIn(ring).flatMap(name => {
    const location = ring.locations[name]
    return location === undefined ? [] : [[name, location] as const]
  })

const slots = 16

/** A `dict` of atoms to strings as OTP lays it out; up to 80 keys there are 16 slots. */
function dictTerm(entries: readonly (readonly [string, string])[]): Term {
  const filled = Array.from({length: slots}, (): Term[] => [])
  for (const [key, value] of entries)
    filled[atomHash(key) % slots]!.unshift({list: [atom(key), ...elements(value)!]})
  const empty = tuple(...filled.map(() => list([])))
  return tuple(
    atom('dict'),
    entries.length,
    slots,
    slots,
    slots / 2,
    5 * slots,
    3 * slots,
    empty,
    tuple(tuple(...filled.map(list))),
  )
}

function dictEntries(dict: Term): (readonly [Term, Term])[] {
  if (typeof dict !== 'object' || !('tuple' in dict)) return badarg()
  const segments = dict.tuple[8]
  if (segments === undefined || typeof segments !== 'object' || !('tuple' in segments)) return badarg()
  return segments.tuple
    .flatMap(segment => (typeof segment === 'object' && 'tuple' in segment ? segment.tuple : []))
    .flatMap(slot => itemsOf(slot))
    .map(pair => {
      const [key, ...value] = itemsOf(pair)
      return [key!, asText(value)] as const
    })
}

const asText = (codes: readonly Term[]): Term =>
  codes.length > 0 && codes.every(code => typeof code === 'number')
    ? String.fromCodePoint(...(codes as readonly number[]))
    : list(codes)
