/** Plans that somebody has edited by hand, and what becomes of each. */
import {expect} from 'vitest'
import {isOpsError} from '../../src/errors.ts'
import {makePlan, type Plan, planText} from '../../src/plan/plan.ts'
import {parsePlan} from '../../src/state/plan-file.ts'
import {edited, placesOf, randomEdit, strange} from './edits.ts'
import {randomFrom} from './random.ts'
import {reportedPlan} from './reported.ts'
import {ringOf, snapshotOf} from './snapshots.ts'

/** A plan with everything in it: locations, leaves, what was accepted. */
export const plans = (): Plan[] => {
  const ring = ringOf('abcdabcdabcdabcd', {locations: {'riak@a': 'rack-1', 'riak@b': 'rack-2'}})
  return [
    reportedPlan(),
    makePlan({
      cluster: 'voxring',
      snapshot: snapshotOf(ring),
      changes: [
        {action: 'join', node: 'riak@e'},
        {action: 'setLocation', node: 'riak@e', location: 'rack-3'},
        {action: 'leave', node: 'riak@d'},
      ],
      accepted: ['disk-peak', 'version-unknown'],
    }),
  ]
}

type Outcome = 'refused' | 'the same'

/** What becomes of a plan's text. Fails for a plan that is taken and is another. */
export function outcome(text: string, plan: Plan): Outcome {
  try {
    expect(parsePlan(text, 'edited.json')).toEqual(plan)
    return 'the same'
  } catch (error) {
    if (!isOpsError(error)) throw error
    expect(error.exitCode).toBe(64)
    return 'refused'
  }
}

/** Gives every field strange values, one at a time. @param every 1: each value to each field; 4: a quarter, in turn */
export function refusedOfStrange(every: number): number {
  const plan = JSON.parse(planText(plans()[1]!)) as Plan
  const texts = placesOf(plan).flatMap((path, place) =>
    strange
      .filter((_, at) => (at + place) % every === 0)
      .map(value => JSON.stringify(edited(plan, path, () => value)) ?? ''),
  )
  return texts.filter(text => outcome(text, plan) === 'refused').length
}

/** Edits at random, the same each time. */
export function refusedOfRandom(count: number): number {
  const random = randomFrom(4711)
  const all = plans().map(plan => JSON.parse(planText(plan)) as Plan)
  const places = all.map(plan => placesOf(plan))
  return Array.from({length: count}, (_, at) => {
    const which = at % all.length
    const path = places[which]![random.below(places[which]!.length)]!
    return outcome(JSON.stringify(edited(all[which]!, path, randomEdit(random))) ?? '', all[which]!)
  }).filter(one => one === 'refused').length
}
