/**
 * Transfers of partitions between two nodes. Each needs a place on both: sending and receiving count together, up
 * to the node's transfer limit. Lowering a limit or turning a direction off kills what is beyond it, and a killed
 * transfer begins again from zero. An empty vnode needs no transfer: it is done at once.
 */
import {type NodeName, type PendingChange, partitionIndex} from '../../ring/ring.ts'
import {unreservedBytes} from './disk.ts'
import {publish} from './gossip.ts'
import {durationOf, timeFor} from './progress.ts'
import {stopVnode} from './vnodes.ts'
import {
  type Cluster,
  isServing,
  isUp,
  type LabNode,
  later,
  modules,
  nodeOf,
  type Transfer,
  type VnodeModule,
  type World,
} from './world.ts'

export type Handoff = Pick<Transfer, 'kind' | 'module' | 'partition' | 'to'>

/** Begins a handoff if nothing stands in its way; if something does, somebody will ask again. */
export function tryHandoff(world: World, source: LabNode, handoff: Handoff): void {
  const {module, partition, to} = handoff
  if (source.handoffs.some(other => isSame(other, handoff))) return
  const data = module === 'riak_kv_vnode' ? source.data.get(partition) : undefined
  if (data === undefined || data.objects === 0) {
    handOffEmpty(world, source, handoff)
    return
  }
  const target = nodeOf(world, to)
  const hasPlace = ({handoffs, transferLimit}: LabNode): boolean => handoffs.length < transferLimit
  if (!source.outbound || !hasPlace(source)) return
  if (!isServing(target) || !target.inbound || !hasPlace(target)) return
  const {busy, cannotReach} = source.trouble
  if (busy.has(partition) || busy.has(-1)) return
  if (cannotReach.has(to)) {
    logFailure(world, source, handoff, 'connect: {error,timeout}')
    return
  }
  const transfer: Transfer = {
    ...handoff,
    from: source.name,
    startedAt: world.now,
    data,
    rate: world.settings.rate * world.random.between(0.9, 1.1),
    pauses: world.settings.backend.pauses,
    pid: newProcess(source),
    state: 'active',
  }
  const room = unreservedBytes(target, world.now)
  source.handoffs.push(transfer)
  target.handoffs.push(transfer)
  if (data.bytes > room) {
    const until = timeFor(Math.max(0, room), transfer)
    later(world, until, () => {
      if (transfer.state !== 'active') return
      world.note(`${to}: no space left on device, partition ${partition} from ${source.name} is refused`)
      logFailure(world, source, handoff, 'error: {badmatch,{error,enospc}}')
      endTransfer(world, transfer, 'killed')
    })
    return
  }
  if (target.trouble.timesOut) {
    later(world, durationOf(transfer) / 2, () => {
      if (transfer.state !== 'active') return
      logFailure(world, source, handoff, 'TCP recv timeout')
      endTransfer(world, transfer, 'killed')
    })
    return
  }
  later(world, durationOf(transfer), () => complete(world, transfer))
}

const keptLines = 60

/** As riak_core_handoff_sender writes it. */
function logFailure(
  world: World,
  source: LabNode,
  {kind, module, partition, to}: Handoff,
  why: string,
): void {
  const index = partitionIndex(partition, source.view.ring.partitions)
  const {log} = source.trouble
  log.push(
    `${new Date(world.now).toISOString().replace('Z', '000+00:00')} [error] <0.${source.processes}.0>@riak_core_handoff_sender:start_fold/5:310 ${kind} transfer of ${module} from '${source.name}' ${index} to '${to}' ${index} failed because of ${why}`,
  )
  if (log.length > keptLines) log.shift()
}

const isSame = (transfer: Transfer, {module, partition, to}: Handoff): boolean =>
  transfer.module === module && transfer.partition === partition && transfer.to === to

/** `<node.25642.1>` without the node */
function newProcess(node: LabNode): string {
  node.processes += 1
  return `${node.processes % 32_768}.${Math.floor(node.processes / 32_768)}`
}

function handOffEmpty(world: World, source: LabNode, {module, partition, to}: Handoff): void {
  const {life, cluster} = source
  later(world, world.random.between(50, 800), () => {
    if (source.life === life) finishModule(world, source, cluster, {module, partition, to})
  })
}

function complete(world: World, transfer: Transfer): void {
  if (transfer.state !== 'active') return
  const {partition, module, from, to, data} = transfer
  const source = nodeOf(world, from)
  endTransfer(world, transfer, 'done')
  nodeOf(world, to).data.set(partition, data)
  source.data.delete(partition)
  finishModule(world, source, source.cluster, {module, partition, to})
}

/** The source's vnode goes; when it was the owner, the ring says that this module is done. */
function finishModule(
  world: World,
  source: LabNode,
  cluster: Cluster,
  {module, partition, to}: {readonly module: VnodeModule; readonly partition: number; readonly to: NodeName},
): void {
  if (source.cluster !== cluster || !isUp(source)) return
  const {ring} = cluster
  const entry = ring.pending.find(change => change.partition === partition)
  const isOwner = ring.owners[partition] === source.name
  if (isOwner && entry?.to !== to) return
  stopVnode(source, module, partition)
  if (!isOwner || !entry || entry.done.includes(module)) return
  const done = [...entry.done, module].sort()
  const status = done.length === modules.length ? 'complete' : 'awaiting'
  const changed: PendingChange = {...entry, done, status}
  const pending = ring.pending.map(change => (change === entry ? changed : change))
  publish(world, cluster, {...ring, pending}, source)
}

function endTransfer(world: World, transfer: Transfer, state: 'done' | 'killed'): void {
  transfer.state = state
  if (state === 'done') world.counters.transfersDone += 1
  else world.counters.transfersKilled += 1
  for (const name of [transfer.from, transfer.to]) {
    const node = nodeOf(world, name)
    node.handoffs = node.handoffs.filter(other => other !== transfer)
  }
}

export function killTransfers(
  world: World,
  node: LabNode,
  which: (transfer: Transfer, at: number) => boolean,
): void {
  const killed = node.handoffs.filter(which)
  for (const transfer of killed) endTransfer(world, transfer, 'killed')
}

/** `riak_core_handoff_manager:set_concurrency/1`: the oldest transfers within the limit go on. */
export function setTransferLimit(world: World, node: LabNode, limit: number): void {
  node.transferLimit = limit
  world.counters.limitChanges += 1
  killTransfers(world, node, (_, at) => at >= limit)
}

export type Direction = 'inbound' | 'outbound'

/** Turning a direction off kills what is under way in it. */
export function setDirection(world: World, node: LabNode, direction: Direction, isOn: boolean): void {
  node[direction] = isOn
  world.counters.limitChanges += 1
  if (isOn) return
  killTransfers(world, node, ({from}) => (direction === 'outbound') === (from === node.name))
}
