/** The table of docs/releases.md says of each release what its dialect can. */
import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {adminWords, dialectOf} from '../../src/riak/dialect.ts'

const page = readFileSync(new URL('../../docs/releases.md', import.meta.url), 'utf8')
const rows = page
  .split('\n')
  .filter(line => line.startsWith('| `'))
  .map(line =>
    line
      .split('|')
      .slice(2, 6)
      .map(cell => cell.trim()),
  )

it('has a column a dialect: text where there is no eval, and nothing that needs more', () => {
  expect(rows).toHaveLength(5)
  for (const [at, version] of ['2.2.6', '3.0.16', '3.2.1', '3.4.0'].entries()) {
    const cells = rows.map(row => row[at])
    const {eval: hasEval} = dialectOf(version)
    expect(cells).toEqual(
      hasEval ? ['whole', 'whole', 'whole', 'whole', 'whole'] : ['text', 'text', 'estimate', 'no', 'no'],
    )
  }
  expect(adminWords(['riak'], dialectOf('2.9.10'))).toEqual(['riak-admin'])
})
