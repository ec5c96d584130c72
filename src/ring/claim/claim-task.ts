/** What claim algorithms are told. */
import type {ClaimSettings, RandomChoice} from '../changes.ts'
import type {WorkingRing} from './working-ring.ts'

/** Rings built from nothing, by what they were built for. */
export type Solutions = Map<string, Int32Array>

/** What one plan knows throughout: its settings, and what it notes down on the way. */
export type Planning = {
  readonly settings: ClaimSettings
  readonly random: Set<RandomChoice>
  /** v4 solves the same question again in later transitions */
  readonly solutions: Solutions
}

/** What every claim algorithm is told; the owners it starts from are given beside it. */
export type ClaimTask = {
  readonly ring: WorkingRing
  readonly planning: Planning
  readonly claiming: readonly number[]
  /** the claiming nodes as riak_core's dict of counts lists them */
  readonly countOrder: readonly number[]
  readonly targetN: number
}
