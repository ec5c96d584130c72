/** `riak admin show KEY` and `describe KEY`: a setting in force, and what it is for. */
import type {NodeName} from '../ring/ring.ts'
import type {Answer} from './answer.ts'
import {cellOf, matched, readClique} from './clique.ts'
import {nodeCell, type Reading, readAnswer} from './reading.ts'

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
