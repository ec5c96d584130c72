/**
 * `npm run torture [-- --fault NAME] [--first N] [--at-once N]`: the whole kill matrix on practice rings, its table,
 * and as the last line `N passed, N failed`.
 */
import {parseArgs} from 'node:util'
import {matrix, resultLine, runCells, table} from './matrix.ts'

const {values} = parseArgs({
  options: {
    fault: {type: 'string'},
    first: {type: 'string'},
    'at-once': {type: 'string', default: '3'},
  },
})
const cells = matrix().filter(({fault}) => values.fault === undefined || fault === values.fault)
const results = await runCells(
  cells.slice(0, Number(values.first ?? cells.length)),
  Number(values['at-once']),
  result => console.log(resultLine(result)),
)
const failed = results.filter(({wrong}) => wrong.length > 0).length
console.log(table(results))
console.log(`${results.length - failed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
