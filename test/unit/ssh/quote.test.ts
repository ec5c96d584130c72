import {spawnSync} from 'node:child_process'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {quoteArgv} from '../../../src/ssh/quote.ts'

const wordsReadBy = (line: string): string[] => {
  const {stdout} = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`], {encoding: 'utf8'})
  return stdout.split('\0').slice(0, -1)
}

describe('quoteArgv', () => {
  it('leaves plain words as they are', () => {
    expect(quoteArgv(['sudo', 'riak', 'admin', 'member-status'])).toBe('sudo riak admin member-status')
  })

  it('gives a shell back the words it was given, whatever they are', () => {
    const word = fc.string({
      unit: fc.constantFrom(
        'a',
        ' ',
        "'",
        '"',
        '\\',
        '$',
        '`',
        '\n',
        ';',
        '&',
        '|',
        '*',
        '~',
        '!',
        '#',
        '-',
        '(',
        '{',
        '<',
        'é',
        '𝄞',
        '\t',
      ),
      minLength: 1,
      maxLength: 12,
    })

    fc.assert(
      fc.property(fc.array(word, {minLength: 1, maxLength: 6}), words => {
        expect(wordsReadBy(quoteArgv(['x', ...words])).slice(1)).toEqual(words)
      }),
      {numRuns: 200},
    )
  })

  it('refuses what no argv can hold', () => {
    expect(() => quoteArgv([])).toThrow(RangeError)
    expect(() => quoteArgv([''])).toThrow(RangeError)
    expect(() => quoteArgv(['--help'])).toThrow(RangeError)
    expect(() => quoteArgv(['echo', 'a\0b'])).toThrow(RangeError)
    expect(quoteArgv(['echo', ''])).toBe("echo ''")
  })
})
