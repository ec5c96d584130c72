/** Which of several copies counts. */
import {describe, expect, it} from 'vitest'
import {agree} from '../../../src/records/agree.ts'
import {chainOf, commonLength, readCopy, segmentOf} from '../../../src/records/chain.ts'

const of = (text: string) => chainOf([...text])
const copies = (...texts: readonly string[]) =>
  texts.map((text, at) => ({host: `r0${at + 1}`, chain: of(text)}))
const said = (...texts: readonly string[]) => {
  const {chain, isSure, hosts, notes} = agree(copies(...texts))!
  return {chain: chain.lines.join(''), isSure, hosts, notes}
}

describe('of copies', () => {
  it('none: nothing', () => expect(agree([])).toBeUndefined())

  it('the longest that two hosts agree on counts', () => {
    expect(said('abcd', 'abc', 'ab')).toMatchObject({
      chain: 'abc',
      isSure: true,
      hosts: ['r01', 'r02'],
      notes: ['r01 tells 1 events more, which no other host confirms'],
    })
    expect(said('abcd', 'abcd', 'abcdefgh')).toMatchObject({chain: 'abcd'})
    expect(said('', 'ab', 'ab')).toMatchObject({chain: 'ab', notes: []})
  })

  it('a forged one that is longer counts as far as another host tells the same', () => {
    expect(said('abXYZ...', 'abc', 'abc')).toMatchObject({
      chain: 'abc',
      notes: ['r01 tells another course from event 3 on: a split'],
    })
    expect(said('XXXXXX', 'abc', 'ab')).toMatchObject({chain: 'ab', isSure: true})
  })

  it('a split between two pairs of hosts: the longer counts, and the other is named', () => {
    expect(said('abcX', 'abcX', 'abcde', 'abcde')).toMatchObject({
      chain: 'abcde',
      notes: [
        'r01 tells another course from event 4 on: a split',
        'r02 tells another course from event 4 on: a split',
      ],
    })
  })

  it('what one host alone tells is not sure', () => {
    expect(said('abc')).toMatchObject({chain: 'abc', isSure: false})
    expect(said('abc', 'xyz1')).toMatchObject({chain: 'xyz1', isSure: false})
  })

  it('this machine’s own counts where it goes on from what hosts agree on, and not where they have gone on', () => {
    const with_ = (here: string, ...texts: readonly string[]) =>
      agree(copies(...texts), of(here))!.chain.lines.join('')
    expect(with_('abcde', 'abc', 'abc')).toBe('abcde')
    expect(with_('abcde')).toBe('abcde')
    expect(with_('ab', 'abc', 'abc')).toBe('abc')
    expect(with_('abX', 'abc', 'abc')).toBe('abc')
    // what a single host tells is no word against one's own disk
    expect(with_('abX', 'abcdef')).toBe('abX')
    expect(with_('ab', 'abcdef')).toBe('abcdef')
  })
})

describe('a chain', () => {
  it('has as much in common with another as both begin with', () => {
    for (const [a, b, length] of [
      ['', 'a', 0],
      ['abc', 'abc', 3],
      ['abc', 'abd', 2],
      ['xbc', 'abc', 0],
      ['abcdefgh', 'abcdefgX', 7],
    ] as const)
      expect(commonLength(of(a), of(b))).toBe(length)
  })

  it('is read back from segments cut anywhere', () => {
    const chain = chainOf(
      Array.from({length: 200}, (_, at) => JSON.stringify({at, text: 'x'.repeat(at * 7)})),
    )
    let text = ''
    for (const [at, to] of [0, 1, 2, 50, 51, 199, 200].entries())
      if (to > 0) {
        const from = [0, 1, 2, 50, 51, 199, 200][at - 1]!
        text += `${segmentOf({lines: chain.lines.slice(0, to), heads: chain.heads.slice(0, to)}, from)}\n`
      }
    expect(readCopy(text)).toEqual({chain, damage: undefined})
  })
})
