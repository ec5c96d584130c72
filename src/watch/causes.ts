/** Everything that is known to keep handoff from going on, each found by its own evidence. Pure. */
import {describeChange} from '../ring/changes.ts'
import type {NodeName} from '../ring/ring.ts'
import {
  defaultClusterLimit,
  disagreeingMembers,
  type NodeFacts,
  presentMembers,
  type Snapshot,
  unreachableMembers,
} from '../ring/snapshot.ts'
import {counted, formatBytes, formatDuration} from '../units.ts'
import type {Cause, Evidence} from './cause.ts'
import {type Movement, ownershipTransfers} from './movement.ts'

type Looked = {readonly evidence: Evidence; readonly last: Snapshot; readonly movement: Movement}
type Find = (looked: Looked) => Cause | undefined

export function causesOf(evidence: Evidence, movement: Movement): Cause[] {
  const looked: Looked = {evidence, last: evidence.readings.at(-1)!, movement}
  const all = finders.map(find => find(looked)).filter(cause => cause !== undefined)
  // that it begins again and again is a cause of its own only where none is known
  const explained = all.some(({id}) => ['one-sided', 'disk-full', 'receiver-timeout'].includes(id))
  const found = all.filter(({id}) => id !== 'restart-loop' || !explained)
  const order = {stops: 0, slows: 1, fine: 2}
  return found.sort((a, b) => order[a.weight] - order[b.weight])
}

/** Nodes that send or receive what is pending. */
const takingPart = ({ring}: Snapshot): {sources: Set<string>; targets: Set<string>} => {
  const waiting = ring.pending.filter(({status}) => status === 'awaiting')
  return {sources: new Set(waiting.map(({from}) => from)), targets: new Set(waiting.map(({to}) => to))}
}

const claimantAway: Find = ({evidence: {claimantThen}, last}) => {
  const {claimant} = last.ring
  if (unreachableMembers(last).includes(claimant))
    return {
      id: 'claimant-down',
      weight: 'stops',
      message: `the claimant ${claimant} does not answer: finished transfers are not installed without it`,
      evidence: [`members that answer: ${last.nodes.length}; ${claimant} is not among them`],
      next: `start Riak on that host; if it is gone for good: riak admin down ${claimant}, and another member leads`,
    }
  if (claimantThen === undefined || claimantThen === claimant) return undefined
  return {
    id: 'claimant-moved',
    weight: 'fine',
    message: `the claimant has moved from ${claimantThen} to ${claimant} since the commit: what was staged in its memory is gone, what is pending goes on`,
    evidence: [`claimant at the commit: ${claimantThen}; now: ${claimant}`],
    next: 'nothing; a run of ringup is gone on with: ringup runs resume',
  }
}

const memberDown: Find = ({last}) => {
  const away = unreachableMembers(last).filter(node => node !== last.ring.claimant)
  if (away.length === 0) return undefined
  const {sources, targets} = takingPart(last)
  const part = away.filter(node => sources.has(node) || targets.has(node))
  return {
    id: 'member-down',
    weight: 'stops',
    message: `${away.join(', ')} ${away.length === 1 ? 'does' : 'do'} not answer the others${part.length > 0 ? `, and ${part.join(', ')} must send or receive` : ''}`,
    evidence: [
      `connected with ${last.askedNode}: ${last.nodes.length} of ${presentMembers(last.ring).length} members`,
      'the ring is not ready while a member is away that is not marked as down, so no node looks for handoffs',
    ],
    next: `see whether Riak runs there: ringup exec -- riak ping; ringup check`,
  }
}

const oneSided: Find = ({evidence: {hosts}, last}) => {
  const {pending} = last.ring
  const blocked = hosts.flatMap(host =>
    host.peers
      .filter(peer => pending.some(({from, to}) => from === host.node && to === peer.node))
      .filter(({handoff}) => handoff !== undefined && handoff.outcome !== 'open')
      .map(({node, handoff}) => ({from: host.node, to: node, handoff: handoff!})),
  )
  if (blocked.length === 0) return undefined
  const [one] = blocked
  return {
    id: 'one-sided',
    weight: 'stops',
    message: `${one!.from} cannot reach the handoff port of ${one!.to}${blocked.length > 1 ? `, and ${blocked.length - 1} more pairs` : ''}`,
    evidence: blocked
      .slice(0, 5)
      .map(({from, to, handoff}) => `${from} -> ${to} port ${handoff.port}: ${handoff.outcome}`),
    next: `open the port between them: ringup check ${hostsOf(blocked.map(({to}) => to))} --only port-handoff`,
  }
}

