import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {hostNames} from '../../../src/inventory/host-names.ts'
import {whatIsNext} from '../../../src/reference/completion.ts'
import type {Manifest} from '../../../src/reference/manifest.ts'

const manifest: Manifest = {
  version: '1',
  commands: {
    add: {
      id: 'add',
      summary: 'Add hosts',
      changes: 'cluster',
      strict: false,
      args: {host: {name: 'host', required: true}},
      flags: {
        inventory: {name: 'inventory', type: 'option', char: 'i', helpValue: 'FILE'},
        accept: {name: 'accept', type: 'option', helpValue: 'HOST', multiple: true, delimiter: ','},
        yes: {name: 'yes', type: 'boolean', char: 'y'},
        disks: {name: 'disks', type: 'boolean', allowNo: true},
      },
    },
    'runs:show': {
      id: 'runs:show',
      summary: 'Show a run',
      changes: 'nothing',
      strict: true,
      args: {run: {name: 'run'}},
      flags: {},
    },
  },
}

const words = (...typed: string[]): string[] => whatIsNext(manifest, typed).choices.map(({word}) => word)

describe('what may come next', () => {
  it('leaves out flags that stand there, but those that may be given again', () => {
    expect(words('add', '--')).toEqual([
      '--inventory',
      '--accept',
      '--yes',
      '--disks',
      '--no-disks',
      '--help',
    ])
    expect(words('add', '-y', '-i', 'x', '--accept', 'a', '--no-disks', '--')).toEqual(['--accept', '--help'])
  })

  it('takes the value of a flag for no argument', () => {
    expect(whatIsNext(manifest, ['runs', 'show', '']).source).toBe('runs')
    expect(whatIsNext(manifest, ['runs', 'show', 'x', '']).source).toBe('nothing')
    expect(whatIsNext(manifest, ['add', '-i', 'x', ''])).toMatchObject({
      source: 'hosts',
      inventory: 'x',
      taken: [],
    })
    expect(whatIsNext(manifest, ['add', '-ix', 'r1', ''])).toMatchObject({inventory: 'x', taken: ['r1']})
  })

  it('goes on with a list, leaving out what is in it and in earlier ones', () => {
    expect(whatIsNext(manifest, ['add', '--accept', 'c', '--accept=a,b'])).toMatchObject({
      before: '--accept=a,',
      part: 'b',
      source: 'hosts',
      taken: ['c', 'a'],
    })
    expect(whatIsNext(manifest, ['add', '--accept', 'c', '--accept', ''])).toMatchObject({taken: ['c']})
  })

  it('has an answer to everything that can be typed', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'add',
        'runs',
        'show',
        'help',
        '--',
        '-',
        '--accept',
        '--accept=a,',
        '-i',
        '-y',
        '--no-',
        '=',
      ),
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'toString', '--__proto__', '--constructor', '--toString='),
    )
    fc.assert(
      fc.property(fc.array(word, {maxLength: 6}), typed => {
        const {before, part} = whatIsNext(manifest, typed)
        expect(before + part).toBe(typed.at(-1) ?? '')
      }),
    )
  })
})

describe('names of hosts, for completion', () => {
  it('are those of the file, ranges expanded, whatever else is wrong with it', () => {
    const text = `hosts:
  - { name: "r[08-10]", location: a }
  - { name: r08, location: a }
  - { name: "r[10-08]" }
  - { nmae: x, location: b }
  - 7
  -
`
    expect(hostNames(text)).toEqual({names: ['r08', 'r09', 'r10'], locations: ['a', 'b']})
  })

  it.each([
    '',
    '{',
    'hosts: 7',
    'hosts',
    '- a',
    'a: &a [*a]\nhosts: *a',
    '\0',
    'hosts: [[[',
    'hosts: !!js x',
  ])('are none in %j', text => {
    expect(hostNames(text)).toEqual({names: [], locations: []})
  })

  it('are none or some of any text, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        expect(Array.isArray(hostNames(`hosts:\n  - name: ${text}`).names)).toBe(true)
      }),
    )
  })
})
