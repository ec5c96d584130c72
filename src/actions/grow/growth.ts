/** What the inventory and the flags say of growth, and who is next. */
import {OpsError} from '../../errors.ts'
import type {Fleet} from '../../fleet/fleet.ts'
import type {Host, Inventory} from '../../inventory/inventory.ts'
import type {Candidate} from '../../plan/campaign.ts'
import {parseWindow, type Window} from '../../plan/window.ts'
import {identityOf} from '../../ring/identity.ts'
import {memberNodes, type Snapshot} from '../../ring/snapshot.ts'
import {allRuns, type FoundRun, isOn, isOver} from '../../state/runs.ts'

/** How far to grow and how fast, where it is not to be as the inventory says. */
export type GrowthWishes = {
  readonly until?: number | undefined
  readonly perDay?: number | undefined
  /** bytes of new data a day, before replication */
  readonly ingestPerDay?: number | undefined
  readonly window?: Window | undefined
  /** stage the inventory's locations of new hosts */
  readonly locations?: boolean | undefined
}

export type Growth = {
  readonly until: number
  readonly perDay: number
  readonly ingestPerDay: number | undefined
  readonly window: Window | undefined
}

/** Wishes before the inventory. Throws an `OpsError` (exit 64) where neither says how far to grow. */
export function growthOf({growth, file}: Inventory, wishes: GrowthWishes): Growth {
  const until = wishes.until ?? growth.until
  if (until === undefined)
    throw new OpsError(
      'usage',
      `how many nodes there are to be is said neither by --until nor by growth.until of ${file}`,
      {
        hint: 'say it, as --until 80',
      },
    )
  return {
    until,
    perDay: wishes.perDay ?? growth.perDay ?? 1,
    ingestPerDay: wishes.ingestPerDay ?? growth.ingestPerDay,
    window: wishes.window ?? parseWindow(growth.window),
  }
}

/**
 * Nodes that runs have added since then, each once: a plan may have been applied again. One that takes the place of
 * another is none; one of a run that a single host tells of counts where it is a member. @param since ms since 1970
 */
export function joinedSince({memory}: Fleet, snapshot: Snapshot, since: number): number {
  const cluster = identityOf(snapshot)
  const members = memberNodes(snapshot.ring)
  const joined = allRuns(memory)
    .filter(run => (run.state.committedAt ?? 0) >= since && isOn(run, cluster))
    .flatMap(({state, isSure}) => {
      const {changes} = state.plan!
      const successors = new Set(changes.flatMap(change => (change.action === 'replace' ? change.with : [])))
      return changes.filter(
        ({action, node}) => action === 'join' && !successors.has(node) && (isSure || members.has(node)),
      )
    })
  return new Set(joined.map(({node}) => node)).size
}

/** Hosts of the inventory that are no members, in the order they are to join: spares last. */
export function candidatesOf({hosts}: Inventory, {ring}: Snapshot): Host[] {
  const members = memberNodes(ring)
  const free = hosts.filter(({node}) => !members.has(node))
  return [...free.filter(({spare}) => !spare), ...free.filter(({spare}) => spare)]
}

export const candidateOf = ({node, location}: Host): Candidate => ({node, location})

/** Runs on this cluster that have sent something and did not end, in the order given. */
export function openRuns(runs: readonly FoundRun[], snapshot: Snapshot): FoundRun[] {
  const cluster = identityOf(snapshot)
  return runs.filter(run => run.state.writes > 0 && !isOver(run.state) && isOn(run, cluster))
}
