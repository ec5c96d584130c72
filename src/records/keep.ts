/** A chain that grows here, kept on hosts: each has a copy of its own, and one that fails costs that copy only. */
import {randomBytes} from 'node:crypto'
import {performance} from 'node:perf_hooks'
import {isOpsError, OpsError} from '../errors.ts'
import type {Answer} from '../riak/answers/answer.ts'
import type {Door} from '../riak/door.ts'
import {scriptNotUnderstood} from '../riak/own-script.ts'
import {type Chain, chainOf, keptLines, segmentOf} from './chain.ts'
import {type ChainKind, keepArgv, mostCopyBytes} from './script.ts'

export type Keeper = {
  /** Grows the chain; nothing is sent. */
  readonly add: (line: string) => void
  /** Sends what hosts do not have yet. Never throws for a host; `kept` tells who has all of it. */
  readonly flush: (options?: Flushing) => Promise<void>
  /** hosts that have all that was there at the last flush */
  readonly kept: () => readonly string[]
  /** how many hosts are to have it */
  readonly doors: number
  /** why a host has it not */
  readonly failures: () => ReadonlyMap<string, string>
}

type Flushing = {
  /** only to as many hosts as must have it before an act; the others get it with the next sign of life */
  readonly early?: boolean
  /** that it is alive is told where nothing is new */
  readonly touch?: boolean
  /** hosts that were lost a moment ago are asked as well: nobody sends it later */
  readonly last?: boolean
}

export type KeepRequest = {
  readonly kind: ChainKind
  readonly id: string
  readonly doors: readonly Door[]
  /** those of them that have it before an act; default: all */
  readonly early?: readonly Door[]
  /** what the chain has already */
  readonly lines?: readonly string[]
  /** told once of each host that cannot keep it */
  readonly onFailure?: (host: string, why: string) => void
}

/** hosts that must have what has to be known before an act */
const fewestCopies = 2

/** ms that a host is left alone that could not be reached: nothing waits for it again and again */
const afterLoss = 60_000

export function keepChain({
  kind,
  id,
  doors,
  early = doors,
  lines: given = [],
  onFailure = () => {},
}: KeepRequest): Keeper {
  const name = `${kind}-${id}-${randomBytes(8).toString('hex')}`
  const lines = [...given]
  let chain: Chain = chainOf([])
  let chained = 0
  /** by how many events a copy has: hosts are as far as each other, as a rule */
  const segments = new Map<number, string>()
  const places = new Map(
    doors.map(door => [door, {events: 0, bytes: 0, whole: false, notBefore: Number.NEGATIVE_INFINITY}]),
  )
  const failures = new Map<string, string>()
  const told = new Set<string>()
  let flushing: Promise<void> | undefined

  const failed = (host: string, why: string): void => {
    failures.set(host, why)
    if (told.has(host)) return
    told.add(host)
    onFailure(host, why)
  }

  const segmentFrom = (events: number): string => {
    const segment = segments.get(events) ?? segmentOf(chain, events)
    segments.set(events, segment)
    return segment
  }

  const bring = async (door: Door, {touch = false, last = false}: Flushing): Promise<void> => {
    const place = places.get(door)!
    place.whole = false
    if (!last && performance.now() < place.notBefore) return
    try {
      for (let tries = 0; tries < 2; tries += 1) {
        const isCurrent = place.events === chain.lines.length
        if (isCurrent && !touch) break
        const segment = isCurrent ? '' : segmentFrom(place.events)
        if (place.bytes + segment.length + 1 > mostCopyBytes) {
          // one segment is smaller than many
          if (place.events === 0) return failed(door.host, 'the record is too large to be kept')
          Object.assign(place, {events: 0, bytes: 0})
          tries -= 1
          continue
        }
        const argv = keepArgv(door.node, name, place.bytes, segment)
        const told = await door.ask(argv, {timeout: 20_000})
        const wanted = place.bytes + (segment === '' ? 0 : segment.length + 1)
        const answer = keptAnswer(told, door.host)
        if (answer.outcome === 'kept' && answer.bytes === wanted) {
          Object.assign(place, {events: chain.lines.length, bytes: wanted})
          break
        }
        if (answer.outcome === 'denied' || answer.outcome === 'unsafe')
          return failed(door.host, placeText(answer.outcome))
        if (answer.outcome === 'failed' && tries > 0)
          return failed(door.host, 'it cannot be written (is the disk full?)')
        // an answer that was lost, or a part of it: once more from the beginning
        Object.assign(place, {events: 0, bytes: 0})
        if (tries > 0) return failed(door.host, 'it is not as it was written')
      }
      place.whole = true
      failures.delete(door.host)
    } catch (error) {
      if (!isOpsError(error)) throw error
      // whether it was written is not known: the copy is made anew
      Object.assign(place, {events: 0, bytes: 0, notBefore: performance.now() + afterLoss})
      failed(door.host, error.message)
    }
  }
  const flush = async (how: Flushing): Promise<void> => {
    if (chained < lines.length) {
      chain = chainOf(keptLines(lines))
      chained = lines.length
      segments.clear()
    }
    const bringTo = (some: readonly Door[]) => Promise.all(some.map(door => bring(door, how)))
    await bringTo(how.early ? early : doors)
    if (how.early && kept().length < fewestCopies) await bringTo(doors.filter(door => !early.includes(door)))
  }
  const kept = (): string[] =>
    doors
      .filter(door => places.get(door)!.whole && places.get(door)!.events === chain.lines.length)
      .map(({host}) => host)
  return {
    add: line => void lines.push(line),
    flush: async (how = {}) => {
      // one after the other: what one appends the next must know of
      const before = flushing
      const mine = (async () => {
        await before
        await flush(how)
      })()
      flushing = mine.catch(() => {})
      await mine
    },
    kept,
    doors: doors.length,
    failures: () => failures,
  }
}

type KeptAnswer = {readonly outcome: 'kept' | 'at' | 'failed' | 'denied' | 'unsafe'; readonly bytes: number}

function keptAnswer(answer: Answer, host: string): KeptAnswer {
  const found = /^(kept|at|failed|denied|unsafe)(?: +(\d{1,9}))?\nend\n$/.exec(answer.stdout)
  if (found) return {outcome: found[1] as KeptAnswer['outcome'], bytes: Number(found[2] ?? -1)}
  throw scriptNotUnderstood(host, 'a copy of the record', answer)
}

const placeText = (outcome: 'denied' | 'unsafe'): string =>
  outcome === 'denied'
    ? 'your login may not write to /var/lib/ringup'
    : '/var/lib/ringup is no folder that the team alone can write to'

/** Throws an `OpsError` (exit 3) where fewer than two hosts have all of it. */
export function refuseFewCopies(keeper: Keeper, what: string): void {
  const kept = keeper.kept()
  // a cluster of one host has no second
  if (kept.length >= Math.min(fewestCopies, keeper.doors)) return
  const why = [...keeper.failures()].map(([host, message]) => `${host}: ${message}`).join('; ')
  throw new OpsError(
    'refused',
    `${what} must be known on two hosts before anything is sent, and ${kept.length === 0 ? 'none' : `only ${kept[0]}`} can keep it${why === '' ? '' : ` (${why})`}`,
    {hint: 'see which can: ringup check'},
  )
}
