/** The record of a run on the cluster's hosts: who keeps it, and what must be there before something is sent. */
import type {Fleet} from '../fleet/fleet.ts'
import type {JournalEvent} from '../journal/events.ts'
import type {Plan} from '../plan/plan.ts'
import {jsonText} from '../printable.ts'
import {type Keeper, keepChain, refuseFewCopies} from '../records/keep.ts'
import type {Door} from '../riak/door.ts'
import type {NodeName} from '../ring/ring.ts'
import {nodesOf} from './changes-seen.ts'

/** members beside the claimant and the batch that keep it */
const others = 2

/** The claimant's host, the batch's, and two more members', in the order of the inventory, which readers ask in as well. */
export function recordDoors(
  doors: readonly Door[],
  members: ReadonlySet<NodeName>,
  claimant: NodeName,
  batch: readonly NodeName[] = [],
): Door[] {
  const kept = new Set([...batch, claimant])
  const more = doors.filter(({node}) => members.has(node) && !kept.has(node)).slice(0, others)
  return doors.filter(door => kept.has(door.node) || more.includes(door))
}

export type RunRecordKeeper = {
  readonly add: (event: JournalEvent) => void
  /** Sends what hosts lack, and that the run is alive. */
  readonly send: (options?: {readonly last?: boolean}) => Promise<void>
  /** The same before something is sent. Throws an `OpsError` (exit 3) where no two hosts have it, unless something was sent before. */
  readonly before: (isFirst: boolean) => Promise<void>
}

/** @param lines what its journal has already */
export function keepRun(
  {doors}: Pick<Fleet, 'doors'>,
  {
    run,
    plan,
    claimant,
    lines,
    say,
  }: {
    readonly run: string
    readonly plan: Plan | undefined
    readonly claimant: NodeName
    readonly lines: readonly string[]
    readonly say: (text: string) => void
  },
): RunRecordKeeper {
  const batch = plan ? nodesOf(plan) : []
  const members = new Set(plan?.base.members.map(({node}) => node))
  const all = recordDoors(doors, members, claimant, batch)
  const keeper: Keeper = keepChain({
    kind: 'run',
    id: run,
    doors: all,
    // four, where there are as many: with two of them damaged, two still agree
    early: all.filter(({node}) => node === claimant || !batch.includes(node, 1)),
    lines,
    onFailure: (host, why) => say(`${host} does not keep the record of this run: ${why}`),
  })
  return {
    add: event => keeper.add(jsonText(event)),
    send: options => keeper.flush({touch: true, ...options}),
    before: async isFirst => {
      await keeper.flush({early: true})
      if (isFirst) refuseFewCopies(keeper, 'what is about to be done')
    },
  }
}