const hostsOf = (nodes: readonly string[]): string =>
  [...new Set(nodes.map(node => node.split('@')[1] ?? node))].slice(0, 3).join(' ')

const stagedJoin: Find = ({last}) => {
  const joining = presentMembers(last.ring).filter(({status}) => status === 'joining')
  const changes = last.staged === 'unknown' ? [] : last.staged.map(describeChange)
  if (joining.length === 0 && changes.length === 0) return undefined
  const shown = changes.length > 0 ? changes : joining.map(({node}) => `join ${node}`)
  return {
    id: 'staged',
    weight: joining.length > 0 ? 'stops' : 'slows',
    message: `${shown.join(', ')} ${shown.length === 1 ? 'is' : 'are'} staged and not committed${joining.length > 0 ? ': while a join is staged no finished transfer is installed' : ''}`,
    evidence: [
      `on the claimant ${last.ring.claimant}: ${shown.join(', ')}`,
      `finished and not installed: ${last.ring.pending.filter(({status}) => status === 'complete').length}`,
    ],
    next: 'see whose it is: ringup runs list; then ringup runs resume, or ringup abandon; if it is of no run, ask who staged it',
  }
}

const limitZero: Find = ({last}) => {
  const {sources, targets} = takingPart(last)
  const zero = last.nodes.filter(
    ({node, transferLimit}) => transferLimit === 0 && (sources.has(node) || targets.has(node)),
  )
  const cluster = last.nodes.filter(({node, clusterLimit}) => clusterLimit === 0 && sources.has(node))
  if (zero.length === 0 && cluster.length === 0) return undefined
  return {
    id: 'limit-zero',
    weight: 'stops',
    message: `${[...zero.map(({node}) => `the transfer limit of ${node} is 0`), ...cluster.map(({node}) => `the cluster limit on ${node} is 0`)].join('; ')}`,
    evidence: [...zero, ...cluster].map(
      ({node, transferLimit, clusterLimit}) =>
        `${node}: transfer limit ${transferLimit}, cluster limit ${clusterLimit ?? defaultClusterLimit}`,
    ),
    next: `find out who set it; then: riak admin transfer-limit ${zero[0]?.node ?? cluster[0]!.node} 2`,
  }
}

const handoffDisabled: Find = ({last}) => {
  const {sources, targets} = takingPart(last)
  const off = last.nodes.flatMap(({node, inbound, outbound}: NodeFacts) => [
    ...(!outbound && sources.has(node) ? [{node, way: 'outbound'}] : []),
    ...(!inbound && targets.has(node) ? [{node, way: 'inbound'}] : []),
  ])
  if (off.length === 0) return undefined
  return {
    id: 'handoff-disabled',
    weight: 'stops',
    message: off.map(({node, way}) => `${way} handoff is off on ${node}`).join('; '),
    evidence: off.map(({node, way}) => `${node}: ${way} off`),
    next: `find out who turned it off; then: riak admin handoff enable ${off[0]!.way} --node=${off[0]!.node}`,
  }
}

/** At one moment a place may be free: one was finished and the next has not begun. Any full reading tells. */
const clusterLimit: Find = ({evidence: {readings}}) => {
  const full = readings.map(windowOf).findLast(({limit, waiting, active, finished}) => {
    return limit > 0 && waiting > limit && active + finished >= limit
  })
  if (full === undefined) return undefined
  const {limit, pending, waiting, active, finished} = full
  return {
    id: 'cluster-limit',
    weight: 'slows',
    message: `the cluster's limit of ${limit} lets no more begin: ${active} under way, ${finished} finished and not installed, ${waiting - active} wait`,
    evidence: [`forced_ownership_handoff ${limit}; pending ${pending}`],
    next: 'raise it where disks and clients allow it: forced_ownership_handoff (cluster_transfer_limit from 3.4)',
  }
}

/** What the cluster's limit lets begin, and how much of that has: Riak takes the first that are pending. */
function windowOf(reading: Snapshot) {
  const {pending} = reading.ring
  const limit = Math.min(...reading.nodes.map(node => node.clusterLimit ?? defaultClusterLimit))
  return {
    limit,
    pending: pending.length,
    waiting: pending.filter(({status}) => status === 'awaiting').length,
    active: ownershipTransfers(reading).length,
    finished: pending.slice(0, limit).filter(({status}) => status === 'complete').length,
  }
}

/** Below this a disk is as good as full. */
const leastFree = 0.02

