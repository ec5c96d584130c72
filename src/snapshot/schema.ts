/**
 * A snapshot as a file (`ringup/snapshot/1`): the one source of its shape and its JSON Schema. Written by one
 * version of ringup and read by another, perhaps on another machine, so nothing in it is taken on trust.
 */
import * as z from 'zod'
import {
  clusterNamePattern,
  heldLocationPattern,
  locationPattern,
  longestLocation,
  longestNodeName,
  nodeNamePattern,
} from '../names.ts'

export const node = z
  .string({error: 'one node name is expected'})
  .max(longestNodeName)
  .regex(new RegExp(`^${nodeNamePattern}$`), 'a node name is expected, as riak@10.0.0.1')
export const heldLocation = z
  .string({error: 'a location is expected'})
  .max(longestLocation)
  .regex(heldLocationPattern, 'a location not beginning with - is expected')
const location = z
  .string({error: 'a location is expected'})
  .max(longestLocation)
  .regex(locationPattern, 'a location without control characters, not beginning with -, is expected')
export const position = z.number({error: 'a partition is expected'}).int().min(0).max(65_535)
const known = <T extends z.ZodType>(schema: T) => z.union([schema, z.literal('unknown')])
export const text = z.string().max(500)
/** ms since 1970, as far as a date can go */
export const time = z.number().min(0).max(8.64e15)

export const clusterName = known(
  z
    .string()
    .max(300)
    .regex(
      new RegExp(`^${clusterNamePattern}$`),
      "a ring's own name is expected, as riak@10.0.0.1/1764335462.123456",
    ),
)

const status = z.enum(['joining', 'valid', 'leaving', 'exiting', 'down', 'invalid'])

export const member = z.strictObject({node, status})

const ring = z.strictObject({
  partitions: z.number().int().min(1).max(65_536).describe('number of partitions, a power of two'),
  owners: z.array(node).max(65_536).describe('owner of partition 0, 1, ...'),
  members: z.array(member).max(10_000).describe('sorted by node'),
  claimant: node,
  pending: z
    .array(
      z.strictObject({
        partition: position,
        from: node,
        to: node,
        done: z.array(text).max(100),
        status: z.enum(['awaiting', 'complete']),
      }),
    )
    .max(65_536)
    .describe('ownership transfers under way, by partition'),
  locations: z.record(node, heldLocation).describe('members without one are not in it'),
  locationChanged: z
    .boolean()
    .describe("riak_core's own flag: a location changed and no claim has looked at it yet"),
})

export const change = z.discriminatedUnion('action', [
  z.strictObject({action: z.literal('join'), node}),
  z.strictObject({action: z.literal('leave'), node}),
  z.strictObject({action: z.literal('remove'), node}),
  z.strictObject({action: z.literal('replace'), node, with: node}),
  z.strictObject({action: z.literal('forceReplace'), node, with: node}),
  z.strictObject({action: z.literal('setLocation'), node, location}),
])

const transfer = z.strictObject({
  kind: text,
  module: text,
  partition: position,
  from: node,
  to: node,
  startedAt: time.describe('ms since 1970'),
  stats: z
    .strictObject({
      objects: z.number(),
      objectsPerSecond: z.number(),
      bytesPerSecond: z.number(),
      done: z.number().exactOptional().describe('0 to 1'),
      total: z.strictObject({count: z.number(), unit: text}).exactOptional(),
    })
    .exactOptional(),
})

export const claimSettings = z.strictObject({
  claim: z.enum(['v2', 'v3', 'v4']),
  targetN: z.number().int().min(1).max(100),
  targetLocationN: z.number().int().min(1).max(100),
  fullRebalanceOnLeave: z.boolean(),
})

const nodeFacts = z.strictObject({
  node,
  ringHash: text,
  ringReady: known(z.boolean()),
  version: known(text),
  otp: known(text),
  outsideUnit: z.literal(true).exactOptional(),
  transferLimit: known(z.number().int().min(0)),
  clusterLimit: z.number().int().min(0).exactOptional(),
  inbound: z.boolean(),
  outbound: z.boolean(),
  transfers: known(z.array(transfer).max(100_000)),
})

export const bytes = z.number().int().min(0).max(1e18)

const nodeStorage = z.strictObject({
  node,
  size: bytes.describe('bytes of the data volume'),
  used: bytes.describe('bytes that are not to be had any more'),
  partitions: z
    .array(z.strictObject({partition: position, bytes, trees: bytes.exactOptional()}))
    .max(65_536)
    .describe('partitions on the disk; trees: their hash trees'),
  transfers: z
    .array(z.strictObject({from: node, to: node, bytesPerSecond: z.number().positive().max(1e12)}))
    .max(100)
    .exactOptional()
    .describe('the last that it sent, as its log tells'),
})

export const snapshotSchema = z.strictObject({
  schema: z.literal('ringup/snapshot/1', {error: 'only ringup/snapshot/1 is known'}),
  takenAt: time.describe('ms since 1970'),
  askedNode: node,
  clusterName: clusterName.default('unknown').describe("Riak's own name for the ring"),
  ring,
  claim: known(claimSettings),
  claimFunction: text,
  staged: known(z.array(change).max(10_000)).describe('staged and not committed'),
  seed: known(z.tuple([z.string().regex(/^\d{1,40}$/), z.string().regex(/^\d{1,40}$/)])).describe(
    "state of the claimant's random generator",
  ),
  nodes: z.array(nodeFacts).max(10_000),
  storage: z.array(nodeStorage).max(10_000).exactOptional().describe('what lies on the disks'),
})

/** JSON Schema (2020-12) of the file. */
export const snapshotJsonSchema = (): object => ({
  title: 'ringup snapshot',
  ...z.toJSONSchema(snapshotSchema, {target: 'draft-2020-12'}),
})
