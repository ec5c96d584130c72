/** The rings of the recorded story, each from the one before by the planner and by what the recordings show. */
import {singleton} from '../../src/lab/model/gossip.ts'
import {planChanges} from '../../src/ring/plan-changes.ts'
import type {MemberStatus, PendingChange, Ring} from '../../src/ring/ring.ts'
import {pendingIn, recordedEpisode, recordedName} from './replay-lab.ts'

const recordedSettings = {
  claim: 'v2',
  targetN: 4,
  targetLocationN: 3,
  fullRebalanceOnLeave: false,
} as const

const joined = (ring: Ring, ...numbers: readonly number[]): Ring =>
  planChanges(
    ring,
    numbers.map(number => ({action: 'join', node: recordedName(number)})),
    recordedSettings,
  ).final

const carriedOut = (ring: Ring, pending: readonly PendingChange[]): Ring => {
  const owners = [...ring.owners]
  for (const {partition, to} of pending) owners[partition] = to
  return {...ring, owners, pending: []}
}

const without = (ring: Ring, ...numbers: readonly number[]): Ring => ({
  ...ring,
  members: ring.members.filter(({node}) => !numbers.map(recordedName).includes(node)),
})

export const withStatus = (ring: Ring, status: MemberStatus, ...numbers: readonly number[]): Ring => {
  const names = numbers.map(recordedName)
  const others = ring.members.filter(({node}) => !names.includes(node))
  const members = [...others, ...names.map(node => ({node, status}))].sort((a, b) =>
    a.node < b.node ? -1 : 1,
  )
  return {...ring, members}
}

const pendingAt = (episode: string, at: number): PendingChange[] =>
  pendingIn(recordedEpisode(episode)[at]!.stdout, 64).map(change => ({
    ...change,
    done: [],
    status: 'awaiting',
  }))

/** alone, before anybody joined */
export const ringOf1 = singleton(recordedName(11), 64, 0).ring
export const ringOf5 = joined(ringOf1, 12, 13, 14, 15)
export const ringOf8 = joined(ringOf5, 16, 17, 18)

const leaveOf18 = pendingAt('07-leave-clear', 12)
/** .18 has given everything away and is still there */
export const ringAfter18 = withStatus(carriedOut(ringOf8, leaveOf18), 'leaving', 18)

/** the leave of .16, and one partition that .17 gets once it is back */
const leaveOf16 = pendingAt('09-node-down', 24)
export const ringAfter16 = withStatus(carriedOut(ringAfter18, leaveOf16), 'leaving', 16)
export const pendingFor17 = pendingAt('10-starting', 5)

/** six members: .11 to .15 and .17 */
export const ringOf6 = without(carriedOut(ringAfter16, pendingFor17), 16, 18)

const replacement = pendingAt('15-replace', 10)
/** .19 is about to take over all of .12 */
export const ringReplacing = withStatus(withStatus(ringOf6, 'valid', 19), 'leaving', 12)
/** all of it but the last partition */
export const ringNearlyReplaced = {
  ...carriedOut(ringReplacing, replacement.slice(0, -1)),
  pending: replacement.slice(-1),
}
/** six members: .11, .13, .14, .15, .17 and .19 */
export const ringReplaced = without(carriedOut(ringReplacing, replacement), 12)

/** States of the claimant's generator that deal leavers' partitions as they were dealt when this was recorded. */
export const recordedSeeds = {
  leaveOf18: [181969992783110669n, 232966974019151364n],
  leaveOf16: [39230172044784723n, 62836088835485419n],
  leaveOf15: [24539130685300508n, 207555340223795539n],
} as const
