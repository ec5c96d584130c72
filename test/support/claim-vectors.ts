/** Claim vectors: questions to riak_core's planner with its answers, one JSON object a line. */
import {createReadStream} from 'node:fs'
import {createInterface} from 'node:readline'
import {createGunzip} from 'node:zlib'
import type {Change, ClaimSettings} from '../../src/ring/changes.ts'
import type {Member, MemberStatus, NodeName, Ring} from '../../src/ring/ring.ts'

/** A node is a position in `base.nodes`. */
export type VectorMove = readonly [partition: number, from: number, to: number]
type MemberPair = readonly [NodeName, MemberStatus]

export type VectorBase = {
  readonly ringSize: number
  readonly claimant: NodeName
  readonly nodes: readonly NodeName[]
  readonly members: readonly MemberPair[]
  readonly locations?: Readonly<Record<NodeName, string>>
  readonly locationChanged?: boolean
  readonly owners: readonly number[]
}

export type VectorTransition = {
  readonly membersBefore: readonly MemberPair[]
  readonly members: readonly MemberPair[]
  readonly ring: readonly string[]
  readonly pending: readonly string[]
  readonly owners: readonly number[]
  readonly reassigned: readonly VectorMove[]
  readonly transfers: readonly VectorMove[]
  readonly nextOwners: readonly number[]
  readonly warnNodes: boolean
  readonly warnLocations: boolean
}

export type VectorAnswer = {
  readonly error?: string
  readonly refused?: readonly (readonly [number, string])[]
  readonly changes?: readonly (readonly string[])[]
  readonly transitions?: readonly VectorTransition[]
  readonly final?: {
    readonly claimant: NodeName
    readonly owners: readonly number[]
    readonly members: readonly MemberPair[]
    readonly locations: Readonly<Record<NodeName, string>>
    readonly locationChanged: boolean
  }
}

export type ClaimQuestion = {
  readonly id: string
  readonly config: ClaimSettings
  readonly base: VectorBase
  readonly changes: readonly Change[]
  readonly seed?: readonly number[]
}

export type ClaimVector = ClaimQuestion & {
  readonly deterministic: boolean
  readonly expect: VectorAnswer
}

export type DictOrderVector = {
  readonly id: string
  readonly nodes: readonly NodeName[]
  readonly order: readonly NodeName[]
  readonly hash: readonly number[]
}

export type Vector = ClaimVector | DictOrderVector

export const isDictOrder = (vector: Vector): vector is DictOrderVector => 'order' in vector

export const memberOf = ([node, status]: MemberPair): Member => ({node, status})

export const ringOfVector = ({base}: ClaimQuestion): Ring => ({
  partitions: base.ringSize,
  owners: base.owners.map(owner => base.nodes[owner]!),
  members: base.members.map(memberOf),
  claimant: base.claimant,
  pending: [],
  locations: base.locations ?? {},
  locationChanged: base.locationChanged ?? false,
})

export class BadVector extends Error {
  override readonly name = 'BadVector'
}

/** A file's vectors, one by one; `where` is `file:line`. */
export async function* readVectors(file: string): AsyncGenerator<{vector: Vector; where: string}> {
  const source = createReadStream(file)
  const plain = file.endsWith('.gz') ? source.pipe(createGunzip()) : source
  let failure: Error | undefined
  const fail = (error: Error): void => {
    failure ??= error
    lines.close()
  }
  const lines = createInterface({input: plain, crlfDelay: Number.POSITIVE_INFINITY})
  source.on('error', fail)
  plain.on('error', fail)
  let line = 0
  for await (const text of lines) {
    line += 1
    const where = `${file}:${line}`
    if (text.trim() !== '') yield {vector: parsed(text, where), where}
  }
  if (failure) throw new BadVector(`${file}:${line + 1}: ${failure.message}`)
}

function parsed(text: string, where: string): Vector {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new BadVector(`${where}: ${(error as Error).message}`)
  }
  const problem = shapeProblem(value)
  if (problem !== undefined) throw new BadVector(`${where}: ${problem}`)
  return value as Vector
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What makes the line no vector, as far as reading it goes. */
function shapeProblem(value: unknown): string | undefined {
  if (!isObject(value) || typeof value.id !== 'string') return 'a vector is an object with an id'
  if ('order' in value)
    return [value.nodes, value.order, value.hash].every(Array.isArray)
      ? undefined
      : 'nodes, order and hash are lists'
  const {config, base, changes, expect} = value
  if (!isObject(config) || !['v2', 'v3', 'v4'].includes(String(config.claim)))
    return 'config.claim is v2, v3 or v4'
  if (!isObject(expect)) return 'no answer in expect'
  if (!Array.isArray(changes)) return 'changes is a list'
  if (!isObject(base) || ![base.nodes, base.members, base.owners].every(Array.isArray))
    return 'base has nodes, members and owners'
  const {nodes, owners} = base as unknown as VectorBase
  if (owners.length !== base.ringSize)
    return `base.owners has ${owners.length} of ${String(base.ringSize)} partitions`
  const stranger = owners.findIndex(owner => nodes[owner] === undefined)
  return stranger < 0 ? undefined : `base.owners: partition ${stranger} has no owner in base.nodes`
}
