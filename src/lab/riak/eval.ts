/**
 * `riak eval`: evaluates what it is given on the node. By `erl_call` the answer is one line and errors are terms
 * like any other; by nodetool it is laid out over lines, and an error is a failed call.
 */
import {uncarried} from '../../riak/expression.ts'
import {ErlangError} from '../erlang/erlang-error.ts'
import {evaluate} from '../erlang/evaluate.ts'
import {ErlangSyntaxError, parseExpressions} from '../erlang/parse-expression.ts'
import {printAfter, printPretty} from '../erlang/pretty-term.ts'
import {printFlat} from '../erlang/print-term.ts'
import {atom, list, type Term, tuple} from '../erlang/term.ts'
import {riakLibrary} from './library.ts'
import type {Place} from './node-function.ts'
import {type Asked, crashed, type Run, say, speak} from './run.ts'

export function* runEval(asked: Asked, text: string, environment: Readonly<Record<string, string>>): Run {
  const isFast = environment.USE_NODETOOL !== undefined && environment.USE_NODETOOL !== 'true'
  const place: Place = {...asked, waited: {ms: 0}}
  try {
    const value = evaluate(parseExpressions(uncarried(text)), riakLibrary, place)
    if (place.waited.ms > 0) yield {wait: place.waited.ms}
    return yield* say(`${isFast ? printFlat(value) : printPretty(value)}\n`)
  } catch (error) {
    if (error instanceof ErlangSyntaxError) {
      if (isFast) return yield* say(`{error, "*** ${error.message}"}\n`)
      yield {err: syntaxError(error.message)}
      return 127
    }
    if (!(error instanceof ErlangError)) throw error
    const reason = withStack(error.reason, isFast)
    if (!isFast) return yield* speak(crashed(asked.node, tuple(atom('EXIT'), reason)))
    return yield* say(`{error, "${printAfter('*** eval: ', tuple(atom('EXIT'), reason))}"}\n`)
  }
}

/** The escript that `riak eval` is ends with its own stack, on stderr. */
function syntaxError(message: string): string {
  const [what, rest] = message.split(/(?<=: )/)
  const said = rest === undefined ? [message] : [what!, rest]
  const frames = [
    'function  erl_eval:expr/6 (erl_eval.erl, line 496)',
    'call from erl_eval:exprs/6 (erl_eval.erl, line 136)',
    'call from escript:eval_exprs/5 (escript.erl, line 869)',
    'call from erl_eval:local_func/8 (erl_eval.erl, line 644)',
    'call from escript:interpret/4 (escript.erl, line 780)',
    'call from escript:start/1 (escript.erl, line 277)',
    'call from init:start_em/1 ',
    'call from init:do_boot/3 ',
  ]
  return `escript: exception error: no match of right hand side value \n                 {error,{1,erl_parse,${JSON.stringify(said)}}}\n${frames.map(frame => `  in ${frame}\n`).join('')}`
}

const at = (file: string, line: number): Term => list([tuple(atom('file'), file), tuple(atom('line'), line)])

/** What the evaluator's own functions add below the one that failed. */
function withStack(reason: Term, isFast: boolean): Term {
  const [kind, stack] = typeof reason === 'object' && 'tuple' in reason ? reason.tuple : [reason]
  const failed = stack !== undefined && typeof stack === 'object' && 'list' in stack ? stack.list : []
  const entry = (module: string, name: string, arity: number, line: number): Term =>
    tuple(atom(module), atom(name), arity, at(`${module}.erl`, line))
  const evaluator = isFast
    ? [entry('erl_eval', 'do_apply', 7, 744), entry('erl_eval', 'eval_str', 1, 1655)]
    : [entry('erl_eval', 'do_apply', 7, 744), tuple(atom('erl_eval'), atom('exprs'), 2, list([]))]
  const caller = [
    entry('erpc', 'execute_call', 3, 607),
    entry('rpc', 'execute_call', 3, 261),
    entry('rpc', '-handle_call/3-fun-0-', 5, 135),
  ]
  return tuple(failed.length > 0 ? kind! : reason, list([...failed, ...evaluator, ...(isFast ? caller : [])]))
}
