/**
 * What riak_core does with a pending list, event by event. The model, as recorded on real nodes and written down in
 * ARCHITECTURE.md: every node looks at the list once in ten seconds, at a moment of its own, and moves nothing
 * before it has seen it once while all members agreed on the ring; of the list only the first entries may move (the cluster's limit, finished ones that are not installed yet included); a transfer needs a
 * place on both nodes, where sending and receiving count together; a vnode's data is deleted when it has been handed
 * off; the next transition begins when the last entry of this one is installed. Pure: the same seed, the same story.
 */
import {eventQueue} from '../event-queue.ts'
import type {Random} from '../random.ts'
import type {Move, NodeName} from '../ring/ring.ts'

export type SizedMove = Move & {
  /** bytes sent */
  readonly bytes: number
  /** bytes it takes on a disk */
  readonly disk: number
}

export type HandoffNode = {
  /** transfers at once, in and out together */
  readonly limit: number
  /** entries of the pending list that may move, as this node has it */
  readonly clusterLimit: number
  /** bytes used on its disk when it begins */
  readonly used: number
  /** receives nothing as long as it has something to send: the disk valve */
  readonly valve?: boolean
}

export type Handoff = {
  /** transition by transition, each sorted by partition */
  readonly transitions: readonly (readonly SizedMove[])[]
  readonly nodes: ReadonlyMap<NodeName, HandoffNode>
  /** bytes a second of one transfer */
  readonly rate: (move: Move) => number
  /** bytes a second that a node sends and receives at most, over all its transfers; default: no bound */
  readonly nodeRate?: number | undefined
  /** bytes a ms that each disk gets besides */
  readonly ingest?: (node: NodeName) => number
}

export type HandedOff = {
  /** ms until the last transfer is installed; of a list that cannot move on, until it stopped */
  readonly ms: number
  /** transfers that can never begin */
  readonly stuck: number
  readonly nodes: ReadonlyMap<NodeName, NodeCourse>
  /** ms after which one more transfer was done, in order */
  readonly done: readonly number[]
  /** ms that transfers waited, summed, by what they waited for first */
  readonly waited: Readonly<Record<Waiting, number>>
}

/** the cluster's limit, a node's limit, the valve of a filling node, or the next look at the list of its source */
export type Waiting = 'cluster' | 'node' | 'valve' | 'tick'

export type NodeCourse = {
  /** bytes on its disk at the fullest, and when (ms) */
  readonly peak: number
  readonly peakAt: number
  /** ms until its last transfer, in or out, is done; 0: it has none */
  readonly settled: number
}

/** `vnode_management_timer`, ms */
const tick = 10_000
/** ms from the start of a transfer to its first byte */
const setUp = 300
/** ms until all members agree on a new ring: least, most */
const agreement = [900, 1500] as const
/** ms until a finished entry has been agreed on and is installed: least, most */
const install = [1200, 2300] as const

type Transfer = SizedMove & {
  state: 'waiting' | 'active' | 'complete' | 'installed'
  /** bytes left, at the moment `at`, going at `speed` bytes a ms */
  left: number
  at: number
  speed: number
  own: number
  version: number
}

type Place = {
  readonly name: NodeName
  readonly limit: number
  readonly clusterLimit: number
  readonly valve: boolean
  /** ms after which its looks at the list come */
  readonly phase: number
  readonly active: Set<Transfer>
  used: number
  outbound: number
  looks: boolean
  /** has seen this list while all agreed on it: before, it moves nothing */
  knows: boolean
  peak: number
  peakAt: number
  settled: number
}

