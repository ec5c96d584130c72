/**
 * The shapes of plans and campaigns as files. A digest says that nothing was changed, not who made it: what is read
 * must have its shape before anything is shown of it or counted with.
 */
import * as z from 'zod'
import {fitFaults} from '../ring/ring-fit.ts'
import {
  bytes,
  change,
  claimSettings,
  clusterName,
  heldLocation,
  member,
  node,
  position,
  text,
  time,
} from '../snapshot/schema.ts'
import {riskIds} from './risk.ts'

const count = z.number().int().min(0).max(1e9)
const share = z.number().min(0).max(1e6)
const ms = z.number().min(0).max(1e15)
const amount = z.number().min(-1e18).max(1e18)
const words = z.string().max(20_000)
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a digest is expected')
const owners = z.array(node).max(65_536)
const members = z.array(member).max(10_000)
const positions = z.array(position).max(65_536)
const nullable = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()])

const move = {partition: position, from: node, to: node}
const moves = <T extends z.ZodRawShape>(shape: T) => z.array(z.strictObject(shape)).max(65_536)

const balance = z.strictObject({largest: count, smallest: count, mean: share, largestToMean: share})
const preflists = z.strictObject({n: count, before: positions, after: positions})

const analysis = z.strictObject({
  moves: z.strictObject({planned: count, minimum: count, efficiency: nullable(share)}),
  balance: z.strictObject({before: balance, after: balance}),
  preflists: z.strictObject({nodes: preflists, locations: nullable(preflists)}),
  pairs: z.array(z.strictObject({from: node, to: node, count})).max(1e6),
  nodes: z.array(z.strictObject({node, before: count, after: count, out: count, in: count})).max(20_000),
  fit: z.strictObject({
    partitions: count,
    nodes: count,
    partitionsPerNode: share,
    shares: z.tuple([count, count]),
    imbalance: share,
    tail: count,
    advice: z
      .array(z.strictObject({id: z.enum(fitFaults), level: z.enum(['warn', 'note']), says: words}))
      .max(100),
    better: z.strictObject({nodes: count, imbalance: share}).exactOptional(),
    usualPartitions: count,
  }),
})

const rates = z.strictObject({
  basis: z.enum(['measured', 'logged', 'stated', 'assumed']),
  low: amount.positive(),
  typical: amount.positive(),
  high: amount.positive(),
  transfers: count.exactOptional(),
  sources: count.exactOptional(),
  pairs: z
    .array(z.strictObject({from: node, to: node, bytesPerSecond: amount.positive()}))
    .max(1e6)
    .exactOptional(),
})

const range = z.strictObject({p10: ms, p50: ms, p90: ms})
const basis = z.enum(['measured', 'mean', 'unknown'])

const forecast = z.strictObject({
  basis,
  partitionBytes: nullable(amount),
  bytes: nullable(amount),
  rates,
  ingestPerDay: nullable(amount),
  time: nullable(range),
  stuck: count,
  binding: nullable(z.enum(['cluster-limit', 'node-limit', 'rate'])),
  higher: nullable(
    z.strictObject({limit: z.enum(['cluster', 'node']), from: count, to: count, saves: amount}),
  ),
  nodes: z
    .array(
      z.strictObject({
        node,
        in: nullable(amount),
        out: nullable(amount),
        disk: nullable(
          z.strictObject({
            size: bytes,
            before: amount,
            worst: amount,
            simulated: amount,
            peakAt: ms,
            after: amount,
          }),
        ),
        hinted: amount,
        settled: nullable(ms),
      }),
    )
    .max(20_000),
})

export const planSchema = z.strictObject({
  schema: z.literal('ringup/plan/1'),
  digest,
  cluster: words,
  fidelity: z.enum(['exact', 'simulated', 'estimate']),
  ring: z.strictObject({partitions: z.number().int().min(1).max(65_536)}),
  base: z.strictObject({
    digest,
    claimant: node,
    members,
    owners,
    locations: z.record(node, heldLocation),
    locationChanged: z.boolean(),
    // plans of before have none: what is absent stays so, or their digest would not fit
    clusterName: clusterName.exactOptional(),
  }),
  claim: claimSettings,
  claimFunction: text,
  changes: z.array(change).max(10_000),
  transitions: z
    .array(
      z.strictObject({
        members,
        owners,
        transfers: moves({...move, bytes: nullable(amount)}),
        reassigned: moves(move),
      }),
    )
    .max(100),
  analysis,
  forecast,
  diskPeak: z.number().min(0).max(1),
  risks: z
    .array(
      z.strictObject({
        id: z.enum(riskIds),
        level: z.enum(['block', 'warn']),
        value: words,
        limit: words,
        fix: words,
        acceptable: z.boolean(),
      }),
    )
    .max(1000),
  accepted: z.array(text).max(1000),
})

const verdict = z.discriminatedUnion('keepsUp', [
  z.strictObject({keepsUp: z.literal(true), text: words}),
  z.strictObject({keepsUp: z.literal(false), day: count, text: words}),
])

export const campaignSchema = z.strictObject({
  schema: z.literal('ringup/campaign/1'),
  digest,
  cluster: words,
  clusterName: clusterName.exactOptional(),
  from: count,
  until: count,
  perDay: count,
  ingestPerDay: nullable(amount),
  diskPeak: z.number().min(0).max(1),
  partitions: count,
  basis,
  rates,
  imagined: count,
  days: z
    .array(
      z.strictObject({
        day: count,
        date: text,
        begins: time,
        batch: z.array(node).max(10_000),
        nodes: count,
        moves: count,
        minimum: count,
        transitions: count,
        bytes: nullable(amount),
        data: nullable(amount),
        time: nullable(range),
        spare: nullable(amount),
        fullest: nullable(z.strictObject({node, worst: share, after: share})),
        fault: words.exactOptional(),
      }),
    )
    .max(10_000),
  verdict,
  moves: count,
  bytes: nullable(amount),
  serial: z.strictObject({moves: count, bytes: nullable(amount)}).exactOptional(),
})