/** Whose volume it is. */
const refusing = ({node, to}: Evidence['troubles'][number]): NodeName => to ?? node

const diskFull: Find = ({evidence: {hosts, troubles}, last}) => {
  const {targets} = takingPart(last)
  const read = hosts.filter(({disk}) => disk !== undefined)
  const roomy = new Set(read.filter(({disk}) => disk!.free >= leastFree * disk!.size).map(({node}) => node))
  const full = read.filter(({node}) => targets.has(node) && !roomy.has(node))
  // a log keeps what is over: it counts for a transfer that is still to be made, or for a target not known to have room
  const stillToBeMade = new Set(recent(troubles, last))
  const told = troubles
    .filter(({kind}) => kind === 'disk-full')
    .filter(trouble => {
      const node = refusing(trouble)
      return (targets.has(node) && !roomy.has(node)) || stillToBeMade.has(trouble)
    })
  if (full.length === 0 && told.length === 0) return undefined
  const nodes = [...new Set([...full.map(({node}) => node), ...told.map(refusing)])]
  return {
    id: 'disk-full',
    weight: 'stops',
    message: `the data volume of ${nodes.join(', ')} is full: what it receives is refused, and begins again from zero`,
    evidence: [
      ...full.map(({node, disk}) => `${node}: ${formatBytes(disk!.free)} of ${formatBytes(disk!.size)} free`),
      ...told.slice(-3).map(({text}) => text),
    ],
    next: `turn inbound off there until it has sent what it has to send: riak admin handoff disable inbound --node=${nodes[0]}; make room; then enable it again`,
  }
}

const receiverTimeout: Find = ({evidence: {troubles}, movement, last}) => {
  const told = recent(troubles, last).filter(({kind}) => kind === 'timeout')
  const byPartition = tally(told.map(({partition}) => partition))
  const worst = [...byPartition].sort((a, b) => b[1] - a[1])[0]
  if (!worst || (worst[1] < 2 && movement.restarted.length === 0)) return undefined
  return {
    id: 'receiver-timeout',
    weight: 'stops',
    message: `receivers do not keep up: ${counted(told.length, 'transfer')} timed out, partition ${worst[0]} ${counted(worst[1], 'time')}, each begins again from zero`,
    evidence: told.slice(-4).map(({text}) => text),
    next: 'smaller batches first: riak_core handoff_batch_threshold_count 200 (default 500); then handoff_timeout above 120000; or a lower transfer limit on the receiver',
  }
}

const restartLoop: Find = ({movement, evidence: {troubles}, last}) => {
  const others = recent(troubles, last).filter(({kind}) => kind === 'connection' || kind === 'other')
  const failing = [...tally(others.map(({partition}) => partition))].filter(([, times]) => times >= 3)
  const loops = movement.restarted.filter(({times}) => times >= 2)
  if (loops.length === 0 && failing.length === 0) return undefined
  const partitions = [...new Set([...loops.map(({partition}) => partition), ...failing.map(([at]) => at)])]
  return {
    id: 'restart-loop',
    weight: 'stops',
    message: `${counted(partitions.length, 'partition')} ${partitions.length === 1 ? 'begins' : 'begin'} again and again: ${partitions.slice(0, 6).join(', ')}`,
    evidence: [
      ...loops
        .slice(0, 4)
        .map(
          ({partition, times}) =>
            `partition ${partition}: begun again ${counted(times, 'time')} while it was looked at`,
        ),
      ...others.slice(-3).map(({text}) => text),
    ],
    next: 'the log of the sender says why: ringup exec -- grep "transfer of" /var/log/riak/console.log',
  }
}

function tally(partitions: readonly (number | undefined)[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const partition of partitions)
    if (partition !== undefined) counts.set(partition, (counts.get(partition) ?? 0) + 1)
  return counts
}

/** What is still pending, so that old trouble that is over does not count. */
const recent = (troubles: Evidence['troubles'], {ring}: Snapshot): Evidence['troubles'] =>
  troubles.filter(({partition, from, to}) =>
    ring.pending.some(
      entry =>
        entry.status === 'awaiting' &&
        entry.partition === partition &&
        entry.from === from &&
        entry.to === to,
    ),
  )

