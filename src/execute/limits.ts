/** Limits of transfers changed one by one: said before, sent, and read again. The last word is what the ring tells. */
import {isOpsError, OpsError} from '../errors.ts'
import {type Answer, printed} from '../riak/answers/answer.ts'
import {excerpt} from '../riak/answers/lines.ts'
import {readLimitSet} from '../riak/answers/transfer-limit.ts'
import {adminWords, type Dialect, inNewWords} from '../riak/dialect.ts'
import type {Door} from '../riak/door.ts'
import {evalWords} from '../riak/evaluate.ts'
import {writeCommands} from '../riak/mutation.ts'
import type {NodeName} from '../ring/ring.ts'
import {activeTransfers, presentMembers, type Snapshot} from '../ring/snapshot.ts'
import type {NodeLimits} from '../state/throttle.ts'
import {afterSending} from './step.ts'

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

/** Members that tell no limits: they are down, not reached, or asked by a road that does not show them. */
export function silentMembers(snapshot: Snapshot): NodeName[] {
  const told = new Set(limitsOf(snapshot).map(({node}) => node))
  return presentMembers(snapshot.ring)
    .map(({node}) => node)
    .filter(node => !told.has(node))
}

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
  /** how the cluster's release speaks */
  readonly dialect: Dialect
  /** any member that answers, for what can be set from anywhere */
  readonly member: Door
  readonly sent: (door: Door, argv: readonly string[]) => void
  readonly answered: (door: Door, answer: Answer) => void
}

/** A change that was sent, and what came of it: `lost` where no answer did. */
export type SentChange = {
  readonly change: LimitChange
  readonly host: string
  readonly argv: readonly string[]
  readonly answer?: Answer
  readonly lost?: string
}

/**
 * Sends one change. Whether it took effect is read afterwards, by whoever asks the ring again. Throws where nothing was
 * sent at all.
 */
export async function sendChange(change: LimitChange, ports: LimitPorts): Promise<SentChange> {
  const {node, what, to} = change
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
  if (what === 'clusterLimit' && !ports.dialect.eval)
    throw new OpsError('refused', 'Riak 2.x has no riak eval, and no other way to the cluster limit', {
      hint: 'set limits of nodes alone: ringup throttle set --help',
    })
  const admin = adminWords(door.riak, ports.dialect)
  const argv =
    what === 'transferLimit'
      ? writeCommands.transferLimit(admin, node, to as number)
      : what === 'clusterLimit'
        ? writeCommands.clusterLimit(evalWords(door), to as number | null)
        : writeCommands.handoff(admin, to ? 'enable' : 'disable', what, node)
  ports.sent(door, argv)
  const {host} = door
  try {
    const answer = await door.ask(argv)
    ports.answered(door, answer)
    return {change, host, argv, answer: what === 'clusterLimit' ? answer : inNewWords(answer, ports.dialect)}
  } catch (error) {
    if (!isOpsError(error) || !afterSending(error)) throw error
    return {change, host, argv, lost: error.message}
  }
}

/** Its answer is one that Riak is known to give, whether it says yes or no. */
export function isUnderstood({change, answer}: SentChange): boolean {
  if (answer === undefined) return true
  if (change.what === 'transferLimit') return readLimitSet(answer).outcome !== 'unknown'
  const text = answer.stdout.trim()
  return change.what === 'clusterLimit' ? text === 'ok' : text === 'Handoff setting successfully updated\nok'
}

/** What was sent and what was answered, as evidence for a change that does not show. */
export const sentText = ({change, host, argv, answer, lost}: SentChange): string =>
  `${changeText(change)} (sent to ${host}: ${argv.join(' ')}; ${answer === undefined ? `no answer: ${lost}` : `answered: ${excerpt(printed(answer)) || 'nothing'}`})`

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
