/** What a script of ours has not said: it ends with a line that nothing else prints. */
import {OpsError} from '../errors.ts'
import {type Answer, printed} from './answers/answer.ts'
import {excerpt} from './answers/lines.ts'

/** @param about as in "the answer about the lock": what the script was to tell */
export const scriptNotUnderstood = (host: string, about: string, answer: Answer): OpsError =>
  new OpsError(
    'notUnderstood',
    `${host}: the answer about ${about} is not understood: exit ${answer.code ?? 'code unknown'}, ${JSON.stringify(excerpt(printed(answer)))}`,
    {where: host, hint: `look at what its login shell prints: ringup exec ${host} -- true`},
  )
