/**
 * Other ways to do what a plan does, for a plan that would fill a disk: one after another, fewer, more, without
 * locations, or with the filling nodes' inbound handoff off until they have sent what they have to send. Pure.
 */
import type {Change} from '../ring/changes.ts'
import type {NodeName} from '../ring/ring.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import type {PlanOptions} from './plan.ts'
import {planStep} from './plan-step.ts'

export type Way = {
  readonly id: 'as-asked' | 'one-by-one' | 'fewer' | 'more' | 'no-locations' | 'valve'
  /** each is committed when the one before has settled */
  readonly batches: readonly (readonly Change[])[]
  /** nodes whose inbound handoff is off until they have sent everything */
  readonly valve: readonly NodeName[]
  readonly moves: number
  /** bytes sent; null: not known */
  readonly bytes: number | null
  /** ms, usually, over all batches; null: not known */
  readonly time: number | null
  /** the disk that gets fullest while it receives something, and how full (0 to 1); null: none receives anything */
  readonly fullest: {readonly node: NodeName; readonly share: number} | null
  /** nothing that receives gets above the limit, and all can end */
  readonly fits: boolean
}

export type Order = {
  /** share of a disk, 0 to 1 */
  readonly limit: number
  /** the first is as asked */
  readonly ways: readonly Way[]
  /** of those that fit, the one that moves least; without its locations only where nothing else fits; null: none does */
  readonly best: Way | null
}

export type OrderRequest = {
  readonly snapshot: Snapshot
  readonly changes: readonly Change[]
  /** hosts that could join as well, in the order they would be taken */
  readonly others: readonly {readonly node: NodeName; readonly location?: string}[]
  readonly options: PlanOptions
}

/** simulations a way: they are compared, not promised */
const simulations = 5
/** the most that are added to what was asked for */
const mostMore = 5

export function orderOf(request: OrderRequest): Order {
  const {snapshot, changes, others, options} = request
  const limit = options.diskPeak ?? 0.8
  const joins = changes.filter(({action}) => action === 'join')
  const withNodes = (nodes: readonly NodeName[]): Change[] =>
    changes.filter(change => !isAbout(change, joins) || nodes.includes(change.node))
  const names = joins.map(({node}) => node)
  const located = changes.some(({action}) => action === 'setLocation')
  const way = (
    id: Way['id'],
    batches: readonly (readonly Change[])[],
    valve: readonly NodeName[] = [],
  ): Way => judged(request, {id, batches, valve}, limit)
  const asked = way('as-asked', [changes])
  const ways: Way[] = [asked]
  if (names.length > 1)
    ways.push(
      way(
        'one-by-one',
        names.map(node => withNodes([node])),
      ),
    )
  for (let count = names.length - 1; count > 0; count -= 1)
    ways.push(way('fewer', [withNodes(names.slice(0, count))]))
  for (let more = 1; names.length > 0 && more <= Math.min(mostMore, others.length); more += 1) {
    const fresh = others.slice(0, more)
    const joining = fresh.map(({node}): Change => ({action: 'join', node}))
    const placing = (located ? fresh : []).flatMap(({node, location}): Change[] =>
      location === undefined ? [] : [{action: 'setLocation', node, location}],
    )
    const rest = changes.filter(({action}) => action !== 'join')
    ways.push(way('more', [[...joins, ...joining, ...rest, ...placing]]))
  }
  if (located) ways.push(way('no-locations', [changes.filter(({action}) => action !== 'setLocation')]))
  const filling = fillingNodes(snapshot, changes, options, limit)
  if (filling.length > 0) ways.push(way('valve', [changes], filling))
  const fitting = ways.filter(({fits}) => fits)
  const whole = fitting.filter(way => way.id !== 'no-locations')
  const [best = null] = [...(whole.length > 0 ? whole : fitting)].sort((a, b) => a.moves - b.moves)
  return {limit, ways, best: asked.fits ? asked : best}
}

const isAbout = (change: Change, joins: readonly Change[]): boolean =>
  joins.some(({node}) => node === change.node) &&
  (change.action === 'join' || change.action === 'setLocation')

/** Members that would get fuller than the limit by what they receive. */
const fillingNodes = (
  snapshot: Snapshot,
  changes: readonly Change[],
  options: PlanOptions,
  limit: number,
): NodeName[] =>
  planStep(snapshot, changes, {...options, simulations}).forecast.nodes.flatMap(
    ({node, disk, in: received, out}) =>
      disk !== null && received !== 0 && out !== 0 && disk.worst > limit * disk.size ? [node] : [],
  )

function judged(
  {snapshot, options}: OrderRequest,
  {id, batches, valve}: Pick<Way, 'id' | 'batches' | 'valve'>,
  limit: number,
): Way {
  let at = snapshot
  let fullest: Way['fullest'] = null
  let [moves, bytes, time, sound] = [0, 0 as number | null, 0 as number | null, true]
  for (const changes of batches) {
    const next = planStep(at, changes, {...options, simulations}, valve)
    const {forecast, planned} = next
    sound &&= planned.crash === undefined && planned.refused.length === 0
    sound &&= forecast.stuck === 0 && forecast.basis !== 'unknown'
    moves += next.moves
    bytes = bytes === null || forecast.bytes === null ? null : bytes + forecast.bytes
    time = time === null || forecast.time === null ? null : time + forecast.time.p50
    for (const {node, disk, in: received} of forecast.nodes) {
      if (received === 0 || received === null) continue
      if (disk === null) {
        sound = false
        continue
      }
      // behind the valve nothing comes before all is gone
      const peak = valve.includes(node) ? Math.max(disk.before, disk.after) : disk.worst
      const share = peak / disk.size
      if (fullest === null || share > fullest.share) fullest = {node, share}
    }
    at = next.after
  }
  return {
    id,
    batches,
    valve,
    moves,
    bytes,
    time,
    fullest: fullest === null ? null : {node: fullest.node, share: Math.round(fullest.share * 1000) / 1000},
    fits: sound && (fullest === null || fullest.share <= limit),
  }
}
