/** Limits that were changed, as the cluster remembers them: which are not brought back yet, and by whom they were changed. */
import * as z from 'zod'
import type {Operator} from '../journal/events.ts'
import {by} from '../journal/schema.ts'
import {jsonText} from '../printable.ts'
import {agree} from '../records/agree.ts'
import {copiesOf, type Memory, rememberedIds} from '../records/memory.ts'
import {time} from '../snapshot/schema.ts'
import {parsedLine} from './read-journal.ts'
import {type ThrottleRecord, throttleSchema} from './throttle-record.ts'

/** What is kept of a change of limits, one line each. */
export type LimitsEvent = {readonly v: 1; readonly at: number; readonly by: Operator} & (
  | {readonly type: 'limits-kept'; readonly record: ThrottleRecord}
  | {readonly type: 'limits-restored'}
)

const eventSchema = z.discriminatedUnion('type', [
  z.object({v: z.literal(1), at: time, by, type: z.literal('limits-kept'), record: throttleSchema}),
  z.object({v: z.literal(1), at: time, by, type: z.literal('limits-restored')}),
])

export type KeptLimits = {
  readonly id: string
  readonly lines: readonly string[]
  readonly record: ThrottleRecord
  readonly by: Operator
  /** they were brought back */
  readonly isOver: boolean
  /** two hosts agree on it */
  readonly isSure: boolean
  readonly hosts: readonly string[]
  /** seconds since hosts heard of who changed them; undefined: it is not told */
  readonly silent: number | undefined
}

export const limitsLine = (event: LimitsEvent): string => jsonText(event)

/** Every change of limits that hosts tell of, the oldest first; what cannot be read counts for nothing. */
export function keptLimits(memory: Memory): KeptLimits[] {
  return rememberedIds(memory, 'limits').flatMap((id): KeptLimits[] => {
    const copies = copiesOf(memory, 'limits', id)
    const agreed = agree(copies.map(copy => ({host: copy.host, chain: copy.read().chain})))
    if (!agreed) return []
    const {
      chain: {lines},
      isSure,
      hosts,
    } = agreed
    const events = lines.flatMap(line => {
      const event = eventSchema.safeParse(parsedLine(line))
      return event.success ? [event.data] : []
    })
    const last = events.findLast(event => event.type === 'limits-kept')
    if (!last || events.length < lines.length) return []
    const ages = copies.flatMap(({age}) => age ?? [])
    return [
      {
        id,
        lines,
        record: last.record,
        by: last.by,
        isOver: events.at(-1)!.type === 'limits-restored',
        isSure,
        hosts,
        silent: ages.length > 0 ? Math.min(...ages) : undefined,
      },
    ]
  })
}
