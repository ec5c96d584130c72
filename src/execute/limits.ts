/** Limits of transfers changed one by one: said before, sent, and read again. The last word is what the ring tells. */
import {OpsError} from '../errors.ts'
import type {NodeLimits} from '../journal/throttle.ts'
import type {Answer} from '../riak/answer.ts'
import type {Door} from '../riak/door.ts'
import {writeCommands} from '../riak/mutation.ts'
import type {NodeName} from '../ring/ring.ts'
import {activeTransfers, type Snapshot} from '../ring/snapshot.ts'

export type LimitChange = {
  readonly node: NodeName
  readonly what: keyof Omit<NodeLimits, 'node'>
  readonly from: number | boolean | null
  readonly to: number | boolean | null
}

/** As the members tell them; one that does not is not in it. */
export const limitsOf = ({nodes}: Snapshot): NodeLimits[] =>
  nodes.flatMap(({node, transferLimit, clusterLimit = null, inbound, outbound}) =>
    transferLimit === 'unknown' ? [] : [{node, transferLimit, clusterLimit, inbound, outbound}],
  )

/** What must be changed so that limits are as wanted; what is not named stays. */
export function limitChanges(
  now: readonly NodeLimits[],
  wanted: readonly (Partial<NodeLimits> & Pick<NodeLimits, 'node'>)[],
): LimitChange[] {
  const known = new Map(now.map(limits => [limits.node, limits]))
  return wanted.flatMap(want => {
    const has = known.get(want.node)
    if (!has) return []
    const keys = ['transferLimit', 'clusterLimit', 'inbound', 'outbound'] as const
    return keys.flatMap((what): LimitChange[] => {
      const to = want[what]
      return to === undefined || to === has[what] ? [] : [{node: want.node, what, from: has[what], to}]
    })
  })
}

/** Transfers that a change ends, which then begin again from zero. */
export type Killed = {
  readonly node: NodeName
  readonly transfers: number /** bytes sent so far, at the most */
  readonly bytes: number
}

export function killedBy(changes: readonly LimitChange[], snapshot: Snapshot): Killed[] {
  const active = activeTransfers(snapshot)
  // by the sender's own figures: its clock need not be ours
  const sent = ({stats}: (typeof active)[number]): number =>
    stats && stats.objectsPerSecond > 0 ? (stats.bytesPerSecond * stats.objects) / stats.objectsPerSecond : 0
  return changes.flatMap(({node, what, to}): Killed[] => {
    const part =
      what === 'transferLimit'
        ? active.filter(({from, to: target}) => from === node || target === node)
        : what === 'inbound' && to === false
          ? active.filter(({to: target}) => target === node)
          : what === 'outbound' && to === false
            ? active.filter(({from}) => from === node)
            : []
    const count = what === 'transferLimit' ? part.length - (to as number) : part.length
    if (count <= 0) return []
    const largest = part.map(sent).sort((a, b) => b - a)
    return [
      {
        node,
        transfers: count,
        bytes: Math.round(largest.slice(0, count).reduce((sum, bytes) => sum + bytes, 0)),
      },
    ]
  })
}

export type LimitPorts = {
  /** the host of a node; undefined: the inventory has none */
  readonly doorOf: (node: NodeName) => Door | undefined
  /** any member that answers, for what can be set from anywhere */
  readonly member: Door
  readonly sent: (door: Door, argv: readonly string[]) => void
  readonly answered: (door: Door, answer: Answer) => void
}

/** Sends one change. Whether it took effect is read afterwards, by whoever asks the ring again. */
export async function sendChange({node, what, to}: LimitChange, ports: LimitPorts): Promise<void> {
  const own = ports.doorOf(node)
  const door = what === 'clusterLimit' ? own : (own ?? ports.member)
  if (!door)
    throw new OpsError(
      'refused',
      `${node} must be asked itself for its cluster limit, but no host of the inventory is that node`,
      {
        hint: 'add the host to the inventory: ringup inventory check',
      },
    )
  const argv =
    what === 'transferLimit'
      ? writeCommands.transferLimit(door.riak, node, to as number)
      : what === 'clusterLimit'
        ? writeCommands.clusterLimit(door.riak, to as number | null)
        : writeCommands.handoff(door.riak, to ? 'enable' : 'disable', what, node)
  ports.sent(door, argv)
  ports.answered(door, await door.ask(argv))
}

export const changeText = ({node, what, from, to}: LimitChange): string => {
  const shown = (value: LimitChange['to']): string =>
    value === null ? "Riak's own" : typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
  const names = {
    transferLimit: 'transfer limit',
    clusterLimit: 'cluster limit',
    inbound: 'inbound handoff',
    outbound: 'outbound handoff',
  }
  return `${node}: ${names[what]} ${shown(from)} -> ${shown(to)}`
}
