/** One member's view of the whole cluster: by one `riak eval`, or by text commands where that cannot be. */
import {isOpsError, OpsError} from '../../errors.ts'
import {askedVersion, type Snapshot} from '../../ring/snapshot.ts'
import {answerText, isNotRunning, printed} from '../answers/answer.ts'
import {excerpt} from '../answers/lines.ts'
import {dialectOf} from '../dialect.ts'
import type {Ask, Door} from '../door.ts'
import {evaluate} from '../evaluate.ts'
import {notUnderstood, stopped} from '../query.ts'
import {DecodeError} from '../terms/decode.ts'
import {readTerm, type Term, TermError} from '../terms/term.ts'
import {refuseObstacle} from '../way-in.ts'
import {askTextSnapshot} from './ask-text.ts'
import {decodeSnapshot, snapshotExpression} from './snapshot-eval.ts'

type Options = Parameters<Ask>[1]

/** hosts whose release has no `riak eval` */
const tellByText = new WeakSet<Door>()

/** Throws `OpsError`: `unreachable` when its Riak is stopped, `notUnderstood`. */
export async function askSnapshot(door: Door, now: () => number, options?: Options): Promise<Snapshot> {
  if (!door.eval || tellByText.has(door)) return askTextSnapshot(door, now, options)
  try {
    return decodeSnapshot(await snapshotTerm(door, options), now())
  } catch (error) {
    const problem =
      error instanceof DecodeError ? notUnderstood(door, 'riak eval', error.message) : (error as Error)
    if (!isOpsError(problem) || problem.kind !== 'notUnderstood') throw problem
    // 2.x has no eval, and an older release may lack a function that is asked for
    const snapshot = await askTextSnapshot(door, now, options).catch((failure: Error) => {
      if (!isOpsError(failure)) throw failure
      throw new OpsError(failure.kind, failure.message, {
        where: failure.where,
        hint: failure.hint,
        facts: {...failure.facts, eval: problem.message},
        cause: failure,
      })
    })
    if (!dialectOf(askedVersion(snapshot)).eval) tellByText.add(door)
    return snapshot
  }
}

async function snapshotTerm(door: Door, options?: Options): Promise<Term> {
  const answer = await evaluate(door, snapshotExpression, '{', options)
  if (isNotRunning(answer)) throw stopped(door)
  await refuseObstacle(door, answer)
  const text = answerText(answer)
  // erl_call prints the quotes inside a string as they are: an error is no term that can be read
  if (/^\s*\{error, ?"/.test(text)) throw notUnderstood(door, 'riak eval', excerpt(printed(answer)))
  try {
    return readTerm(text)
  } catch (error) {
    if (!(error instanceof TermError)) throw error
    throw notUnderstood(door, 'riak eval', `${error.message}: ${excerpt(printed(answer))}`)
  }
}
