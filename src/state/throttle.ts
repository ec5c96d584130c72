/**
 * Limits that ringup has changed, as they were before: on disk before the first of them is changed, and gone when all
 * are as they were. One file a cluster, and beside it a log of what was decided and sent. A record is found by what it
 * says of the ring and its nodes, not by its file's name: files of before are named as an inventory called the cluster.
 */
import {appendFileSync, existsSync, readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {OpsError} from '../errors.ts'
import {isClusterName, isNodeName} from '../names.ts'
import {jsonText} from '../printable.ts'
import {mostBytes, readText} from '../read-text.ts'
import {type ClusterIdentity, sameCluster} from '../ring/identity.ts'
import type {NodeName} from '../ring/ring.ts'
import {writePrivate} from '../write-private.ts'
import {orUnwritable, stateFolder, stateModes, syncFolder} from './state-folder.ts'
import {type ThrottleRecord, throttleSchema} from './throttle-record.ts'

export type {NodeLimits, ThrottleRecord} from './throttle-record.ts'

const folder = (stateDir: string): string => join(stateDir, 'throttle')

/** A cluster, and what it is called here. */
export type Whose = ClusterIdentity & {readonly label: string}

export const ownerOf = ({ring = 'unknown', originals}: ThrottleRecord): ClusterIdentity => ({
  name: ring,
  members: originals.map(({node: name}) => name),
})

/** undefined: nothing is changed. Throws an `OpsError` (exit 64) for a file that is damaged and may be this cluster's. */
export const readThrottle = (stateDir: string, whose: Whose): ThrottleRecord | undefined =>
  kept(stateDir, whose)[0]?.record

/** On disk when it returns. */
export function saveThrottle(stateDir: string, record: ThrottleRecord): void {
  const directory = stateFolder(stateDir, 'throttle')
  orUnwritable(stateDir, () => {
    const file = fileFor(stateDir, whoseIs(record))
    writePrivate(file, `${jsonText(record)}\n`, stateModes(stateDir).file)
    syncFolder(directory)
  })
}

export function clearThrottle(stateDir: string, whose: Whose): void {
  for (const {file} of kept(stateDir, whose)) rmSync(file, {force: true})
}

const whoseIs = (record: ThrottleRecord): Whose => ({...ownerOf(record), label: record.cluster})

/** Records of that cluster with their files; the oldest, which knows how it was at first, before others. */
function kept(stateDir: string, whose: Whose): {file: string; record: ThrottleRecord}[] {
  return recordFiles(stateDir)
    .flatMap(name => {
      const file = join(folder(stateDir), name)
      try {
        const record = readRecord(file)
        return sameCluster(ownerOf(record), whose) ? [{file, record}] : []
      } catch (error) {
        // another cluster's costs this one nothing
        if (isNamedFor(name, whose)) throw error
        return []
      }
    })
    .sort((a, b) => a.record.since - b.record.since)
}

const recordFiles = (stateDir: string): string[] =>
  existsSync(folder(stateDir))
    ? readdirSync(folder(stateDir))
        .filter(name => name.endsWith('.json'))
        .sort()
    : []

function readRecord(file: string): ThrottleRecord {
  const hint = `set limits as they should be (ringup throttle set), and remove ${file}`
  const found = readText(file, {what: 'what limits were', most: mostBytes.inventory, hint})
  try {
    return throttleSchema.parse(JSON.parse(found))
  } catch (error) {
    throw new OpsError('usage', `what limits were before cannot be read from ${file}`, {hint, cause: error})
  }
}

/** Whether a file that cannot be read may hold what limits of that cluster were. */
function isNamedFor(file: string, {name, members, label}: Whose): boolean {
  let called: string
  try {
    called = decodeURIComponent(file.slice(0, -'.json'.length).replace(/~\d+$/, ''))
  } catch {
    return false
  }
  if (isClusterName(called) && name !== 'unknown') return called === name
  const [first = called] = isClusterName(called) ? called.split('/') : []
  return isNodeName(first) ? members.includes(first) : called === label
}

/** The file it is in already, else one named for the ring: by its own name, or by a node where that is not known. */
function fileFor(stateDir: string, whose: Whose): string {
  const [found] = kept(stateDir, whose)
  if (found) return found.file
  const {name, members, label} = whose
  const base = encodeURIComponent(name === 'unknown' ? (members[0] ?? label) : name)
  for (let number = 1; ; number += 1) {
    const file = join(folder(stateDir), `${base}${number === 1 ? '' : `~${number}`}.json`)
    // a ring made of another one's disks has its name
    if (!existsSync(file)) return file
  }
}

export type ThrottleEvent = {readonly at: number} & (
  | {readonly type: 'decided'; readonly limit: number; readonly from: number; readonly why: string}
  | {readonly type: 'valve'; readonly node: NodeName; readonly inbound: boolean; readonly why: string}
  | {readonly type: 'sent'; readonly host: string; readonly argv: readonly string[]}
  | {readonly type: 'answered'; readonly host: string; readonly stdout: string; readonly code: number | null}
  | {readonly type: 'restored'; readonly nodes: number}
)

/** One line a thing, only ever appended. */
export function logThrottle(stateDir: string, whose: Whose, event: ThrottleEvent): void {
  stateFolder(stateDir, 'throttle')
  const file = fileFor(stateDir, whose).replace(/\.json$/, '.log.jsonl')
  orUnwritable(stateDir, () =>
    appendFileSync(file, `${jsonText({v: 1, ...event})}\n`, {mode: stateModes(stateDir).file}),
  )
}
