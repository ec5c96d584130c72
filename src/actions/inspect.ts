/** Asks hosts for their facts, as many at once as the inventory allows, and says how far it is. */

import {randomBytes} from 'node:crypto'
import type {Place, Subject, World} from '../check/check.ts'
import {isOpsError} from '../errors.ts'
import {askEach} from '../fleet/ask-each.ts'
import type {Fleet} from '../fleet/fleet.ts'
import {finalOwners, makePlan, type Plan} from '../plan/plan.ts'
import {askRecords} from '../records/read.ts'
import type {Door} from '../riak/door.ts'
import {askFacts, type FactsRequest} from '../riak/host/host-facts.ts'
import {ownedCounts} from '../ring/ring.ts'
import {presentMembers, type Snapshot} from '../ring/snapshot.ts'
import {slots} from '../ssh/slots.ts'

export type Inspection = {
  readonly fleet: Fleet
  readonly snapshot: Snapshot
  /** hosts to be judged */
  readonly hosts: readonly Door[]
  /** members that are asked what they have, and for the ways from them */
  readonly members: readonly Door[]
  /** measure the members' data, for the share of the new hosts */
  readonly size: boolean
  /** what is planned for the hosts; default: that they all join */
  readonly plan?: Plan
  readonly onProgress?: (done: number, all: number) => void
}

export type Inspected = {readonly world: World; readonly plan: Plan}

export async function inspect({
  fleet,
  snapshot,
  hosts,
  members,
  size,
  plan: given,
  onProgress,
}: Inspection): Promise<Inspected> {
  const {inventory, clock} = fleet
  const salt = randomBytes(16).toString('hex')
  const nodes = presentMembers(snapshot.ring).map(({node}) => node)
  const doors = [...new Set([...hosts, ...members])]
  const newcomers = hosts.filter(({node}) => !nodes.includes(node))
  const everyMember = fleet.doors.filter(({node}) => nodes.includes(node))
  const look = async (door: Door): Promise<Subject> => {
    const isMember = nodes.includes(door.node)
    const judged = hosts.includes(door)
    const request: FactsRequest = {
      salt,
      isNew: judged && !isMember,
      size: size && isMember,
      peers: [...new Set([...(judged ? [door, ...everyMember] : []), ...(isMember ? hosts : [])])].map(
        ({node}) => node,
      ),
    }
    const [facts, place] = await Promise.all([
      askFacts(door, clock.now, request),
      judged ? placeOn(door) : undefined,
    ])
    return {...subjectOf(door, isMember), facts, place}
  }
  const asked = await askEach(doors, look, {
    places: slots(inventory.concurrency),
    failed: (door, {message, hint}): Subject => ({
      ...subjectOf(door, nodes.includes(door.node)),
      failure: {message, hint},
    }),
    ...(onProgress ? {onAnswer: onProgress} : {}),
  })
  const of = (door: Door): Subject => asked[doors.indexOf(door)]!
  const changes = newcomers.map(({node}) => ({action: 'join' as const, node}))
  const plan = given ?? makePlan({cluster: inventory.cluster, snapshot, changes})
  const {ring} = snapshot
  const told = (key: 'version' | 'otp'): string[] =>
    snapshot.nodes.map(node => node[key]).filter(value => value !== 'unknown')
  return {
    plan,
    world: {
      hosts: hosts.map(of),
      // a member that was not asked still has a port to be reached at
      members: everyMember.map(door => (doors.includes(door) ? of(door) : subjectOf(door, true))),
      ring: {partitions: ring.partitions, nodes},
      up: new Set(snapshot.nodes.map(({node}) => node)),
      claim: {
        name: snapshot.claimFunction,
        targetN: snapshot.claim === 'unknown' ? undefined : snapshot.claim.targetN,
      },
      versions: told('version'),
      otps: told('otp'),
      owned: ownedCounts(ring.owners, ring.members),
      planned: ownedCounts(finalOwners(plan)),
      diskPeak: inventory.limits.diskPeak,
    },
  }
}

/** Undefined: it does not tell, which other checks find as well. */
async function placeOn(door: Door): Promise<Place | undefined> {
  try {
    return (await askRecords(door, {most: 1})).place
  } catch (error) {
    if (!isOpsError(error)) throw error
    return undefined
  }
}

const subjectOf = ({host, node, riak, dataDir}: Door, isMember: boolean): Subject => ({
  host,
  node,
  riak: riak.join(' '),
  dataDir,
  isMember,
  facts: undefined,
  place: undefined,
  failure: undefined,
})
