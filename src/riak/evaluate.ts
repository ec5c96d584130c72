/**
 * An Erlang expression, answered by a node: `erl_call` in half a second, else `riak eval` in several, else the same as
 * Riak's own user, where root's start script does not hand brackets on (packages of 3.2.0 and 3.2.1). Only reads.
 */
import {type Answer, answerText, isNotRunning} from './answers/answer.ts'
import type {Ask, Door} from './door.ts'
import {readCommands} from './query.ts'

/** the road that a host answered by, for as long as it is asked */
const known = new WeakMap<Door, number>()

/** @param opens what the term that is hoped for begins with; any other answer is asked for again in a slower way */
export async function evaluate(
  door: Door,
  expression: string,
  opens: '{' | '[',
  options?: Parameters<Ask>[1],
): Promise<Answer> {
  const all = roads(door)
  const first = known.get(door) ?? 0
  const order = [first, ...all.keys()].filter((road, at, list) => list.indexOf(road) === at)
  let said: Answer | undefined
  for (const road of order) {
    const answer = await door.ask(all[road]!(expression), options)
    const told = answer.code === 0 && answerText(answer).trimStart().startsWith(opens)
    if (told) known.set(door, road)
    if (told || isNotRunning(answer)) return answer
    // what `riak eval` itself says tells more than what a way around it does
    if (road <= 1) said = answer
  }
  return said!
}

/** The words before an expression that changes something: as those that were answered, and never by `erl_call`. */
export const evalWords = (door: Door): Door['riak'] =>
  known.get(door) === 2 ? asRiak(door.riak)! : door.riak

type Road = (expression: string) => readonly string[]

function roads({riak}: Door): readonly Road[] {
  const own = asRiak(riak)
  return [
    // sudo may be allowed for riak alone, and older releases have no erl_call
    expression => readCommands.fastEval(riak, expression),
    expression => readCommands.eval(riak, expression),
    ...(own ? [(expression: string) => readCommands.eval(own, expression)] : []),
  ]
}

/** `sudo riak` as Riak's own user; undefined: it is not called in that way */
const asRiak = (riak: Door['riak']): Door['riak'] | undefined =>
  riak.length === 2 && riak[0] === 'sudo' ? ['sudo', '-u', 'riak', riak[1]!] : undefined
