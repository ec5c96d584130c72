/** Asks one member by text commands for what a snapshot needs. */
import {OpsError} from '../../errors.ts'
import type {Snapshot} from '../../ring/snapshot.ts'
import {presentMembers} from '../../ring/snapshot.ts'
import type {Answer} from '../answers/answer.ts'
import {type HeldPartition, readPartitionCount, readPartitions} from '../answers/cluster-partitions.ts'
import {readHandoffConfig} from '../answers/handoff-config.ts'
import {describeProblem, excerpt} from '../answers/lines.ts'
import {readMemberStatus} from '../answers/member-status.ts'
import type {Reading} from '../answers/reading.ts'
import {readRingStatus} from '../answers/ring-status.ts'
import {readRingReady} from '../answers/ringready.ts'
import {readTransfers} from '../answers/transfers.ts'
import {adminWords, dialectOf, inNewWords} from '../dialect.ts'
import type {Ask, Door} from '../door.ts'
import {askVersion, notUnderstood, readCommands, stopped} from '../query.ts'
import {snapshotOfText, type TextAnswers, Unfit} from './snapshot-text.ts'

type Options = Parameters<Ask>[1]

/** The ring may change between two commands: asked again so often before giving up. */
const tries = 6

/** Throws `OpsError`: `unreachable` when its Riak is stopped, `notUnderstood`. */
export async function askTextSnapshot(door: Door, now: () => number, options?: Options): Promise<Snapshot> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return snapshotOfText(await askAll(door, now, options))
    } catch (error) {
      if (!(error instanceof Unfit)) throw error
      if (attempt >= tries) throw notUnderstood(door, 'the text commands', error.message)
    }
  }
}

async function askAll(door: Door, now: () => number, options?: Options): Promise<TextAnswers> {
  const version = await askVersion(door, options)
  const dialect = dialectOf(version)
  const admin = adminWords(door.riak, dialect)
  const ask = async <T>(argv: readonly string[], read: (answer: Answer) => Reading<T>): Promise<T> =>
    valueRead(door, argv, read(inNewWords(await door.ask(argv, options), dialect)))
  const [members, status, partitions, config, transfers, ready] = await Promise.all([
    ask(readCommands.memberStatus(admin), readMemberStatus),
    ask(readCommands.ringStatus(admin), readRingStatus),
    ask(readCommands.partitionCount(admin), readPartitionCount),
    ask(readCommands.handoffConfig(admin), readHandoffConfig),
    ask(readCommands.transfers(admin), readTransfers),
    ask(readCommands.ringReady(admin), readRingReady),
  ])
  const takenAt = now()
  const silent = new Set([...status.unreachable, ...config.unreached, ...transfers.down])
  const held = new Map<string, readonly HeldPartition[] | undefined>()
  // one after the other: each starts a virtual machine on the member that is asked
  for (const {node} of presentMembers({members}))
    held.set(
      node,
      silent.has(node)
        ? undefined
        : await ask(readCommands.partitions(admin, node), answer => readPartitions(answer, partitions)),
    )
  return {takenAt, askedNode: door.node, members, status, partitions, held, config, transfers, ready, version}
}

/** Throws an `OpsError` for everything but a value. */
function valueRead<T>(door: Door, argv: readonly string[], reading: Reading<T>): T {
  switch (reading.outcome) {
    case 'read':
      return reading.value
    case 'not-running':
      throw stopped(door)
    case 'unknown':
      throw notUnderstood(door, argv.join(' '), describeProblem(reading.problem))
    default:
      throw new OpsError('notUnderstood', `${door.host}: ${argv.join(' ')}: ${excerpt(reading.text)}`, {
        where: door.host,
        hint: 'run it by hand there and see what is wrong',
      })
  }
}
