/** A node's statistics: `/stats` over HTTP, and `riak admin status`, which prints the same by name. */
import type {Answer} from '../../../src/riak/answers/answer.ts'
import {type Reading, readAnswer} from '../../../src/riak/answers/reading.ts'

export type Statistics = Readonly<Record<string, unknown>>

/** A JSON object on one line; it must name its node. */
export const readHttpStats = (answer: Answer): Reading<Statistics> =>
  readAnswer(answer, {
    returned: null,
    grammar: lines => {
      const [text] = lines.expect(/^\{.*\}$/, 'a JSON object')
      try {
        const stats = JSON.parse(text) as Statistics
        return typeof stats.nodename === 'string' ? stats : lines.fail('statistics that name their node')
      } catch (error) {
        if (error instanceof SyntaxError) return lines.fail('JSON before this line')
        throw error
      }
    },
  })

/** Values as printed, long ones joined. */
export const readNodeStats = (answer: Answer): Reading<Statistics> =>
  readAnswer(answer, {
    grammar: lines => {
      lines.expect(/^1-minute stats for \S+$/, 'whose statistics')
      lines.expect(/^-+$/, 'a line of dashes')
      const stats: Record<string, string> = {}
      for (let found = lines.take(named); found; found = lines.take(named))
        stats[found[1]!] = [found[2]!, ...lines.many(/^ {2,}(\S.*)$/).map(([, more]) => more)].join(' ')
      return stats
    },
  })

const named = /^([a-z][A-Za-z0-9_.]*) : (.*)$/
