/** What the steps of a run share: the plan, the ways to its hosts, and how to read the cluster again. */
import {OpsError} from '../errors.ts'
import type {Plan} from '../plan/plan.ts'
import type {Answer} from '../riak/answers/answer.ts'
import {adminWords, type Dialect, dialectIn, inNewWords} from '../riak/dialect.ts'
import type {Door} from '../riak/door.ts'
import {askCluster} from '../riak/ring/ask-cluster.ts'
import {askSnapshot} from '../riak/ring/ask-snapshot.ts'
import type {NodeName} from '../ring/ring.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import type {StepPorts} from './step.ts'

export type RunContext = StepPorts & {
  readonly plan: Plan
  /** every host of the inventory */
  readonly doors: readonly Door[]
  /** who leads the cluster now: it is asked to stage, plan and commit */
  readonly claimant: NodeName
  /** how the cluster's release speaks; asked once, before anything is sent */
  readonly dialect: () => Promise<Dialect>
  /** share of a disk, 0 to 1, that must not be exceeded while data moves */
  readonly diskPeak: number
  /** the run went on after it had stopped: a claimant that moved meanwhile is no reason to stop */
  readonly resumed: boolean
}

/** The host of a node; throws an `OpsError` (exit 3) when the inventory has none. */
export function doorOf({doors}: Pick<RunContext, 'doors'>, node: NodeName): Door {
  const door = doors.find(candidate => candidate.node === node)
  if (door) return door
  throw new OpsError('refused', `${node} must be asked, but no host of the inventory is that node`, {
    hint: 'add the host to the inventory: ringup inventory check',
  })
}

/** Hosts of the members that the plan starts from, the claimant's first: it hears of changes first. */
export function memberDoors({
  plan,
  doors,
  claimant,
}: Pick<RunContext, 'plan' | 'doors' | 'claimant'>): Door[] {
  const members = doors.filter(({node}) => plan.base.members.some(member => member.node === node))
  return [...members.filter(({node}) => node === claimant), ...members.filter(({node}) => node !== claimant)]
}

export const readCluster = async (context: RunContext): Promise<Snapshot> =>
  (await askCluster(memberDoors(context), context.clock, context.signal)).snapshot

/** The claimant's own view: the only one that a lost commit may be judged by. */
export const readClaimant = (context: RunContext): Promise<Snapshot> =>
  askSnapshot(doorOf(context, context.claimant), context.clock.now, {signal: context.signal})

/** The members' release: a node that is stopped, or waits to join, does not tell its own. */
export function clusterDialect(context: () => RunContext): () => Promise<Dialect> {
  let asked: Promise<Dialect> | undefined
  return () => {
    asked ??= readCluster(context())
      .then(dialectIn)
      .catch(error => {
        asked = undefined
        throw error
      })
    return asked
  }
}

/** How an admin command is sent to a host, and what it answered in words that readers know. */
export async function speech(
  {dialect}: Pick<RunContext, 'dialect'>,
  {riak}: Pick<Door, 'riak'>,
): Promise<{readonly admin: readonly string[]; readonly heard: (answer: Answer) => Answer}> {
  const spoken = await dialect()
  return {admin: adminWords(riak, spoken), heard: answer => inNewWords(answer, spoken)}
}
