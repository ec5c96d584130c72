/** Measures what lies on the disks of a cluster's hosts, all at once, and says how far it is. Only reads. */

import {askEach} from '../fleet/ask-each.ts'
import type {Fleet} from '../fleet/fleet.ts'
import {nowAndThen} from '../now-and-then.ts'
import {askStorage} from '../riak/host/storage.ts'
import type {NodeName} from '../ring/ring.ts'
import {compareNodes} from '../ring/ring.ts'
import {presentMembers, type Snapshot} from '../ring/snapshot.ts'
import {slots} from '../ssh/slots.ts'
import {counted} from '../units.ts'

/** The snapshot with the disks of its members, and of hosts that are to join. One that cannot be read is said. */
export async function measured(
  fleet: Fleet,
  snapshot: Snapshot,
  newcomers: readonly {readonly node: NodeName}[],
  say: (text: string) => void,
): Promise<Snapshot> {
  const {ring} = snapshot
  const {partitions, owners} = ring
  const nodes = new Set([...presentMembers(ring), ...newcomers].map(({node}) => node))
  const doors = fleet.doors.filter(({node}) => nodes.has(node))
  const tell = nowAndThen(say)
  const silent: string[] = []
  const storage = await askEach(
    doors,
    door => askStorage(door, {partitions, owns: owners.includes(door.node)}),
    {
      places: slots(fleet.inventory.concurrency),
      failed: ({host}, {message}) => {
        silent.push(`${host}: ${message}`)
        return undefined
      },
      onAnswer: (done, all) => tell(() => `measuring disks: ${done} of ${counted(all, 'host')}`),
    },
  )
  for (const text of silent.sort().slice(0, 5)) say(`not measured: ${text}`)
  if (silent.length > 5) say(`not measured: ${silent.length - 5} more`)
  return {...snapshot, storage: storage.sort((a, b) => compareNodes(a.node, b.node))}
}
