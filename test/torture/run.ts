/**
 * `npm run torture`: the kill matrix, pairs of operators, two at once and the crash loop, on practice rings; a table of
 * each, and as the last line `N passed, N failed`.
 *   --only matrix|pairs|duels|loops   one of the four
 *   --elsewhere                 matrix and loops: each resume is on another machine, by another login, with an empty disk
 *   --release RELEASE           matrix: on practice rings of that release of Riak, behind its package's wrapper
 *   --fault NAME --first N      a part of the matrix
 *   --from N                    matrix and loops: without the first N
 *   --every N                   of the matrix each Nth cell
 *   --pairs N                   how many of the pairs, each at another line (default 360 of all)
 *   --seed N,N                  these pairs alone
 *   --at-once N                 how many at a time (default 3)
 */
import {parseArgs} from 'node:util'
import {type Loop, runCrashLoop} from './crash-loop.ts'
import {type Cell, matrix, type Result, resultLine, runAll, runMatrixCell, table} from './matrix.ts'
import {runPair} from './pair.ts'
import {pairCell} from './pair-cells.ts'
import {pairLine, pairTable} from './pair-text.ts'
import {runDuel} from './two-operators.ts'

// what `exit` cleans up is cleaned up
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))

const {values} = parseArgs({
  options: {
    only: {type: 'string'},
    elsewhere: {type: 'boolean', default: false},
    release: {type: 'string'},
    every: {type: 'string', default: '1'},
    fault: {type: 'string'},
    from: {type: 'string', default: '0'},
    first: {type: 'string'},
    duels: {type: 'string', default: '200'},
    pairs: {type: 'string', default: '360'},
    seed: {type: 'string'},
    loops: {type: 'string', default: '50'},
    'at-once': {type: 'string', default: '3'},
  },
})
const atOnce = Number(values['at-once'])
const wanted = (part: string): boolean => values.only === undefined || values.only === part
const seeds = (count: string): number[] => Array.from({length: Number(count)}, (_, at) => at + 1)
let [passed, failed] = [0, 0]
const count = (results: readonly {readonly wrong: readonly string[]}[]): void => {
  const bad = results.filter(({wrong}) => wrong.length > 0).length
  failed += bad
  passed += results.length - bad
}

if (wanted('matrix')) {
  const all = matrix()
    .filter(({fault}) => values.fault === undefined || fault === values.fault)
    .filter((_, at) => at % Number(values.every) === 0)
    .slice(Number(values.from))
  const cells = all.slice(0, Number(values.first ?? all.length))
  const setting = {isElsewhere: values.elsewhere, release: values.release}
  const run = (cell: Cell): Promise<Result> => runMatrixCell(cell, setting)
  const results = await runAll(cells, atOnce, run, result => console.log(resultLine(result)))
  console.log(table(results))
  count(results)
}
if (wanted('pairs')) {
  const wantedSeeds = values.seed?.split(',').map(Number) ?? seeds(values.pairs)
  const cells = wantedSeeds.map(pairCell)
  const results = await runAll(cells, atOnce, runPair, result => console.log(pairLine(result)))
  console.log(pairTable(results))
  count(results)
}
if (wanted('duels')) {
  const results = await runAll(seeds(values.duels), atOnce, runDuel, ({seed, codes, wrong}) =>
    console.log(
      `${wrong.length === 0 ? 'ok  ' : 'FAIL'} two operators, seed ${seed}: exit ${codes.join(' and ')} ${wrong.join('; ')}`,
    ),
  )
  const exits = results.map(({codes}) => [...codes].sort().join(' and '))
  for (const exit of [...new Set(exits)].sort())
    console.log(`two operators: ${exits.filter(other => other === exit).length} times exit ${exit}`)
  count(results)
}
if (wanted('loops')) {
  const run = (seed: number): Promise<Loop> => runCrashLoop(seed, values.elsewhere)
  const results = await runAll(
    seeds(values.loops).slice(Number(values.from)),
    atOnce,
    run,
    ({seed, rounds, kills, wrong}) =>
      console.log(
        `${wrong.length === 0 ? 'ok  ' : 'FAIL'} crash loop, seed ${seed}: ${rounds} rounds, ${kills} killed ${wrong.join('; ')}`,
      ),
  )
  console.log(
    `crash loop: ${results.reduce((sum, {kills}) => sum + kills, 0)} kills in ${results.length} loops`,
  )
  count(results)
}
console.log(`${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
