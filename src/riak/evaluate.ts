/** An Erlang expression, answered by a node: `erl_call` in half a second, else `riak eval` in several. Only reads. */
import {type Answer, answerText, isNotRunning} from './answers/answer.ts'
import type {Ask, Door} from './door.ts'
import {readCommands} from './query.ts'

/** @param opens what the term that is hoped for begins with; any other answer is asked for again in the slower way */
export async function evaluate(
  door: Door,
  expression: string,
  opens: '{' | '[',
  options?: Parameters<Ask>[1],
): Promise<Answer> {
  const fast = await door.ask(readCommands.fastEval(door.riak, expression), options)
  // sudo may be allowed for riak alone, and older releases have no erl_call
  const told = fast.code === 0 && answerText(fast).trimStart().startsWith(opens)
  return told || isNotRunning(fast) ? fast : await door.ask(readCommands.eval(door.riak, expression), options)
}
