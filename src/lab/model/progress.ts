/**
 * How far a transfer is, as a function of time. A sender reports every two seconds; until its first report nobody
 * knows anything of it, and between reports everybody knows the last one.
 */
import type {Transfer} from './world.ts'

/** ms from the start of a transfer until its first byte is under way */
const setUp = 300

/** ms from start to end */
export const durationOf = (transfer: Sending): number => timeFor(transfer.data.bytes, transfer)

/** ms from the start until this many bytes are sent */
export function timeFor(bytes: number, {rate, pauses}: Sending): number {
  const sending = (bytes / rate) * 1000
  const paused = pauses ? Math.max(0, Math.ceil(sending / pauses.after) - 1) * pauses.length : 0
  return setUp + sending + paused
}

type Sending = Pick<Transfer, 'data' | 'rate' | 'pauses'>

export function bytesSent({startedAt, data, rate, pauses}: Transfer, now: number): number {
  const since = Math.max(0, now - startedAt - setUp)
  const sending = pauses ? timeSending(since, pauses) : since
  return Math.min(data.bytes, Math.floor((sending * rate) / 1000))
}

/** Work and pauses in turn. */
function timeSending(since: number, {after, length}: NonNullable<Transfer['pauses']>): number {
  const whole = Math.floor(since / (after + length))
  return whole * after + Math.min(after, since - whole * (after + length))
}

export type Report = {
  /** ms since 1970 */
  readonly at: number
  readonly objects: number
  readonly objectsPerSecond: number
  readonly bytesPerSecond: number
  /** 0 to 1 */
  readonly done: number
}

/** The last report before `now`; undefined before the first. */
export function lastReport(transfer: Transfer, now: number, interval: number): Report | undefined {
  const {startedAt, data} = transfer
  const reports = Math.floor((now - startedAt) / interval)
  if (reports < 1) return undefined
  const at = startedAt + reports * interval
  const bytes = bytesSent(transfer, at)
  const objects = data.bytes === 0 ? 0 : Math.floor((bytes / data.bytes) * data.objects)
  const seconds = (at - startedAt) / 1000
  return {
    at,
    objects,
    objectsPerSecond: Math.round(objects / seconds),
    bytesPerSecond: Math.round(bytes / seconds),
    done: data.objects === 0 ? 0 : objects / data.objects,
  }
}
