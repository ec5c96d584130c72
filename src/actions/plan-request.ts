/** From names of hosts to a plan. Only reads: the cluster, or a file. */
import {OpsError} from '../errors.ts'
import type {Fleet} from '../fleet/fleet.ts'
import {statedRates} from '../forecast/rates.ts'
import {changesAsked, type Named} from '../plan/asked-changes.ts'
import {makePlan, type Plan, type PlanOptions} from '../plan/plan.ts'
import {mostBytes, readText} from '../read-text.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {tellDamaged} from '../state/runs.ts'
import {knownRates} from '../state/runs-of-ring.ts'
import {writableName} from '../state/write-whole.ts'
import {measured} from './measure.ts'

/** How a plan is to be made, whatever is to change. */
export type PlanWishes = {
  /** ids of risks that are accepted */
  readonly accept?: readonly string[] | undefined
  /** bytes a second of one transfer; default: as earlier runs measured it */
  readonly rate?: number | undefined
}

export type PlanRequest = PlanWishes & {
  /** names of hosts; none of the three: all of the inventory but spares */
  readonly add?: readonly string[] | undefined
  readonly leave?: readonly string[] | undefined
  readonly replace?: readonly {readonly old: string; readonly fresh: string}[] | undefined
  /** stage the inventory's locations of the hosts named; default: when the cluster has locations already */
  readonly locations?: boolean | undefined
  /** a file instead of the cluster */
  readonly fromSnapshot?: string | undefined
}

export type Requested = {
  readonly plan: Plan
  /** what it was made on */
  readonly snapshot: Snapshot
  /** what the operator should know, as hosts that are members already */
  readonly notes: readonly string[]
}

/** Throws an `OpsError` (exit 3) where what was asked of a host cannot be: see `changesAsked`. */
export async function requestPlan(
  fleet: Fleet,
  request: PlanRequest,
  say: (text: string) => void,
): Promise<Requested> {
  const named = (names: readonly string[] = []): Named[] => [...new Set(fleet.hostsNamed(names))]
  const replacing = (request.replace ?? []).map(pair => {
    const [old, fresh] = named([pair.old, pair.fresh])
    if (!old || !fresh)
      throw new OpsError('usage', `${pair.old} cannot take the place of itself: it is named twice`, {
        hint: 'name the old host first, then the new one',
      })
    return {old, fresh}
  })
  const leaving = named(request.leave)
  // nothing named: the inventory against the ring
  const everything = !request.add && !request.leave && !request.replace
  const adding = everything ? fleet.inventory.hosts.filter(({spare}) => !spare) : named(request.add)
  const newcomers = everything ? [] : [...adding, ...replacing.map(({fresh}) => fresh)]
  const snapshot = await readSnapshot(fleet, request, adding.concat(replacing.map(({fresh}) => fresh)), {
    except: newcomers,
    say,
  })
  const {locations} = request
  const {changes, notes} = changesAsked(snapshot, {adding, leaving, replacing, locations, everything})
  const plan = makePlan({
    cluster: fleet.inventory.cluster,
    snapshot,
    changes,
    accepted: request.accept ?? [],
    options: planOptions(fleet, request.rate, snapshot),
  })
  tellDamaged(say)
  return {plan, snapshot, notes}
}

/** What a plan counts with: the inventory's limits, and rates that were stated, else measured or logged. */
export function planOptions(
  {inventory, memory}: Fleet,
  rate: number | undefined,
  snapshot: Snapshot,
): PlanOptions {
  const {limits, growth} = inventory
  return {
    diskPeak: limits.diskPeak,
    rates: rate === undefined ? knownRates(snapshot, memory) : statedRates(rate),
    ingestPerDay: growth.ingestPerDay,
  }
}

async function readSnapshot(
  fleet: Fleet,
  {fromSnapshot}: PlanRequest,
  newcomers: readonly Named[],
  {except, say}: {readonly except: readonly Named[]; readonly say: (text: string) => void},
): Promise<Snapshot> {
  if (fromSnapshot === undefined) return measured(fleet, (await fleet.ask({except})).snapshot, newcomers, say)
  return readSnapshotFile(fromSnapshot)
}

/** Throws an `OpsError` (exit 64) for a file that cannot be read, or is no snapshot. */
export async function readSnapshotFile(fromSnapshot: string): Promise<Snapshot> {
  const {loadSnapshot} = await import('../snapshot/load.ts')
  const hint = `take one: ringup snapshot --out ${writableName(fromSnapshot, 'snapshot', 'ring.json')}`
  return loadSnapshot(
    readText(fromSnapshot, {what: 'the snapshot', most: mostBytes.document, hint}),
    fromSnapshot,
  )
}
