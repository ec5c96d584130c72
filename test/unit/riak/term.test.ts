import {describe, expect, it} from 'vitest'
import {readTerm, TermError} from '../../../src/riak/terms/term.ts'
import {allRecorded} from '../../support/transcripts.ts'

describe('readTerm', () => {
  it.each([
    ['42', 42],
    ['-7', -7],
    ['16#FF', 255],
    ['16#1000000000000000000000000000000000000000', 1n << 156n],
    ['91343852333181432387730302044767688728495783936', 1n << 156n],
    ['2#101', 5],
    ['1.5e-3', 0.0015],
    ['0.826134', 0.826134],
    ['"3.2.3"', '3.2.3'],
    ['"a\\"b\\n\\x{20ac}\\101"', 'a"b\n€A'],
    ['"one "\n "two"', 'one two'],
    ['""', ''],
  ])('reads %s', (text, value) => {
    expect(readTerm(text)).toEqual(value)
  })

  it('keeps atoms, strings and opaque values apart', () => {
    expect(
      readTerm(
        '{valid, \'riak@10.0.0.1\', "valid", <riak@10.77.0.15.25642.1>, <9428.25642.1>, #Fun{rand.17.34}}',
      ),
    ).toEqual({
      tuple: [
        {atom: 'valid'},
        {atom: 'riak@10.0.0.1'},
        'valid',
        {opaque: '<riak@10.77.0.15.25642.1>'},
        {opaque: '<9428.25642.1>'},
        {opaque: '#Fun{rand.17.34}'},
      ],
    })
  })

  it('reads lists with a tail, maps and binaries', () => {
    expect(readTerm('[1, 2 | 3]')).toEqual({list: [1, 2], tail: 3})
    expect(readTerm('#{a => 1, "b" => []}')).toEqual({
      map: [
        [{atom: 'a'}, 1],
        ['b', {list: []}],
      ],
    })
    expect(readTerm('<<75,183,214>>')).toEqual({binary: '75,183,214'})
    expect(readTerm('{<<"a>>b">>}')).toEqual({tuple: [{binary: '"a>>b"'}]})
  })

  it('allows a full stop and white space after the term, nothing else', () => {
    expect(readTerm(' ok.\n')).toEqual({atom: 'ok'})
    expect(() => readTerm('{a}\nok')).toThrow('more text after the term at 2:1')
  })

  it.each([
    ['', 'the text ends where a term should begin at 1:1'],
    ['{a,\n b,', 'the text ends where a term should begin at 2:4'],
    ['[1, 2', 'the text ends where ] should be at 1:6'],
    ["'riak@", "no closing '"],
    ['{Variable}', 'unexpected "V" at 1:2'],
    ['2#12', 'a number that its base does not have at 1:1'],
    ['"\\q"', 'unknown escape'],
  ])('says where %j goes wrong', (text, message) => {
    expect(() => readTerm(text)).toThrow(message)
  })

  it('does not follow terms deeper than 200', () => {
    expect(() => readTerm('['.repeat(300) + ']'.repeat(300))).toThrow('nested deeper than 200')
    expect(() => readTerm('['.repeat(1e6))).toThrow(TermError)
  })

  it('takes time in proportion to the text', () => {
    const partitions = (count: number) =>
      `[${Array.from({length: count}, (_, at) => `{${at}, 'riak@10.0.0.${at % 80}', [riak_kv_vnode], awaiting}`).join(', ')}]`

    // 8 MB, in a second or so: one that is quadratic by no more than doubles at 2000 partitions would take most of a minute
    expect(readTerm(partitions(130_000))).toMatchObject({list: {length: 130_000}})
  }, 20_000)

  it('reads every answer of `riak eval` that was recorded', () => {
    // erl_call prints errors as strings whose inner quotes are bare: those are no terms
    const answers = allRecorded().filter(
      ({command, code, stdout}) =>
        command.includes('riak eval') && code === 0 && !stdout.startsWith('{error,'),
    )

    const terms = answers.map(({stdout}) => readTerm(stdout))

    expect(terms.length).toBeGreaterThanOrEqual(30)
    expect(terms.every(term => typeof term === 'object')).toBe(true)
  })
})
