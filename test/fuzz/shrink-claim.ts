/** Simpler questions close to one that showed a difference, the boldest simplifications first. */
import type {Ring} from '../../src/ring/ring.ts'
import {type ClaimQuestion, ringOfVector} from '../support/claim-vectors.ts'
import {questionOf} from './claim-questions.ts'

export function* smaller(question: ClaimQuestion): Generator<ClaimQuestion> {
  const {id, config, changes} = question
  const seed = question.seed ?? []
  const ring = ringOfVector(question)
  const withRing = (next: Partial<Ring>): ClaimQuestion =>
    questionOf(id, config, {...ring, ...next}, changes, seed)
  const withConfig = (next: Partial<typeof config>): ClaimQuestion =>
    questionOf(id, {...config, ...next}, ring, changes, seed)

  if (ring.partitions > 8)
    yield withRing({
      partitions: ring.partitions / 2,
      owners: ring.owners.slice(0, ring.partitions / 2),
    })
  for (const [at] of changes.entries()) yield questionOf(id, config, ring, changes.toSpliced(at, 1), seed)
  if (Object.keys(ring.locations).length > 0) yield withRing({locations: {}})
  if (ring.locationChanged) yield withRing({locationChanged: false})
  for (const node of Object.keys(ring.locations)) {
    const {[node]: _, ...locations} = ring.locations
    yield withRing({locations})
  }
  for (const {node} of ring.members) {
    const members = ring.members.filter(member => member.node !== node)
    if (node === ring.claimant || members.length === 0) continue
    yield withRing({
      members,
      owners: ring.owners.map((owner, at) => (owner === node ? members[at % members.length]!.node : owner)),
    })
  }
  for (const {node, status} of ring.members)
    if (status !== 'valid')
      yield withRing({
        members: ring.members.map(member => (member.node === node ? {node, status: 'valid'} : member)),
      })
  if (config.targetN !== 4) yield withConfig({targetN: 4})
  if (config.targetLocationN !== 3) yield withConfig({targetLocationN: 3})
  if (config.fullRebalanceOnLeave) yield withConfig({fullRebalanceOnLeave: false})
}
