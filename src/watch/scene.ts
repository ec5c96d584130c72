/** All that a screen may show at one moment, made of readings and of what a run has told. Pure values. */
import type {RunState} from '../journal/reduce.ts'
import type {VitalSigns} from '../riak/host/vital-signs.ts'
import type {NodeName} from '../ring/ring.ts'
import {activeTransfers, presentMembers, type Snapshot} from '../ring/snapshot.ts'
import type {RunBaseline, Status} from './status.ts'

export type Scene = {
  /** `add r06 r07 r08`, `watch` */
  readonly title: string
  /** ms since 1970 */
  readonly now: number
  readonly status?: Status | undefined
  readonly snapshot?: Snapshot | undefined
  /** why the last reading failed, if it did: what is shown is older than it should be */
  readonly error?: string | undefined
  readonly run?: RunState | undefined
  /** bytes of each partition that moves, where the plan knows them */
  readonly sizes: ReadonlyMap<number, number>
  /** the newest last */
  readonly events: readonly SceneEvent[]
  /** the newest last, of each node */
  readonly vitals: ReadonlyMap<NodeName, readonly VitalSigns[]>
  /** what may be pressed beside the keys of the screen itself */
  readonly keys: string
}

export type SceneEvent = {readonly at: number; readonly text: string; readonly isFault: boolean}

export type CellState = 'settled' | 'moving' | 'waiting' | 'finished' | 'at-risk'

export type Cell = {readonly partition: number; readonly owner: NodeName; readonly state: CellState}

/** Every partition, in ring order. At risk: fewer of its copies can be reached than a quorum. */
export function cellsOf(snapshot: Snapshot, nVal: number): Cell[] {
  const {owners, pending} = snapshot.ring
  const moving = new Set(
    activeTransfers(snapshot)
      .filter(({kind}) => kind === 'ownership')
      .map(({partition}) => partition),
  )
  const waiting = new Map(pending.map(({partition, status}) => [partition, status]))
  const narrow = new Set(
    preflists(snapshot, nVal).flatMap(({start, up}) => (up < quorum(nVal) ? [start] : [])),
  )
  return owners.map((owner, partition) => {
    const status = waiting.get(partition)
    const state: CellState = narrow.has(partition)
      ? 'at-risk'
      : moving.has(partition)
        ? 'moving'
        : status === 'complete'
          ? 'finished'
          : status === 'awaiting'
            ? 'waiting'
            : 'settled'
    return {partition, owner, state}
  })
}

export const quorum = (nVal: number): number => Math.floor(nVal / 2) + 1

export type Preflist = {
  /** its first partition */
  readonly start: number
  readonly owners: readonly NodeName[]
  /** copies whose owner answers */
  readonly up: number
}

/** The preference list that begins at each partition. */
export function preflists({ring, nodes}: Snapshot, nVal: number): Preflist[] {
  const up = new Set(nodes.map(({node}) => node))
  const {owners} = ring
  return owners.map((_, start) => {
    const list = Array.from({length: nVal}, (_, offset) => owners[(start + offset) % owners.length]!)
    return {start, owners: list, up: list.filter(node => up.has(node)).length}
  })
}

/** How many preference lists have all their copies, some, fewer than a quorum, none. */
export type ReplicaRisk = {
  readonly nVal: number
  readonly whole: number
  readonly degraded: number
  readonly belowQuorum: number
  readonly gone: number
}

export function replicaRisk(snapshot: Snapshot, nVal: number): ReplicaRisk {
  const counts = {whole: 0, degraded: 0, belowQuorum: 0, gone: 0}
  for (const {up} of preflists(snapshot, nVal))
    if (up === 0) counts.gone += 1
    else if (up < quorum(nVal)) counts.belowQuorum += 1
    else if (up < nVal) counts.degraded += 1
    else counts.whole += 1
  return {nVal, ...counts}
}

/** What is worth a line between two readings. */
export function eventsBetween(before: Snapshot | undefined, after: Snapshot): SceneEvent[] {
  const at = after.takenAt
  if (!before) return []
  const events: SceneEvent[] = []
  const add = (text: string, isFault = false): void => {
    events.push({at, text, isFault})
  }
  const up = (snapshot: Snapshot): Set<string> => new Set(snapshot.nodes.map(({node}) => node))
  const [was, is] = [up(before), up(after)]
  for (const {node} of presentMembers(after.ring)) {
    if (was.has(node) && !is.has(node)) add(`${node} does not answer any more`, true)
    if (!was.has(node) && is.has(node) && before.ring.members.some(member => member.node === node))
      add(`${node} answers again`)
  }
  const status = new Map(before.ring.members.map(({node, status: then}) => [node, then]))
  for (const {node, status: now} of after.ring.members)
    if (status.get(node) !== now) add(`${node} is ${now === 'invalid' ? 'gone' : now}`)
  if (before.ring.claimant !== after.ring.claimant)
    add(`the claimant is ${after.ring.claimant} now, not ${before.ring.claimant}`, true)
  const changed = after.ring.owners.flatMap((owner, partition) =>
    owner === before.ring.owners[partition] ? [] : [partition],
  )
  if (changed.length > 0)
    add(
      `${changed.length === 1 ? `partition ${changed[0]} has its` : `${changed.length} partitions have their`} new owner`,
    )
  for (const {node, transferLimit, inbound, outbound} of after.nodes) {
    const then = before.nodes.find(other => other.node === node)
    if (!then) continue
    if (then.transferLimit !== transferLimit)
      add(`transfer limit of ${node}: ${then.transferLimit} -> ${transferLimit}`)
    if (then.inbound !== inbound) add(`inbound handoff of ${node} is ${inbound ? 'on' : 'off'}`, !inbound)
    if (then.outbound !== outbound)
      add(`outbound handoff of ${node} is ${outbound ? 'on' : 'off'}`, !outbound)
  }
  return events
}

/** What the plan of a run says of sizes. */
export const sizesOfRun = (
  run: RunState | undefined,
  baseline: RunBaseline | undefined,
): Map<number, number> => {
  const transitions =
    run?.plan?.transitions ?? (baseline?.baseline as {transitions?: unknown} | undefined)?.transitions
  const sizes = new Map<number, number>()
  for (const {transfers} of (transitions ?? []) as readonly {
    readonly transfers: readonly {readonly partition: number; readonly bytes?: number | null}[]
  }[])
    for (const {partition, bytes} of transfers) if (typeof bytes === 'number') sizes.set(partition, bytes)
  return sizes
}
