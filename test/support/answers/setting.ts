/** `riak admin show KEY` and `describe KEY`: a setting in force, and what it is for. */

import type {Answer} from '../../../src/riak/answers/answer.ts'
import {cellOf, matched, readClique} from '../../../src/riak/answers/clique.ts'
import {nodeCell, type Reading, readAnswer} from '../../../src/riak/answers/reading.ts'
import type {NodeName} from '../../../src/ring/ring.ts'

/** The value in force by node, as printed. */
export const readSetting = (
  answer: Answer,
  key: string,
): Reading<readonly {readonly node: NodeName; readonly value: string}[]> =>
  readClique(answer, ({texts, rows}, lines) => {
    if (texts.length > 0 || rows.length === 0) lines.fail('a table alone')
    return rows.map(row => ({node: matched(row, 'node', nodeCell, lines)[0], value: cellOf(row, key, lines)}))
  })

export const readDescription = (answer: Answer): Reading<{readonly key: string; readonly text: string}> =>
  readAnswer(answer, {
    grammar: lines => {
      const [, key] = lines.expect(/^([a-z_.]+):$/, 'a setting')
      return {
        key: key!,
        text: lines
          .many(/^ {2}(.+)$/)
          .map(([, line]) => line)
          .join('\n'),
      }
    },
  })
