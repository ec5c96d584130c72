/** Flags that several commands have, and what they say in the words of use-cases. */
import {Flags} from '@oclif/core'
import type {RunWishes} from '../actions/apply.ts'
import type {GrowthWishes} from '../actions/grow/growth.ts'
import type {PlanWishes} from '../actions/plan-request.ts'
import {OpsError} from '../errors.ts'
import {parseWindow} from '../plan/window.ts'
import {parseBytes, parseDuration} from '../units.ts'

export const defaultInventory = 'inventory.yaml'

export const inventoryFlag = Flags.string({
  char: 'i',
  summary: 'inventory file: the ring you want',
  env: 'RINGUP_INVENTORY',
  default: defaultInventory,
  helpValue: 'FILE',
})

/** The way to a host that no inventory tells of. */
export const jumpFlag = {
  summary: 'bastion on the way',
  helpValue: 'HOST',
  multiple: true,
  delimiter: ',',
} as const

/** Flags of every command that reaches hosts. */
export const hostFlags = {
  inventory: inventoryFlag,
  transport: Flags.option({
    summary:
      'how hosts are reached: in this process, or by the ssh of this machine (FIDO keys, ProxyCommand, GSSAPI)',
    options: ['ssh2', 'openssh'] as const,
    default: 'ssh2',
    env: 'RINGUP_TRANSPORT',
  })(),
}

/** Flags of commands that look at what is remembered, by the cluster and by this machine. */
export const memoryFlags = {
  ...hostFlags,
  local: Flags.boolean({summary: 'only what this machine knows: no host is asked'}),
}

/** Flags of every command that changes the cluster. */
export const applyFlags = {
  yes: Flags.boolean({char: 'y', summary: 'do not ask'}),
  reason: Flags.string({summary: 'why, kept in the journal', helpValue: 'TEXT'}),
  'wait-timeout': Flags.string({
    summary: 'stop waiting after this long (exit 8); the cluster goes on',
    helpValue: '6h',
  }),
  'no-wait': Flags.boolean({summary: 'end after the commit; the cluster goes on by itself'}),
  interval: Flags.string({summary: 'time between two readings', default: '2s', helpValue: '2s'}),
}

/** Flags of every command that makes a plan. */
export const acceptFlags = {
  accept: Flags.string({
    summary: 'accept a risk by its id; kept in the plan',
    helpValue: 'ID',
    multiple: true,
    delimiter: ',',
  }),
  'accept-version': Flags.boolean({summary: 'accept a release of Riak that ringup does not know'}),
  rate: Flags.string({
    summary: 'bytes a second of one transfer, for the forecast; default: as earlier runs measured it',
    helpValue: '30MB/s',
  }),
}

/** How far to grow and how fast, when it is not as the inventory says. */
export const growthFlags = {
  until: Flags.integer({summary: 'nodes in the end', helpValue: 'N', min: 1, max: 1000}),
  'per-day': Flags.integer({summary: 'nodes a day', helpValue: 'N', min: 1, max: 100}),
  window: Flags.string({summary: 'hours in which a batch may begin', helpValue: '22:00-06:00'}),
  locations: Flags.boolean({
    summary: "stage the inventory's locations of new hosts (or not)",
    allowNo: true,
  }),
}

/** Flags of every command that lets hosts join. */
export const joinFlags = {
  'skip-check': Flags.string({
    summary: 'let hosts join though this check fails; not for those that guard data',
    helpValue: 'ID',
    multiple: true,
    delimiter: ',',
  }),
}

type ApplyFlags = {
  readonly reason?: string | undefined
  readonly 'wait-timeout'?: string | undefined
  readonly interval: string
  readonly 'no-wait': boolean
  readonly 'skip-check'?: readonly string[] | undefined
}

export const runWishes = (flags: ApplyFlags): RunWishes => ({
  reason: flags.reason,
  waitTimeout: duration(flags['wait-timeout'], '--wait-timeout'),
  interval: duration(flags.interval, '--interval')!,
  noWait: flags['no-wait'],
  letPass: flags['skip-check'],
})

type AcceptFlags = {
  readonly accept?: readonly string[] | undefined
  readonly 'accept-version': boolean
  readonly rate?: string | undefined
}

export const planWishes = (flags: AcceptFlags): PlanWishes => ({
  accept: [...(flags.accept ?? []), ...(flags['accept-version'] ? ['version-unknown'] : [])],
  rate: rate(flags.rate),
})

/** Bytes a second. Throws an `OpsError` (exit 64) for what is not a rate. */
export function rate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const bytes = parseBytes(text.replace(/\/s$/, ''))
  if (bytes !== undefined && bytes > 0) return bytes
  throw new OpsError('usage', `--rate ${text} is not a rate`, {hint: 'write it with units, as 30MB/s'})
}

type GrowthFlags = {
  readonly until?: number | undefined
  readonly 'per-day'?: number | undefined
  readonly ingest?: string | undefined
  readonly window?: string | undefined
  readonly locations?: boolean | undefined
}

/** Throws an `OpsError` (exit 64) for hours and sizes that are none. */
export function growthWishes({ingest, window, ...flags}: GrowthFlags): GrowthWishes {
  if (window !== undefined && !/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(window))
    throw new OpsError('usage', `--window ${window} is not hours of a day`, {hint: 'as 22:00-06:00'})
  const ingestPerDay = ingest === undefined ? undefined : parseBytes(ingest)
  if (ingest !== undefined && ingestPerDay === undefined)
    throw new OpsError('usage', `--ingest ${ingest} is not a size`, {hint: 'with its unit, as 1TB'})
  return {
    until: flags.until,
    perDay: flags['per-day'],
    ingestPerDay,
    window: parseWindow(window),
    locations: flags.locations,
  }
}

/** Ms. Throws an `OpsError` (exit 64) for what is not a duration. */
export function duration(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  if (ms === undefined || ms === 0)
    throw new OpsError('usage', `${flag} ${text} is not a duration`, {
      hint: 'write it with a unit, as 30s, 5m or 6h, up to 3650d',
    })
  return ms
}
