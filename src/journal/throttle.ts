/**
 * Limits that ringup has changed, as they were before: on disk before the first of them is changed, and gone when all
 * are as they were. One file a cluster, and beside it a log of what was decided and sent.
 */
import {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import {join} from 'node:path'
import {jsonText} from '../printable.ts'
import type {NodeName} from '../ring/ring.ts'

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

/** undefined: nothing is changed. Throws a `SyntaxError` for a file that is damaged. */
export function readThrottle(stateDir: string, cluster: string): ThrottleRecord | undefined {
  let text: string
  try {
    text = readFileSync(fileOf(stateDir, cluster), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return JSON.parse(text) as ThrottleRecord
}

/** On disk when it returns. */
export function saveThrottle(stateDir: string, record: ThrottleRecord): void {
  mkdirSync(folder(stateDir), {recursive: true, mode: 0o700})
  const file = fileOf(stateDir, record.cluster)
  const partial = `${file}.${process.pid}.partial`
  const handle = openSync(partial, 'w', 0o600)
  try {
    writeSync(handle, `${jsonText(record)}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(partial, file)
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
