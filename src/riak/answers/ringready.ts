/** `riak admin ringready`: whether all members list the same owners. */
import type {NodeName} from '../../ring/ring.ts'
import type {Answer} from './answer.ts'
import type {Lines} from './lines.ts'
import {nodeAtom, type Reading, readAnswer, takeNodeList} from './reading.ts'

export type RingReady =
  | {readonly ready: true; readonly nodes: readonly NodeName[]}
  | {readonly ready: false; readonly down: readonly NodeName[]}
  | {readonly ready: false; readonly disagree: readonly NodeName[]}

/** The return term must fit: `ok` after TRUE, `error` after FALSE. */
export const readRingReady = (answer: Answer): Reading<RingReady> =>
  readAnswer(answer, {grammar, returned: null})

function grammar(lines: Lines): RingReady {
  const nodes = takeNodeList(lines, /TRUE All nodes agree on the ring /, /(?:)/)
  if (nodes) {
    lines.expect(/^ok$/, 'ok')
    return {ready: true, nodes}
  }
  const differ = lines.take(
    new RegExp(`^FALSE Node ${nodeAtom} and ${nodeAtom} list different partition owners$`),
  )
  const down = differ
    ? undefined
    : takeNodeList(lines, /FALSE /, / down\. {2}All nodes need to be up to check\./)
  if (!differ && !down) lines.fail('TRUE or FALSE')
  lines.expect(/^error$/, 'error')
  return differ ? {ready: false, disagree: [differ[1]!, differ[2]!]} : {ready: false, down: down ?? []}
}
