/**
 * Limits that ringup has changed, as they were before: on disk before the first of them is changed, and gone when all
 * are as they were. One file a cluster, and beside it a log of what was decided and sent.
 */
import {appendFileSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import * as z from 'zod'
import {OpsError} from '../errors.ts'
import {jsonText} from '../printable.ts'
import {mostBytes, readText} from '../read-text.ts'
import type {NodeName} from '../ring/ring.ts'
import {node, text, time} from '../snapshot/schema.ts'
import {writePrivate} from '../write-private.ts'

export type NodeLimits = {
  readonly node: NodeName
  readonly transferLimit: number
  /** null: Riak's own */
  readonly clusterLimit: number | null
  readonly inbound: boolean
  readonly outbound: boolean
}

export type ThrottleRecord = {
  readonly v: 1
  readonly cluster: string
  /** `throttle set`, `throttle auto` */
  readonly command: string
  readonly host: string
  readonly pid: number
  /** ms since 1970 */
  readonly since: number
  /** as they were before ringup changed anything */
  readonly originals: readonly NodeLimits[]
}

const folder = (stateDir: string): string => join(stateDir, 'throttle')
const fileOf = (stateDir: string, cluster: string): string =>
  join(folder(stateDir), `${encodeURIComponent(cluster)}.json`)

/** What it says is sent to the cluster one day. */
const recordSchema = z.object({
  v: z.literal(1),
  cluster: z.string(),
  command: text,
  host: text,
  pid: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31),
  since: time,
  originals: z
    .array(
      z.object({
        node,
        transferLimit: z.number().int().min(0).max(65_536),
        clusterLimit: z.union([z.number().int().min(0).max(65_536), z.null()]),
        inbound: z.boolean(),
        outbound: z.boolean(),
      }),
    )
    .max(10_000),
})

/** undefined: nothing is changed. Throws an `OpsError` (exit 64) for a file that is damaged. */
export function readThrottle(stateDir: string, cluster: string): ThrottleRecord | undefined {
  const file = fileOf(stateDir, cluster)
  if (!existsSync(file)) return undefined
  const hint = `set limits as they should be (ringup throttle set), and remove ${file}`
  const found = readText(file, {what: 'what limits were', most: mostBytes.inventory, hint})
  try {
    return recordSchema.parse(JSON.parse(found))
  } catch (error) {
    throw new OpsError('usage', `what limits were before cannot be read from ${file}`, {hint, cause: error})
  }
}

/** On disk when it returns. */
export function saveThrottle(stateDir: string, record: ThrottleRecord): void {
  mkdirSync(folder(stateDir), {recursive: true, mode: 0o700})
  writePrivate(fileOf(stateDir, record.cluster), `${jsonText(record)}\n`)
  const directory = openSync(folder(stateDir), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

export const clearThrottle = (stateDir: string, cluster: string): void =>
  rmSync(fileOf(stateDir, cluster), {force: true})

export type ThrottleEvent = {readonly at: number} & (
  | {readonly type: 'decided'; readonly limit: number; readonly from: number; readonly why: string}
  | {readonly type: 'valve'; readonly node: NodeName; readonly inbound: boolean; readonly why: string}
  | {readonly type: 'sent'; readonly host: string; readonly argv: readonly string[]}
  | {readonly type: 'answered'; readonly host: string; readonly stdout: string; readonly code: number | null}
  | {readonly type: 'restored'; readonly nodes: number}
)

/** One line a thing, only ever appended. */
export function logThrottle(stateDir: string, cluster: string, event: ThrottleEvent): void {
  mkdirSync(folder(stateDir), {recursive: true, mode: 0o700})
  const file = join(folder(stateDir), `${encodeURIComponent(cluster)}.log.jsonl`)
  appendFileSync(file, `${jsonText({v: 1, ...event})}\n`, {mode: 0o600})
}
