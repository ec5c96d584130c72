/** What limits were before ringup changed them: the shape of it, in a file here and in what hosts keep. */
import * as z from 'zod'
import type {NodeName} from '../ring/ring.ts'
import type {Known} from '../ring/snapshot.ts'
import {clusterName, node, text, time} from '../snapshot/schema.ts'

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
  /** what the cluster's hosts call it; missing in records of before */
  readonly id?: string
  /** what the inventory called it */
  readonly cluster: string
  /** Riak's own name for the ring; missing in records of before */
  readonly ring?: Known<string>
  /** `throttle set`, `throttle auto` */
  readonly command: string
  readonly host: string
  readonly pid: number
  /** ms since 1970 */
  readonly since: number
  /** as they were before ringup changed anything */
  readonly originals: readonly NodeLimits[]
}

/** What it says is sent to the cluster one day. */
export const throttleSchema = z.object({
  v: z.literal(1),
  id: text.exactOptional(),
  cluster: z.string(),
  ring: clusterName.exactOptional(),
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
