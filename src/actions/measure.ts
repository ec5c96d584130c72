/** Measures what lies on the disks of a cluster's hosts, all at once, and says how far it is. Only reads. */
import {isOpsError} from '../errors.ts'
import type {Session} from '../fleet/fleet.ts'
import {nowAndThen} from '../now-and-then.ts'
import type {Door} from '../riak/door.ts'
import {askStorage} from '../riak/host/storage.ts'
import type {NodeName} from '../ring/ring.ts'
import {compareNodes} from '../ring/ring.ts'
import {type NodeStorage, presentMembers, type Snapshot} from '../ring/snapshot.ts'
import {slots} from '../ssh/slots.ts'
import {counted} from '../units.ts'

/** The snapshot with the disks of its members, and of hosts that are to join. One that cannot be read is said. */
export async function measured(
  session: Session,
  snapshot: Snapshot,
  newcomers: readonly {readonly node: NodeName}[],
  say: (text: string) => void,
): Promise<Snapshot> {
  const {ring} = snapshot
  const nodes = new Set([...presentMembers(ring), ...newcomers].map(({node}) => node))
  const doors = session.doors.filter(({node}) => nodes.has(node))
  const places = slots(session.inventory.concurrency)
  const tell = nowAndThen(say)
  let done = 0
  const failed: string[] = []
  const measure = async (door: Door): Promise<NodeStorage[]> => {
    try {
      return [await askStorage(door, {partitions: ring.partitions, owns: ring.owners.includes(door.node)})]
    } catch (error) {
      if (!isOpsError(error)) throw error
      failed.push(`${door.host}: ${error.message}`)
      return []
    } finally {
      done += 1
      tell(() => `measuring disks: ${done} of ${counted(doors.length, 'host')}`)
    }
  }
  const storage = await Promise.all(doors.map(door => places.within(() => measure(door))))
  for (const text of failed.sort().slice(0, 5)) say(`not measured: ${text}`)
  if (failed.length > 5) say(`not measured: ${failed.length - 5} more`)
  return {...snapshot, storage: storage.flat().sort((a, b) => compareNodes(a.node, b.node))}
}
