/** What the inventory and the flags say of growth, and who is next. */
import {OpsError} from '../../errors.ts'
import type {Host, Inventory} from '../../inventory/inventory.ts'
import type {Candidate} from '../../plan/campaign.ts'
import {parseWindow, type Window} from '../../plan/window.ts'
import {presentMembers, type Snapshot} from '../../ring/snapshot.ts'
import {parseBytes} from '../../units.ts'

export type GrowthFlags = {
  readonly until?: number | undefined
  readonly 'per-day'?: number | undefined
  readonly ingest?: string | undefined
  readonly window?: string | undefined
  readonly locations?: boolean | undefined
}

export type Growth = {
  readonly until: number
  readonly perDay: number
  readonly ingestPerDay: number | undefined
  readonly window: Window | undefined
}

/** Flags before the inventory. Throws an `OpsError` (exit 64) where neither says how far to grow. */
export function growthOf({growth, file}: Inventory, flags: GrowthFlags): Growth {
  const until = flags.until ?? growth.until
  if (until === undefined)
    throw new OpsError(
      'usage',
      `how many nodes there are to be is said neither by --until nor by growth.until of ${file}`,
      {
        hint: 'say it, as --until 80',
      },
    )
  const window = flags.window ?? growth.window
  if (window !== undefined && !/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(window))
    throw new OpsError('usage', `--window ${window} is not hours of a day`, {hint: 'as 22:00-06:00'})
  const ingestPerDay = flags.ingest === undefined ? growth.ingestPerDay : parseBytes(flags.ingest)
  if (flags.ingest !== undefined && ingestPerDay === undefined)
    throw new OpsError('usage', `--ingest ${flags.ingest} is not a size`, {hint: 'with its unit, as 1TB'})
  return {until, perDay: flags['per-day'] ?? growth.perDay ?? 1, ingestPerDay, window: parseWindow(window)}
}

/** Hosts of the inventory that are no members, in the order they are to join: spares last. */
export function candidatesOf({hosts}: Inventory, {ring}: Snapshot): Host[] {
  const members = new Set(presentMembers(ring).map(({node}) => node))
  const free = hosts.filter(({node}) => !members.has(node))
  return [...free.filter(({spare}) => !spare), ...free.filter(({spare}) => spare)]
}

export const candidateOf = ({node, location}: Host): Candidate => ({node, location})

/** Whether new nodes' locations are staged: as asked, else where the cluster has locations or its claim uses them. */
export const stagesLocations = ({ring, claim}: Snapshot, asked: boolean | undefined): boolean =>
  asked ?? (Object.keys(ring.locations).length > 0 || (claim !== 'unknown' && claim.claim === 'v4'))
