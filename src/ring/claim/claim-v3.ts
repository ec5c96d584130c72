/**
 * Claim v3, deprecated: a hundred random trials from the ring there is, the best of which is taken; where even
 * that has neighbours too close, the ring is built anew for diversity. The draws repeat, so the ring is certain
 * unless several trials are equally good: riak_core then goes by rounding errors that differ from VM to VM.
 */
import type {ClaimTask} from './claim-task.ts'
import {exs64} from './exs64.ts'
import {diversified, diversityOf, lessDiverse} from './v3-diversity.ts'
import {trialFrom, violatingPositions, type Wanted} from './v3-trial.ts'
import {isMember, nodesThat, type WorkingRing} from './working-ring.ts'

const trials = 100

/** The same for every node that chooses: v3 deals all nodes' partitions at once. */
export function chooseV3(task: ClaimTask, owner: Int32Array): Int32Array {
  const {ring, targetN, planning} = task
  const wanted = wantedCounts(task, owner.length)
  const claimers = task.claiming.filter(node => wanted[node]! > 0)
  if (claimers.length <= targetN) return roundRobin(claimers, owner.length, targetN)

  const draw = exs64(1n, 2n, 3n)
  const members = nodesThat(ring, isMember)
  const want: Wanted = {members, counts: wanted, targetN}
  const distinct = new Map<string, Int32Array>()
  for (let trial = 0; trial < trials; trial += 1) {
    const tried = trialFrom(owner, want, draw)
    distinct.set(tried.join(), tried)
  }
  const judged = [...distinct.values()].map(tried => judge(tried, want)).sort(byMerit)
  const [best, second] = judged
  if (best!.violations > 0) return diversified(claimers, owner.length, targetN, hashNamesOf(ring))
  if (second && compareMerit(best!, second) === 0) planning.random.add('v3-ties')
  return best!.owner
}

const hashNamesOf =
  ({names}: WorkingRing) =>
  (node: number): string =>
    names[node]!

/** An even share each; the first nodes in order get the smaller one. */
function wantedCounts({ring, claiming}: ClaimTask, partitions: number): Int32Array {
  const most = Math.ceil(partitions / claiming.length)
  const fewer = claiming.length * most - partitions
  const counts = new Int32Array(ring.names.length)
  for (const [at, node] of claiming.entries()) counts[node] = at < fewer ? most - 1 : most
  return counts
}

/** Too few nodes to choose from: one after the other, with a tail that keeps its distance where it can. */
function roundRobin(nodes: readonly number[], partitions: number, targetN: number): Int32Array {
  const tail = partitions % nodes.length
  const end = nodes.length >= targetN + tail ? nodes.slice(targetN - tail, targetN) : nodes.slice(0, tail)
  return Int32Array.from({length: partitions}, (_, partition) =>
    partition < partitions - tail ? nodes[partition % nodes.length]! : end[partition - (partitions - tail)]!,
  )
}

type Judged = {
  readonly owner: Int32Array
  readonly violations: number
  readonly imbalance: number
  readonly diversity: ReturnType<typeof diversityOf>
  readonly members: readonly number[]
}

function judge(owner: Int32Array, {members, counts, targetN}: Wanted): Judged {
  const owned = new Int32Array(counts.length)
  for (const node of owner) owned[node]! += 1
  return {
    owner,
    violations: violatingPositions(owner, targetN).length,
    imbalance: members.reduce((sum, node) => sum + (counts[node]! - owned[node]!) ** 2, 0),
    diversity: diversityOf(owner, targetN),
    members,
  }
}

const compareMerit = (a: Judged, b: Judged): number =>
  a.violations - b.violations || a.imbalance - b.imbalance || lessDiverse(a.diversity, b.diversity)

const byMerit = (a: Judged, b: Judged): number => compareMerit(a, b) || byOwnership(a, b)

/** As Erlang compares the nodes' sorted lists of positions. */
function byOwnership({owner: a, members}: Judged, {owner: b}: Judged): number {
  for (const node of members) {
    const [first, second] = [positionsOf(a, node), positionsOf(b, node)]
    for (const [at, position] of first.entries()) {
      if (second[at] === undefined) return 1
      if (position !== second[at]) return position - second[at]
    }
    if (first.length < second.length) return -1
  }
  return 0
}

function positionsOf(owner: Int32Array, node: number): number[] {
  const positions: number[] = []
  for (const [position, other] of owner.entries()) if (other === node) positions.push(position)
  return positions
}
