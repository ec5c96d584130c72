/** Puts a vector's question to the planner and judges the answer. */
import type {PlannedChanges} from '../../src/ring/changes.ts'
import {atomHash, dictOrder} from '../../src/ring/claim/dict-order.ts'
import {planChanges} from '../../src/ring/plan-changes.ts'
import type {NodeName} from '../../src/ring/ring.ts'
import {answerDifference} from './answer-difference.ts'
import {
  type ClaimVector,
  type DictOrderVector,
  isDictOrder,
  ringOfVector,
  type Vector,
} from './claim-vectors.ts'
import {exropSeed} from './exrop-seed.ts'

/** `bounded`: riak_core drew at random where no seed reaches, so only what always holds was compared. */
export type Verdict =
  | {readonly outcome: 'exact' | 'bounded'}
  | {readonly outcome: 'different'; readonly difference: string}

export const checkVector = (vector: Vector): Verdict =>
  isDictOrder(vector) ? checkDictOrder(vector) : checkClaim(vector)

function checkDictOrder({nodes, order, hash}: DictOrderVector): Verdict {
  const wrongHash = nodes.findIndex((node, at) => atomHash(node) !== hash[at])
  if (wrongHash >= 0) return different(`hash of ${nodes[wrongHash]} is ${hash[wrongHash]}`)
  const ours = dictOrder(nodes, atomHash)
  const wrong = order.findIndex((node, at) => node !== ours[at])
  return wrong < 0 && order.length === ours.length
    ? {outcome: 'exact'}
    : different(`order[${wrong}] is ${order[wrong]}, ours ${ours[wrong]}`)
}

function checkClaim(vector: ClaimVector): Verdict {
  const ring = ringOfVector(vector)
  const seeded = planChanges(ring, vector.changes, vector.config, {
    seed: exropSeed(vector.seed ?? defaultSeed),
  })
  const difference = answerDifference(vector, vector.expect, seeded)
  if (difference !== undefined) {
    if (!seeded.random.some(choice => choice === 'down-receiver' || choice === 'v3-ties'))
      return different(difference)
    const broken = brokenBound(vector, seeded)
    return broken === undefined ? {outcome: 'bounded'} : different(broken)
  }
  // without a seed, an answer that claims to be certain has to be the same
  const unseeded = planChanges(ring, vector.changes, vector.config)
  if (unseeded.random.length > 0) return {outcome: 'exact'}
  const uncertain = answerDifference(vector, vector.expect, unseeded)
  return uncertain === undefined
    ? {outcome: 'exact'}
    : different(`called certain without a seed: ${uncertain}`)
}

/** the seed behind the answers of vectors that name none */
const defaultSeed = [8, 15, 104]

const different = (difference: string): Verdict => ({outcome: 'different', difference})

/** What holds whatever riak_core drew. */
function brokenBound({base, expect}: ClaimVector, planned: PlannedChanges): string | undefined {
  if (expect.error !== undefined || planned.crash !== undefined)
    return (expect.error === undefined) === (planned.crash === undefined)
      ? undefined
      : `one of the two fails: ${expect.error ?? planned.crash}`
  const [wanted] = expect.transitions ?? []
  const [ours] = planned.transitions
  const first = (members: readonly {node: NodeName; status: string}[] = []): string =>
    members.map(({node, status}) => `${node} ${status}`).join()
  const pairs = (members: readonly (readonly [NodeName, string])[] = []): string =>
    members.map(pair => pair.join(' ')).join()
  if (pairs(wanted?.membersBefore) !== first(ours?.membersBefore)) return 'transitions[0].membersBefore'
  if (pairs(wanted?.members) !== first(ours?.members)) return 'transitions[0].members'
  if ((wanted?.owners ?? []).some((owner, at) => base.nodes[owner] !== ours?.owners[at]))
    return 'transitions[0].owners'
  const expectedMembers = new Set(planned.final.members.map(({node}) => node))
  const stranger = planned.final.owners.findIndex(owner => !expectedMembers.has(owner))
  return stranger < 0 ? undefined : `final.owners: partition ${stranger} has an owner who is no member`
}
