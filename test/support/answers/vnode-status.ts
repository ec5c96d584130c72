/** `riak admin vnode-status`: what the backends of a node's own vnodes hold. Dear to ask: never in a loop. */
import type {Answer} from '../../../src/riak/answers/answer.ts'
import {type Reading, readAnswer} from '../../../src/riak/answers/reading.ts'
import {readTerm, TermError} from '../../../src/riak/terms/term.ts'

export type VnodeStatus = {
  /** index in decimal */
  readonly index: string
  readonly backend: string
  /** keys of the backend, where it tells */
  readonly keys: number | undefined
}

/** of a backend's status; those of real nodes have fewer than ten */
const mostLines = 200

export const readVnodeStatus = (answer: Answer): Reading<readonly VnodeStatus[]> =>
  readAnswer(answer, {
    grammar: lines => {
      lines.expect(/^Vnode status information$/, '"Vnode status information"')
      lines.expect(/^-+$/, 'a line of dashes')
      lines.blank()
      const vnodes: VnodeStatus[] = []
      for (let found = lines.take(/^VNode: (\d+)$/); found; found = lines.take(/^VNode: (\d+)$/)) {
        const [, backend] = lines.expect(/^Backend: (\w+)$/, 'its backend')
        let keys: number | undefined
        while (lines.take(/^Status: ?$/)) {
          let text = lines.expect(/^[[{].*$/, 'a term')[0]
          for (let count = 1; !isTerm(text); count += 1) {
            // each line is a look at all before it
            if (count >= mostLines) lines.fail(`a term of at most ${mostLines} lines`)
            text += lines.expect(/^\s.+$/, 'the rest of a term')[0]
          }
          keys ??= Number(/\{key_count,(\d+)\}/.exec(text)?.[1] ?? Number.NaN)
        }
        vnodes.push({index: found[1]!, backend: backend!, keys: Number.isNaN(keys) ? undefined : keys})
        lines.blank()
      }
      return vnodes
    },
  })

function isTerm(text: string): boolean {
  try {
    readTerm(text)
    return true
  } catch (error) {
    if (error instanceof TermError) return false
    throw error
  }
}
