/**
 * How many transfers at once clients can bear. Steps up one by one while they wait less than they may, holds in a
 * band below the bound, goes down when it is passed, and to the floor when nothing is told any more. It expects each step
 * to cost more than the largest before, so that it stops short of the bound and not behind it. Pure.
 */
export type ControllerSettings = {
  /** ms that p99 must stay below */
  readonly bound: number
  readonly min: number
  readonly max: number
}

export type ControllerState = {
  readonly limit: number
  /** the highest p99 that was seen at each limit, ms; by limit */
  readonly seen: ReadonlyMap<number, number>
  /** a limit that was too much; it is not tried again */
  readonly ceiling: number
}

export type Decision = {readonly state: ControllerState; readonly why: string}

export const firstState = (limit: number, {min, max}: ControllerSettings): ControllerState => ({
  limit: Math.min(max, Math.max(min, limit)),
  seen: new Map(),
  ceiling: Number.POSITIVE_INFINITY,
})

/** Below this share of the bound a step up is thought of. */
const headroom = 0.9
/** A step is expected to cost this much more than the largest so far. */
const caution = 1.25

/** @param p99 ms, the highest of all nodes since the last decision; undefined: nobody told */
export function decide(
  {limit, seen, ceiling}: ControllerState,
  p99: number | undefined,
  {bound, min, max}: ControllerSettings,
): Decision {
  if (p99 === undefined)
    return {
      state: {limit: min, seen, ceiling},
      why: `no latency was told: down to the floor of ${min}`,
    }
  const known = new Map(seen).set(limit, Math.max(p99, seen.get(limit) ?? 0))
  if (p99 >= bound) {
    const lower = Math.max(min, Math.min(limit - 1, Math.floor(limit * 0.75)))
    return {
      state: {limit: lower, seen: known, ceiling: Math.min(ceiling, limit)},
      why: `p99 ${text(p99)} is at the bound of ${text(bound)}`,
    }
  }
  const held = {limit, seen: known, ceiling}
  if (p99 > headroom * bound) return {state: held, why: `p99 ${text(p99)} is close below the bound: held`}
  if (limit >= max) return {state: held, why: `p99 ${text(p99)}; ${max} is the most`}
  if (limit + 1 >= ceiling) return {state: held, why: `p99 ${text(p99)}; ${ceiling} was too much`}
  const expected = known.get(limit)! + caution * largestStep(known)
  if (expected > headroom * bound && largestStep(known) > 0)
    return {
      state: held,
      why: `p99 ${text(p99)}; one more is expected to give ${text(expected)}: held`,
    }
  return {state: {...held, limit: limit + 1}, why: `p99 ${text(p99)}: one more`}
}

const text = (ms: number): string => `${Math.round(ms * 10) / 10} ms`

/** ms that one more has cost at the most. */
function largestStep(seen: ReadonlyMap<number, number>): number {
  let largest = 0
  for (const [limit, p99] of seen) {
    const before = seen.get(limit - 1)
    if (before !== undefined) largest = Math.max(largest, p99 - before)
  }
  return largest
}

export type ValveNode = {
  readonly node: string
  /** 0 to 1; undefined: not told */
  readonly disk: number | undefined
  readonly inbound: boolean
  /** partitions that it is still to send, and to receive */
  readonly toSend: number
  readonly toReceive: number
}

export type ValveMove = {readonly node: string; readonly inbound: boolean; readonly why: string}

/** How far below the limit a disk must be before it may receive again, as a share. */
const valveBand = 0.05

/** Whose inbound handoff is to be turned off, and on again. @param mine nodes whose inbound this valve turned off */
export function valveMoves(
  nodes: readonly ValveNode[],
  limit: number,
  mine: ReadonlySet<string>,
): ValveMove[] {
  return nodes.flatMap(({node, disk, inbound, toSend, toReceive}): ValveMove[] => {
    const full = disk === undefined ? '?' : `${Math.round(disk * 1000) / 10} %`
    if (inbound && disk !== undefined && disk >= limit && toSend > 0 && toReceive > 0)
      return [
        {
          node,
          inbound: false,
          why: `its disk is ${full} full, and ${toSend} partitions are still to leave it`,
        },
      ]
    if (inbound || !mine.has(node)) return []
    if (toSend === 0) return [{node, inbound: true, why: 'it has sent all it had to send'}]
    return disk !== undefined && disk < limit - valveBand
      ? [{node, inbound: true, why: `its disk is down to ${full}`}]
      : []
  })
}
