/**
 * `npm run bench -- startup [--rounds 20]`: CPU of the built program until it has answered, as a ratio to `node -e 0`,
 * interleaved with it; the least of all rounds counts, because whatever else the machine does only adds. `status` and
 * `exec` ask a practice ring of five members and no spares; of `exec`, what each host takes is told as well.
 */
import {parseArgs} from 'node:util'
import {spentBy} from './spent-by.ts'

const program = new URL('../../dist/src/main.js', import.meta.url).pathname

/** What is asked, and how many times the CPU of a bare node it may take. */
const questions: readonly {readonly words: readonly string[]; readonly most: number}[] = [
  {words: ['--version'], most: 1.5},
  {words: ['--help'], most: 2},
  {words: ['status', '--help'], most: 2},
]

export function benchStartup(args: readonly string[]): void {
  const {values} = parseArgs({args: [...args], options: {rounds: {type: 'string', default: '20'}}})
  const asked = [['-e', '0'], ...questions.map(({words}) => [program, ...words])]
  const least = asked.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (const [at, words] of asked.entries())
      least[at] = Math.min(least[at]!, spentBy([process.execPath, ...words]).cpu)
  const [bare, ...ours] = least
  for (const [at, {words, most}] of questions.entries())
    console.log(
      JSON.stringify({
        bench: 'startup',
        asked: words.join(' '),
        cpuMs: Math.round(ours[at]! * 1000),
        bareNodeMs: Math.round(bare! * 1000),
        ratio: Math.round((ours[at]! / bare!) * 100) / 100,
        most,
      }),
    )
}