/** Throws a `RangeError` for a rate that is not above 0. */
export function simulateHandoff(handoff: Handoff, random: Random): HandedOff {
  const {nodeRate = Number.POSITIVE_INFINITY, ingest = () => 0} = handoff
  const queue = eventQueue()
  const waited: Record<Waiting, number> = {cluster: 0, node: 0, valve: 0, tick: 0}
  const places = new Map<NodeName, Place>()
  for (const [name, {limit, clusterLimit, used, valve = false}] of handoff.nodes)
    places.set(name, {
      name,
      limit,
      clusterLimit,
      valve,
      phase: random.next() * tick,
      active: new Set(),
      used,
      outbound: 0,
      looks: false,
      knows: false,
      peak: used,
      peakAt: 0,
      settled: 0,
    })
  const place = (name: NodeName): Place => places.get(name)!
  let now = 0
  let ended = 0
  const done: number[] = []
  /** when all will agree on the ring again */
  let agreed = 0
  let list: Transfer[] = []

  /** what lies there now, with what is just arriving */
  const note = (node: Place): void => {
    let bytes = node.used + ingest(node.name) * now
    for (const transfer of node.active)
      if (place(transfer.to) === node && transfer.bytes > 0)
        bytes += transfer.disk * (1 - leftAt(transfer, now) / transfer.bytes)
    if (bytes <= node.peak) return
    node.peak = bytes
    node.peakAt = now
  }

  const hinderedBy = ({from, to}: Transfer, position: number): Waiting | undefined => {
    const [source, target] = [place(from), place(to)]
    if (position >= source.clusterLimit) return 'cluster'
    if (target.valve && target.outbound > 0) return 'valve'
    return source.active.size >= source.limit || target.active.size >= target.limit ? 'node' : undefined
  }

  /** What could begin is seen when its source looks next; nobody looks in vain. */
  const expectLooks = (): void => {
    for (const [position, transfer] of list.entries()) {
      if (transfer.state !== 'waiting') continue
      const source = place(transfer.from)
      if (source.looks || (source.knows && hinderedBy(transfer, position) !== undefined)) continue
      source.looks = true
      const passed = (((now - source.phase) % tick) + tick) % tick
      queue.schedule(now + tick - passed, () => look(source))
    }
  }

  const look = (source: Place): void => {
    source.looks = false
    source.knows ||= now >= agreed
    for (const [position, transfer] of list.entries()) {
      if (!source.knows || position >= source.clusterLimit) break
      if (transfer.state === 'waiting' && transfer.from === source.name && !hinderedBy(transfer, position))
        begin(transfer)
    }
    expectLooks()
  }

  const begin = (transfer: Transfer): void => {
    transfer.state = 'active'
    transfer.own = handoff.rate(transfer) / 1000
    if (!(transfer.own > 0)) throw new RangeError(`a rate of ${transfer.own * 1000} bytes a second`)
    transfer.left = transfer.bytes
    transfer.at = transfer.bytes === 0 ? now : now + setUp
    const ends = [place(transfer.from), place(transfer.to)]
    for (const end of ends) end.active.add(transfer)
    share(ends)
  }

  /** Rates of all that goes on at these nodes, anew. */
  const share = (ends: readonly Place[]): void => {
    const touched = new Set(ends.flatMap(({active}) => [...active]))
    for (const transfer of touched) {
      const most = Math.min(
        nodeRate / 1000 / place(transfer.from).active.size,
        nodeRate / 1000 / place(transfer.to).active.size,
      )
      const speed = Math.min(transfer.own, most)
      if (speed === transfer.speed) continue
      transfer.left = leftAt(transfer, now)
      transfer.at = Math.max(transfer.at, now)
      transfer.speed = speed
      transfer.version += 1
      const {version} = transfer
      queue.schedule(transfer.at + transfer.left / speed, () => {
        if (transfer.version === version && transfer.state === 'active') complete(transfer)
      })
    }
  }

  const complete = (transfer: Transfer): void => {
    const [source, target] = [place(transfer.from), place(transfer.to)]
    note(source)
    note(target)
    transfer.state = 'complete'
    done.push(now)
    for (const end of [source, target]) {
      end.active.delete(transfer)
      end.settled = now
    }
    target.used += transfer.disk
    source.used -= transfer.disk
    source.outbound -= 1
    note(target)
    share([source, target])
    const installed = now + random.between(...install)
    agreed = Math.max(agreed, installed + random.between(...agreement))
    queue.schedule(installed, () => {
      transfer.state = 'installed'
      ended = agreed
      list = list.filter(entry => entry !== transfer)
      expectLooks()
    })
    expectLooks()
  }

  /** What has kept those that wait from going on, until now. */
  const hold = (): void => {
    for (const [position, transfer] of list.entries()) {
      if (transfer.state !== 'waiting') continue
      waited[hinderedBy(transfer, position) ?? 'tick'] += now - held
    }
    held = now
  }

  let held = 0
  let stuck = 0
  for (const moves of handoff.transitions) {
    list = moves.map(move => ({
      ...move,
      state: 'waiting',
      left: move.bytes,
      at: now,
      speed: 0,
      own: 0,
      version: 0,
    }))
    for (const {from} of list) place(from).outbound += 1
    for (const node of places.values()) node.knows = false
    agreed = now + random.between(...agreement)
    expectLooks()
    for (let next = queue.nextAt(); next !== undefined; next = queue.nextAt()) {
      // before the event changes anything: what was hindered until now was hindered by what stands
      now = next
      hold()
      queue.runUntil(next, () => {})
    }
    stuck += list.length
    if (list.length > 0) break
  }
  for (const node of places.values()) note(node)
  return {
    ms: list.length > 0 ? now : ended,
    stuck,
    done,
    waited,
    nodes: new Map([...places].map(([name, {peak, peakAt, settled}]) => [name, {peak, peakAt, settled}])),
  }
}

const leftAt = ({left, at, speed}: Transfer, now: number): number =>
  now <= at ? left : Math.max(0, left - (now - at) * speed)
