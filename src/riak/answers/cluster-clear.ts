/** `riak admin cluster clear`: drops all that is staged, whoever staged it, and stops Riak on the joining nodes. */
import type {Answer} from './answer.ts'
import {type Reading, readAnswer} from './reading.ts'

export const readClear = (answer: Answer): Reading<'cleared'> =>
  readAnswer(answer, {
    grammar: lines => {
      lines.expect(/^Cleared staged cluster changes$/, '"Cleared staged cluster changes"')
      return 'cleared' as const
    },
    refusals: [/^Failed to clear staged cluster changes, see log for details$/],
  })
