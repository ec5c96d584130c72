/** What `npm run torture` prints of pairs of operators. */
import type {PairOutcome} from './pair.ts'
import {firsts, pairCount, pairName, seconds} from './pair-cells.ts'

export const pairLine = ({cell, codes, reached, wrong}: PairOutcome): string =>
  `${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${pairName(cell)} ${codes.join(', ')}${reached ? '' : ' (the line was not met)'}${wrong.map(what => `\n       ${what}`).join('')}`

/** A row for each first, a column for each second: how many passed, of how many. */
export function pairTable(results: readonly PairOutcome[]): string {
  const cell = (first: string, second: string): string => {
    const own = results.filter(({cell: of}) => of.first === first && of.second === second)
    return `${own.filter(({wrong}) => wrong.length === 0).length}/${own.length}`
  }
  const rows = Object.keys(firsts).map(
    first => `${first.padEnd(12)}${seconds.map(second => cell(first, second).padStart(14)).join('')}`,
  )
  const met = results.filter(({reached}) => reached).length
  return [
    `pairs       ${seconds.map(second => second.padStart(14)).join('')}`,
    ...rows,
    `${results.length} of ${pairCount} pairs, ${met} at the line that was wanted`,
  ].join('\n')
}
