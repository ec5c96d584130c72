/** Growths on practice rings whose clients wait longer the more is handed off: by the controller, and by fixed limits. */
import {
  type ControllerSettings,
  type ControllerState,
  decide,
  firstState,
} from '../../src/execute/controller.ts'
import {setTransferLimit} from '../../src/lab/model/handoff.ts'
import type {LabNode, World} from '../../src/lab/model/world.ts'
import {seededRandom} from '../../src/random.ts'
import {grow, pass, practiceCluster, ringOn} from './practice-cluster.ts'

const interval = 90_000
export const settings: ControllerSettings = {bound: 30, min: 1, max: 8}

export type LimitedRun = {readonly ms: number; readonly worst: number}
type Choose = (p99: number, world: World) => number

/** A growth, with a limit chosen every 90 s; the highest p99 of any node at any time, and how long it took. */
function run(seed: number, first: number, choose: Choose): LimitedRun {
  const random = seededRandom(seed)
  const members = 4 + random.below(4)
  const joining = 1 + random.below(2)
  const world = practiceCluster({
    seed,
    members,
    alone: joining,
    ring: 256,
    bytes: 30e9,
    disk: {size: 9e13, other: 1e9},
  })
  const [base, slope, power] = [random.between(3, 6), random.between(0.8, 1.6), random.between(1.3, 1.8)]
  const noise = seededRandom(seed + 1000)
  const latency = ({handoffs}: LabNode): number =>
    (base + slope * handoffs.length ** power) * noise.between(0.96, 1.04)
  const nodes = [...world.nodes.values()]
  const apply = (limit: number): void => {
    for (const node of nodes) {
      // as throttle auto does it: none that is under way is ended
      setTransferLimit(world, node, Math.max(limit, node.handoffs.length))
      node.clusterLimit = Math.max(1, limit * Math.ceil(nodes.length / 2))
    }
  }
  apply(first)
  grow(world, ...Array.from({length: joining}, (_, at) => members + 1 + at))
  const start = world.now
  let worst = 0
  while (ringOn(world).pending.length > 0) {
    let seen = 0
    for (let at = 0; at < interval && ringOn(world).pending.length > 0; at += 5000) {
      seen = Math.max(seen, ...nodes.map(latency))
      pass(world, 5000)
    }
    worst = Math.max(worst, seen)
    apply(choose(seen, world))
  }
  return {ms: world.now - start, worst}
}

function controlled(seed: number): LimitedRun {
  let state: ControllerState = firstState(2, settings)
  return run(seed, state.limit, p99 => {
    state = decide(state, p99, settings).state
    return state.limit
  })
}

function bestFixed(seed: number): LimitedRun {
  const runs = Array.from({length: settings.max}, (_, at) => run(seed, at + 1, () => at + 1))
  const good = runs.filter(({worst}) => worst < settings.bound)
  return good.reduce((best, next) => (next.ms < best.ms ? next : best))
}

export type Comparison = {readonly seed: number; readonly own: LimitedRun; readonly best: LimitedRun}

/** The controller's growth beside the best one of all fixed limits that keep the bound. */
export const compared = (seed: number): Comparison => ({seed, own: controlled(seed), best: bestFixed(seed)})

export const comparisonText = ({seed, own, best}: Comparison): string =>
  `seed ${seed}: p99 ${own.worst.toFixed(1)} ms, ${(own.ms / 60e3).toFixed(0)} min; best fixed ${(best.ms / 60e3).toFixed(0)} min, ${(own.ms / best.ms).toFixed(2)}`

/** in at most 1.3 times the time of the best fixed limit */
export const isSlow = ({own, best}: Comparison): boolean => own.ms > 1.3 * best.ms
export const isOver = ({own}: Comparison): boolean => own.worst >= settings.bound
