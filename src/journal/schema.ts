/**
 * The shape of a line of a journal. Journals are shown on other machines, so nothing in them is taken on trust; what a
 * later ringup has added to an event is left out, and so is a kind of event that it has added.
 */
import * as z from 'zod'
import {failureKinds} from '../errors.ts'
import {planSchema} from '../plan/schema.ts'
import {node, position, time} from '../snapshot/schema.ts'
import {runOutcomes} from './events.ts'

/** what hosts answered is among it, which may be long */
const words = z.string()
const name = z.string().max(500)
const hosts = z.array(name).max(10_000)
const count = z.number().int().min(0).max(1e9)
const amount = z.number().min(0).max(1e18)

/** who, where, in which process */
export const by = z.object({user: name, host: name, pid: count, process: name.exactOptional()})
const steps = z.array(z.object({id: name, title: words})).max(50_000)
const line = {v: z.literal(1), at: time}
const event = <Type extends string, T extends z.ZodRawShape>(type: Type, shape: T) =>
  z.object({...line, type: z.literal(type), ...shape})

export const eventSchema = z.discriminatedUnion('type', [
  event('run-started', {run: name, ringup: name, by, reason: words.exactOptional(), plan: planSchema, steps}),
  event('run-resumed', {ringup: name, by, torn: count, steps}),
  event('lock-acquired', {hosts}),
  event('lock-taken', {host: name, from: words, ageSeconds: amount}),
  event('lock-released', {left: hosts}),
  event('step-started', {step: name}),
  event('step-observed', {step: name, so: z.boolean(), saw: words}),
  event('write-sent', {step: name, host: name, argv: z.array(words).max(1000)}),
  event('write-answered', {
    step: name,
    host: name,
    code: z.number().int().exactOptional(),
    stdout: words,
    stderr: words,
    ms: amount,
  }),
  event('write-lost', {step: name, host: name, sent: z.boolean(), message: words}),
  event('step-done', {step: name, saw: words}),
  event('step-failed', {
    step: name,
    kind: z.enum([...failureKinds, 'bug']),
    message: words,
    hint: words.exactOptional(),
  }),
  event('progress', {
    moved: count,
    total: count,
    active: count,
    bytesPerSecond: amount,
    waiting: words.exactOptional(),
  }),
  event('rates', {
    transfers: z
      .array(z.object({partition: position, from: node, to: node, bytesPerSecond: amount}))
      .max(100_000),
  }),
  event('arrived', {bytes: amount, partitions: count}),
  event('run-finished', {
    outcome: z.enum(runOutcomes),
    message: words,
  }),
])

/** Whether it is an event of a kind that a later ringup writes. */
export const isLaterEvent = (value: unknown): boolean => {
  const parsed = z.looseObject({...line, type: z.string().max(100)}).safeParse(value)
  return parsed.success && !knownTypes.has(parsed.data.type)
}

const knownTypes: ReadonlySet<string> = new Set(eventSchema.options.map(option => option.shape.type.value))
