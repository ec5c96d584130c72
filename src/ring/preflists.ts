/**
 * Preflists: the n consecutive partitions, around the ring, that hold the copies of a key. One with fewer than n
 * distinct nodes or locations keeps two copies together, which riak_core's plan warns of and commits all the same.
 */
import type {NodeName} from './ring.ts'

export type NarrowPreflist = {
  /** positions of its partitions, in order */
  readonly partitions: readonly number[]
  /** distinct nodes or locations among their owners, fewer than there are copies */
  readonly distinct: number
}

/** n_val of the default bucket properties: how many copies there are. */
export const copies = 3

type Locations = Readonly<Record<NodeName, string>>

/** Preflists with fewer than `nVal` distinct nodes. */
export const preflistsSharingNodes = (owners: readonly NodeName[], nVal: number): NarrowPreflist[] =>
  narrowPreflists(owners, nVal)

/** Preflists with fewer than `nVal` distinct locations; nodes without one share the location "none". */
export const preflistsSharingLocations = (
  owners: readonly NodeName[],
  locations: Locations,
  nVal: number,
): NarrowPreflist[] =>
  narrowPreflists(
    owners.map(node => locations[node]),
    nVal,
  )

function narrowPreflists(owners: readonly unknown[], nVal: number): NarrowPreflist[] {
  const narrow: NarrowPreflist[] = []
  for (let start = 0; start < owners.length; start += 1) {
    const partitions = Array.from({length: nVal}, (_, offset) => (start + offset) % owners.length)
    const distinct = new Set(partitions.map(partition => owners[partition])).size
    if (distinct < nVal) narrow.push({partitions, distinct})
  }
  return narrow
}
