/**
 * `npm run fuzz -- controller [--count N] [--seed S]`: growths under `throttle auto`'s controller: p99 stays below its
 * bound in 19 of 20, and none takes more than 1.3 times the time of the best fixed limit.
 */
import {parseArgs} from 'node:util'
import {compared, comparisonText, isOver, isSlow} from '../support/controlled-growth.ts'

export async function fuzzController(args: readonly string[]): Promise<number> {
  const {values: options} = parseArgs({
    args: [...args],
    options: {count: {type: 'string', default: '20'}, seed: {type: 'string', default: '1'}},
  })
  const [count, seed] = [Number(options.count), Number(options.seed)]
  const runs = Array.from({length: count}, (_, at) => compared(seed + at))
  console.log(runs.map(comparisonText).join('\n'))
  const [over, slow] = [runs.filter(isOver).length, runs.filter(isSlow).length]
  console.log(`${count} growths: ${over} above the bound, ${slow} slower than 1.3 times the best fixed limit`)
  return over <= count / 20 && slow === 0 ? 0 : 1
}
