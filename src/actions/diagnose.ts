/** Looks at a cluster for a while, asks the hosts that take part, and says why handoff does not go on. Only reads. */

import {randomBytes} from 'node:crypto'
import {OpsError} from '../errors.ts'
import {askEach} from '../fleet/ask-each.ts'
import type {Fleet} from '../fleet/fleet.ts'
import {nowAndThen} from '../now-and-then.ts'
import {readTransfers} from '../riak/answers/transfers.ts'
import {adminWords, dialectOf, inNewWords} from '../riak/dialect.ts'
import type {Door} from '../riak/door.ts'
import {askFacts} from '../riak/host/host-facts.ts'
import {askTrouble} from '../riak/host/trouble.ts'
import {readCommands} from '../riak/query.ts'
import {askCluster} from '../riak/ring/ask-cluster.ts'
import {askQueues, type VnodeQueue} from '../riak/ring/vnode-queues.ts'
import {askedVersion, memberNodes, type Snapshot} from '../ring/snapshot.ts'
import {slots} from '../ssh/slots.ts'
import {tellDamaged} from '../state/runs.ts'
import {runBaseline} from '../state/runs-of-ring.ts'
import {formatDuration} from '../units.ts'
import type {Evidence} from '../watch/cause.ts'
import {type Diagnosis, diagnose} from '../watch/diagnosis.ts'
import {movementOf} from '../watch/movement.ts'

export type DiagnoseRequest = {
  /** ms to look at most */
  readonly look: number
  /** ms between readings */
  readonly interval: number
}

export type Diagnosed = {readonly diagnosis: Diagnosis; readonly evidence: Evidence}

/** hosts that are asked beside the members that answer: as many as take part in what moves, and no more */
const mostHosts = 24
/** partitions whose queues are looked at, of each node */
const mostQueues = 8

/** What `diagnose` finds, for other use-cases as well. */
export async function diagnosed(
  fleet: Fleet,
  request: DiagnoseRequest,
  say: (text: string) => void,
): Promise<Diagnosed> {
  const evidence = await gathered(fleet, await readAgain(fleet, request, say), say)
  return {diagnosis: diagnose(fleet.inventory.cluster, evidence), evidence}
}

/** At least three readings; no more once something has gone on, or when nothing is to move. */
async function readAgain(
  {doors, inventory, clock}: Fleet,
  {look, interval}: DiagnoseRequest,
  say: (text: string) => void,
): Promise<Snapshot[]> {
  const spare = new Set(inventory.hosts.filter(host => host.spare).map(({node}) => node))
  const asked = doors.filter(({node}) => !spare.has(node))
  const readings: Snapshot[] = []
  const tell = nowAndThen(say)
  const started = clock.now()
  for (;;) {
    readings.push((await askCluster(asked, clock)).snapshot)
    const passed = clock.now() - started
    const {pending, progressed, restarted} = movementOf(readings)
    const calm = pending === 0 || (progressed && restarted.length === 0)
    if (readings.length >= 3 && (calm || passed >= look)) return readings
    tell(() => `nothing has moved for ${formatDuration(passed)}; looking for ${formatDuration(look)}`)
    await clock.sleep(interval)
  }
}

async function gathered(
  fleet: Fleet,
  readings: readonly Snapshot[],
  say: (text: string) => void,
): Promise<Evidence> {
  const last = readings.at(-1)!
  const {pending, partitions} = last.ring
  const waiting = pending.filter(({status}) => status === 'awaiting')
  const part = new Set(waiting.flatMap(({from, to}) => [from, to]))
  const members = memberNodes(last.ring)
  const known = fleet.doors.filter(({node}) => members.has(node))
  const asked = (part.size > 0 ? known.filter(({node}) => part.has(node)) : known).slice(0, mostHosts)
  const places = slots(fleet.inventory.concurrency)
  // what a host does not tell is evidence that is missing, not a reason to stop
  const each = <T>(ask: (door: Door) => Promise<T>): Promise<T[]> => askEach(asked, ask, {places})
  const salt = randomBytes(16).toString('hex')
  const targetsOf = (node: string): string[] => [
    ...new Set(waiting.filter(({from}) => from === node).map(({to}) => to)),
  ]
  const [hosts, troubles, queues, hinted] = await Promise.all([
    each(door =>
      askFacts(door, fleet.clock.now, {salt, isNew: false, size: false, peers: targetsOf(door.node)}),
    ),
    each(door => askTrouble(door, partitions)),
    each(async (door): Promise<VnodeQueue[]> => {
      const own = waiting.filter(({from}) => from === door.node).map(({partition}) => partition)
      return own.length === 0 || !door.eval ? [] : askQueues(door, own.slice(0, mostQueues), partitions)
    }),
    pending.length === 0 ? hintedOf(fleet, last) : Promise.resolve(undefined),
  ])
  const claimantThen = runBaseline(last, fleet.memory)?.claimant
  tellDamaged(say)
  return {
    readings,
    hosts,
    troubles: troubles.flat(),
    queues: queues.flat(),
    hinted,
    claimantThen,
  }
}

async function hintedOf(fleet: Fleet, snapshot: Snapshot): Promise<Evidence['hinted']> {
  const door = fleet.doors.find(({node}) => node === snapshot.askedNode)
  if (!door) return undefined
  const dialect = dialectOf(askedVersion(snapshot))
  const admin = adminWords(door.riak, dialect)
  const answer = await door.ask(readCommands.transfers(admin)).catch(error => {
    if (error instanceof OpsError) return undefined
    throw error
  })
  const reading = answer && readTransfers(inNewWords(answer, dialect))
  return reading?.outcome === 'read' ? reading.value.waiting : undefined
}

/** What a person would need who was not there. No secret is in it: hosts are asked for none, and hashes are left out. */
export function bundleOf({diagnosis, evidence}: Diagnosed): object {
  const {readings, hosts, troubles, queues, hinted} = evidence
  return {
    ringup: 'ringup/diagnosis-bundle/1',
    diagnosis,
    readings,
    hosts: hosts.map(({config, ...host}) => ({
      ...host,
      ...(config ? {config: {...config, cookieHash: undefined}} : {}),
    })),
    troubles,
    queues,
    hinted,
  }
}
