/** From names of hosts to a plan. Only reads: the cluster, or a file. */
import {OpsError} from '../errors.ts'
import type {Session} from '../fleet/fleet.ts'
import {statedRates} from '../forecast/rates.ts'
import {changesAsked, type Named} from '../plan/asked-changes.ts'
import {makePlan, type Plan, type PlanOptions} from '../plan/plan.ts'
import {mostBytes, readText} from '../read-text.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {tellDamaged} from '../state/runs.ts'
import {knownRates} from '../state/runs-of-ring.ts'
import {writableName} from '../state/write-whole.ts'
import {parseBytes} from '../units.ts'
import {measured} from './measure.ts'

export type AcceptFlags = {
  readonly accept?: readonly string[] | undefined
  readonly 'accept-version'?: boolean
  /** `30MB/s` */
  readonly rate?: string | undefined
}

/** Ids of the risks that flags accept. */
const acceptedRisks = (flags: AcceptFlags): string[] => [
  ...(flags.accept ?? []),
  ...(flags['accept-version'] ? ['version-unknown'] : []),
]

export type PlanRequest = AcceptFlags & {
  readonly add?: readonly string[] | undefined
  readonly leave?: readonly string[] | undefined
  /** `OLD=NEW` */
  readonly replace?: readonly string[] | undefined
  /** stage the inventory's locations of the hosts named; default: when the cluster has locations already */
  readonly locations?: boolean | undefined
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
  session: Session,
  request: PlanRequest,
  say: (text: string) => void,
): Promise<Requested> {
  const named = (names: readonly string[] = []): Named[] => [...new Set(session.hostsNamed(names))]
  const replacing = (request.replace ?? []).map(pair => {
    const match = /^([^=]+)=([^=]+)$/.exec(pair)
    if (!match)
      throw new OpsError('usage', `--replace ${pair} is not OLD=NEW`, {
        hint: 'name the old host first, as --replace r03=r12',
      })
    const [old, fresh] = named([match[1]!, match[2]!])
    if (!old || !fresh) throw new OpsError('usage', `--replace ${pair} names one host twice`)
    return {old, fresh}
  })
  const leaving = named(request.leave)
  // nothing named: the inventory against the ring
  const everything = !request.add && !request.leave && !request.replace
  const adding = everything ? session.inventory.hosts.filter(({spare}) => !spare) : named(request.add)
  const newcomers = everything ? [] : [...adding, ...replacing.map(({fresh}) => fresh)]
  const snapshot = await readSnapshot(session, request, adding.concat(replacing.map(({fresh}) => fresh)), {
    except: newcomers,
    say,
  })
  const {locations} = request
  const {changes, notes} = changesAsked(snapshot, {adding, leaving, replacing, locations, everything})
  const plan = makePlan({
    cluster: session.inventory.cluster,
    snapshot,
    changes,
    accepted: acceptedRisks(request),
    options: planOptions(session, request.rate, snapshot),
  })
  tellDamaged(say)
  return {plan, snapshot, notes}
}

/** What a plan counts with: the inventory's limits, and rates that were stated, else measured or logged. */
export function planOptions({inventory}: Session, rate: string | undefined, snapshot: Snapshot): PlanOptions {
  const {limits, growth} = inventory
  return {
    diskPeak: limits.diskPeak,
    rates: rate === undefined ? knownRates(snapshot) : statedRates(parsedRate(rate)),
    ingestPerDay: growth.ingestPerDay,
  }
}

function parsedRate(text: string): number {
  const bytes = parseBytes(text.replace(/\/s$/, ''))
  if (bytes !== undefined && bytes > 0) return bytes
  throw new OpsError('usage', `--rate ${text} is not a rate`, {hint: 'write it with units, as 30MB/s'})
}

async function readSnapshot(
  session: Session,
  {fromSnapshot}: PlanRequest,
  newcomers: readonly Named[],
  {except, say}: {readonly except: readonly Named[]; readonly say: (text: string) => void},
): Promise<Snapshot> {
  if (fromSnapshot === undefined)
    return measured(session, (await session.ask({except})).snapshot, newcomers, say)
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
