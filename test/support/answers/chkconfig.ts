/** `riak chkconfig`: whether the configuration of a host can be started with. */
import type {Answer} from '../../../src/riak/answers/answer.ts'
import {type Reading, readAnswer} from '../../../src/riak/answers/reading.ts'

export const readChkconfig = (answer: Answer): Reading<'ok'> =>
  readAnswer(answer, {
    returned: null,
    grammar: lines => {
      lines.expect(/^config is OK$/, '"config is OK"')
      lines.take(/^-config \S+ -args_file \S+ -vm_args \S+$/)
      return 'ok' as const
    },
  })
