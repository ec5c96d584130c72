import {spawnSync} from 'node:child_process'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {commandLine, lineWithin, quoteArgv} from '../../../src/ssh/quote.ts'

/** What one shell reads of each line. */
const wordsReadBy = (lines: readonly string[]): string[][] => {
  const script = lines.map(line => `printf '%s\\0' ${line}\nprintf '\\1\\0'\n`).join('')
  const {stdout} = spawnSync('/bin/sh', ['-c', script], {encoding: 'utf8'})
  return stdout
    .split('\x01\0')
    .slice(0, -1)
    .map(words => words.split('\0').slice(0, -1))
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

    const argvs = fc.array(fc.array(word, {minLength: 1, maxLength: 6}), {minLength: 20, maxLength: 20})
    fc.assert(
      fc.property(argvs, lines => {
        expect(wordsReadBy(lines.map(words => quoteArgv(['x', ...words])))).toEqual(
          lines.map(words => ['x', ...words]),
        )
      }),
      {numRuns: 10},
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

describe('a command line', () => {
  it('has no line break and no long word where a word had some, and says the same to sh', () => {
    const words = [
      "it's\n!!\\",
      'é𝄞\n',
      `${'a\n'.repeat(2000)}end`,
      '𝄞'.repeat(900),
      '%s',
      '$(id)',
      "' '",
      '\\0041\t',
    ]
    const argv = ['printf', '%s\\0', ...words]
    const line = commandLine(argv)
    const {stdout} = spawnSync('/bin/sh', ['-c', line], {encoding: 'utf8'})

    expect(stdout.split('\0').slice(0, -1)).toEqual(words)
    expect(line).not.toMatch(/[\n!]/)
    expect(Math.max(...line.split("' '").map(word => Buffer.byteLength(word)))).toBeLessThan(1024)
    expect(lineWithin(line)).toBe(quoteArgv(argv))
  })

  it('is as plain as it can be', () => {
    expect(commandLine(['sudo', 'riak', 'x!'])).toBe("sudo riak 'x'\\!''")
    expect(commandLine(['echo', 'x'.repeat(900)])).toBe(`echo ${'x'.repeat(900)}`)
    expect(commandLine(['echo', 'x'.repeat(901)])).toMatch(/^sh -c 'eval /)
  })
})