const notConverging: Find = ({evidence: {readings}, last, movement}) => {
  if (readings.length < 3 || unreachableMembers(last).length > 0) return undefined
  const other = disagreeingMembers(last).filter(node =>
    readings.every(reading => disagreeingMembers(reading).includes(node)),
  )
  // it flickers while transfers end; that it is never ready while nothing goes on is another thing
  const unready = movement.progressed
    ? []
    : last.nodes.filter(({node}) =>
        readings.every(({nodes}) => nodes.some(facts => facts.node === node && facts.ringReady === false)),
      )
  if (other.length === 0 && unready.length === 0) return undefined
  return {
    id: 'ring-not-converging',
    weight: 'stops',
    message:
      other.length > 0
        ? `${other.join(', ')} ${other.length === 1 ? 'has' : 'have'} had another ring than ${last.askedNode} in all of ${readings.length} readings`
        : `the ring has not been ready in any of ${readings.length} readings, though all members answer: one of them does not see the newest ring`,
    evidence:
      other.length > 0
        ? other.map(node => `${node}: ring ${last.nodes.find(facts => facts.node === node)?.ringHash}`)
        : [`not ready on ${unready.map(({node}) => node).join(', ')}`],
    next: 'look at the logs for gossip that is refused or late; riak admin ringready names who disagrees; a restart of that node makes it hear of the ring again',
  }
}

const versionMix: Find = ({last}) => {
  const versions = new Map<string, string[]>()
  for (const {node, version} of last.nodes)
    if (version !== 'unknown') versions.set(version, [...(versions.get(version) ?? []), node])
  if (versions.size < 2) return undefined
  return {
    id: 'version-mix',
    weight: 'slows',
    message: `members run ${[...versions.keys()].sort().join(' and ')}`,
    evidence: [...versions].map(
      ([version, nodes]) => `${version}: ${nodes.slice(0, 5).join(', ')}${nodes.length > 5 ? ' ...' : ''}`,
    ),
    next: 'finish the upgrade; between releases that do not know each other handoff may fail',
  }
}

/** Messages; a vnode that works for clients has a few. */
const busyQueue = 1000

const vnodeBusy: Find = ({evidence: {queues}}) => {
  const busy = queues.filter(({length}) => length >= busyQueue).sort((a, b) => b.length - a.length)
  if (busy.length === 0) return undefined
  return {
    id: 'vnode-busy',
    weight: 'stops',
    message: `${counted(busy.length, 'vnode')} ${busy.length === 1 ? 'does not come to its' : 'do not come to their'} handoff: partition ${busy[0]!.partition} on ${busy[0]!.node} has ${busy[0]!.length} messages waiting`,
    evidence: busy
      .slice(0, 5)
      .map(({node, partition, length}) => `${node} partition ${partition}: ${length} messages`),
    next: 'see what it does: merges, compaction, hot keys (riak admin top); it goes on when the queue is short',
  }
}

const hintedOnly: Find = ({evidence: {hinted = []}, last}) => {
  if (last.ring.pending.length > 0 || hinted.length === 0) return undefined
  const count = hinted.reduce((sum, {partitions}) => sum + partitions, 0)
  return {
    id: 'hinted-only',
    weight: 'fine',
    message: `${counted(count, 'partition')} wait to be handed back (hinted handoff): ownership has moved, this takes its time and is as it should be`,
    evidence: hinted.map(({node, partitions}) => `${node}: ${partitions}`),
    next: 'nothing; they go when their vnodes have been idle for a minute or two',
  }
}

/** ms */
const mostSkew = 10_000

const clockSkew: Find = ({evidence: {hosts}}) => {
  const told = hosts.flatMap(({node, clock}) =>
    clock
      ? [{node, ahead: (clock.lowest + clock.highest) / 2, certain: (clock.highest - clock.lowest) / 2}]
      : [],
  )
  if (told.length < 2) return undefined
  const sorted = told.map(({ahead}) => ahead).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)]!
  const off = told.filter(({ahead, certain}) => Math.abs(ahead - median) - certain > mostSkew)
  if (off.length === 0) return undefined
  return {
    id: 'clock-skew',
    weight: 'slows',
    message: `the clock of ${off.map(({node}) => node).join(', ')} is off: times in logs and of transfers mislead`,
    evidence: off.map(
      ({node, ahead}) =>
        `${node}: ${formatDuration(Math.abs(ahead - median))} ${ahead > median ? 'ahead' : 'behind'}`,
    ),
    next: 'mend time synchronisation there (chrony, ntp)',
  }
}

const finders: readonly Find[] = [
  claimantAway,
  memberDown,
  stagedJoin,
  limitZero,
  handoffDisabled,
  diskFull,
  oneSided,
  receiverTimeout,
  vnodeBusy,
  notConverging,
  restartLoop,
  versionMix,
  clusterLimit,
  clockSkew,
  hintedOnly,
]
