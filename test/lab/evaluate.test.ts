import {describe, expect, it} from 'vitest'
import {ErlangError} from '../../src/lab/erlang/erlang-error.ts'
import {evaluate} from '../../src/lab/erlang/evaluate.ts'
import {parseExpressions} from '../../src/lab/erlang/parse-expression.ts'
import {printFlat} from '../../src/lab/erlang/print-term.ts'
import {riakLibrary} from '../../src/lab/riak/library.ts'
import {at, practiceCluster, riak} from '../support/practice-cluster.ts'
import {play} from '../support/replay-lab.ts'

const world = practiceCluster()
const value = (text: string): string =>
  printFlat(evaluate(parseExpressions(text), riakLibrary, {world, node: at(world, 1), waited: {ms: 0}}))

describe('an expression', () => {
  it.each([
    ['1 + 2 * 3.', '7'],
    ['(1 + 2) * -3.', '-9'],
    ['7 div 2, 7 rem 2.', '1'],
    ['16#ff.', '255'],
    ['"abc".', '"abc"'],
    [`{ok, 'Two words', [1, 2 | [3]]}.`, `{ok, 'Two words', [1, 2, 3]}`],
    ['X = 3, X * X.', '9'],
    ['{ok, [H | T]} = {ok, [1, 2, 3]}, {H, T}.', '{1, [2, 3]}'],
    ['[X * X || X <- [1, 2, 3], X > 1].', '[4, 9]'],
    ['[{A, B} || {A, B} <- [{1, a}, b, {2, c}]].', '[{1, a}, {2, c}]'],
    ['case {1, b} of {2, _} -> no; {_, B} when B =:= b -> B end.', 'b'],
    ['if 1 > 2 -> a; true -> b end.', 'b'],
    ['F = fun(X, Y) -> X + Y end, F(1, 2).', '3'],
    ['X = 1, F = fun(X) -> X + 1 end, F(5).', '6'],
    ['lists:sort([c, 2, {}, 1, a]).', '[1, 2, a, c, {}]'],
    ['lists:map(fun(X) -> X * 2 end, [1, 2]).', '[2, 4]'],
    ['try error(bad) catch error:R -> {caught, R} end.', '{caught, bad}'],
    ['try throw(x) catch throw:x -> y end.', 'y'],
    ['(catch throw(x)).', 'x'],
    ['[1, 2, 3, 2] -- [2].', '[1, 3, 2]'],
    ['not (true andalso false) orelse no.', 'true'],
    ['1 == 1.0.', 'true'],
    ['1 =:= 1.0.', 'false'],
    ['node().', `'riak@10.0.0.1'`],
    ['lists:sort(nodes()).', `['riak@10.0.0.2', 'riak@10.0.0.3', 'riak@10.0.0.4', 'riak@10.0.0.5']`],
    ["rpc:call('riak@10.0.0.3', erlang, node, []).", `'riak@10.0.0.3'`],
    ["rpc:call('riak@10.0.0.99', erlang, node, []).", '{badrpc, nodedown}'],
    ['{ok, R} = riak_core_ring_manager:get_my_ring(), riak_core_ring:claimant(R).', `'riak@10.0.0.1'`],
  ])('%s', (text, result) => {
    expect(value(text)).toBe(result)
  })

  it.each(['X.', '{a} = b.', 'case 1 of 2 -> a end.', 'foo:bar().', 'error(x).', '1 + a.'])(
    '%s fails',
    text => {
      expect(() => value(text)).toThrow(ErlangError)
    },
  )
})

describe('riak eval', () => {
  const fast = (text: string): string =>
    play(world, '10.0.0.1', `sudo env USE_NODETOOL=false riak eval '${text}'`).stdout

  it('answers in the style of the way it is asked', () => {
    const names =
      '{ok, R} = riak_core_ring_manager:get_my_ring(), [N || {_, N} <- riak_core_ring:all_owners(R)].'
    expect(fast(names).split('\n')).toHaveLength(2)
    expect(riak(world, 1, `eval '${names}'`).split('\n').length).toBeGreaterThan(3)
  })

  it('tells what is wrong', () => {
    expect(fast('{a')).toMatch(/^\{error, "\*\*\* .*syntax error/)
    expect(fast('nosuch:thing().')).toMatch(/^\{error, "\*\*\* eval: \{'EXIT',\s*\{undef,/)
    expect(riak(world, 1, `eval 'nosuch:thing().'`)).toMatch(/^RPC to 'riak@10.0.0.1' failed: \{'EXIT',/)
  })
})
