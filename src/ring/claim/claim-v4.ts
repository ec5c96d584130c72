/**
 * Claim v4: the whole ring at once, with locations. Nodes are named by location and position there, in an order
 * that keeps the names of those who own something; the ring of those names is improved, or built anew when that
 * comes out with fewer violations.
 */

import {solve} from './binring-solve.ts'
import {idOf, locationPart, nodePart, type Spacing, spacingOf, violations} from './binring-spacing.ts'
import {update} from './binring-update.ts'
import type {ClaimTask} from './claim-task.ts'
import {PlannerCrash} from './planner-crash.ts'
import {hasLocations, locationOf} from './working-ring.ts'

/** The same for every node that chooses: v4 deals all nodes' partitions at once. */
export const chooseV4 = (task: ClaimTask, owner: Int32Array): Int32Array => rebalanceV4(task, owner)

export function rebalanceV4(task: ClaimTask, owner: Int32Array): Int32Array {
  const {ring, planning, targetN} = task
  const naming = nameNodes(task, owner)
  const spacing = spacingOf(targetN, hasLocations(ring) ? planning.settings.targetLocationN : 1)
  const binring = owner.map(node => naming.idOfOwner.get(node)!)
  const solution = binring.every(id => id === binring[0])
    ? solved(task, naming.config, spacing)
    : improved(task, binring, naming.config, spacing)
  return solution.map(id => {
    const node = naming.nodeOfId.get(id)
    if (node === undefined) throw new PlannerCrash('claim v4: a partition goes to no known node')
    return node
  })
}

function improved(
  task: ClaimTask,
  binring: Int32Array,
  config: readonly number[],
  spacing: Spacing,
): Int32Array {
  const updated = update(binring, config, spacing)
  const measure = violations(updated, spacing)
  if (measure === 0) return updated
  const anew = solved(task, config, spacing)
  return isBetter(violations(anew, spacing), measure) ? anew : updated
}

/** Only here nodes count before locations. */
const isBetter = (a: number, b: number): boolean =>
  nodePart(a) < nodePart(b) || (nodePart(a) === nodePart(b) && locationPart(a) < locationPart(b))

function solved({ring, planning}: ClaimTask, config: readonly number[], spacing: Spacing): Int32Array {
  const partitions = ring.owner.length
  const key = `${partitions} ${config} ${spacing.sameNode} ${spacing.samePlace}`
  const known = planning.solutions.get(key)
  if (known) return known
  const solution = solve(partitions, config, spacing)
  planning.solutions.set(key, solution)
  return solution
}

type Naming = {
  readonly idOfOwner: ReadonlyMap<number, number>
  /** of claiming nodes only */
  readonly nodeOfId: ReadonlyMap<number, number>
  /** claiming nodes by location */
  readonly config: readonly number[]
}

/** Owners' locations come first and owners keep the first names there, leaving ones after the others. */
function nameNodes({ring, claiming}: ClaimTask, owner: Int32Array): Naming {
  const owners = inOrder(owner)
  const isLeaving = (node: number): boolean => ring.status[node] === 'leaving'
  const owning = inOrder(owners.map(node => locationOf(ring, node)))
  const others = inOrder(claiming.map(node => locationOf(ring, node)))
  const idOfOwner = new Map<number, number>()
  const nodeOfId = new Map<number, number>()
  const config = [...new Set([...owning, ...others])].map((location, at) => {
    const here = owners.filter(node => locationOf(ring, node) === location)
    const named = [...here.filter(node => !isLeaving(node)), ...here.filter(isLeaving)]
    for (const [index, node] of named.entries()) idOfOwner.set(node, idOf(at + 1, index + 1))
    const claimers = claiming.filter(node => locationOf(ring, node) === location)
    const kept = claimers.filter(node => idOfOwner.has(node))
    const added = claimers.filter(node => !idOfOwner.has(node))
    for (const node of kept) nodeOfId.set(idOfOwner.get(node)!, node)
    for (const [index, node] of added.entries()) nodeOfId.set(idOf(at + 1, kept.length + index + 1), node)
    return claimers.length
  })
  return {idOfOwner, nodeOfId, config}
}

const inOrder = (numbers: Iterable<number>): number[] => [...new Set(numbers)].sort((a, b) => a - b)
