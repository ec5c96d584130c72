/**
 * `npm run bench -- startup [--rounds 20]`: CPU of the built program until it has answered, as a ratio to `node -e 0`,
 * interleaved with it; the least of all rounds counts, because whatever else the machine does only adds. `status` and
 * `exec` ask a practice ring, in a process of its own. Code is kept in a folder of the bench's own, and one row does
 * without.
 */
import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {spentBy} from './spent-by.ts'

const program = new URL('../../dist/src/main.js', import.meta.url).pathname

type Question = {
  readonly words: readonly string[]
  /** times the CPU of a bare node */
  readonly most?: number
  /** whether compiled code is kept, as it is where there is a home */
  readonly kept?: boolean
}

const questions: readonly Question[] = [
  {words: ['--version'], most: 1.5},
  {words: ['--help'], most: 2},
  {words: ['status', '--help'], most: 2},
  {words: ['status'], most: 2.2},
  {words: ['status'], kept: false},
  {words: ['exec', 'r01', '--', 'true'], most: 2.2},
  {words: ['exec', '--', 'true']},
]

export function benchStartup(args: readonly string[]): void {
  const {values} = parseArgs({args: [...args], options: {rounds: {type: 'string', default: '20'}}})
  const folder = mkdtempSync(join(tmpdir(), 'ringup-bench-'))
  const lab = (...words: readonly string[]): void => {
    execFileSync(process.execPath, [program, 'lab', ...words, '--dir', join(folder, 'lab')])
  }
  const asked: Asked[] = [
    {argv: ['-e', '0'], env: {}},
    ...questions.map(({words, kept = true}) => ({
      argv: [program, ...words],
      env: {
        XDG_CACHE_HOME: kept ? folder : '/dev/null',
        RINGUP_INVENTORY: join(folder, 'lab/inventory.yaml'),
      },
    })),
  ]
  try {
    lab('up')
    print(leastOf(asked, Number(values.rounds)))
  } finally {
    lab('down')
    rmSync(folder, {recursive: true, force: true})
  }
}

type Asked = {readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>>}

/** Seconds of CPU, of each. */
function leastOf(asked: readonly Asked[], rounds: number): number[] {
  const least = asked.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round += 1)
    for (const [at, {argv, env}] of asked.entries())
      least[at] = Math.min(least[at]!, spentBy([process.execPath, ...argv], env).cpu)
  return least
}

function print([bare, ...ours]: readonly number[]): void {
  for (const [at, {words, most, kept = true}] of questions.entries())
    console.log(
      JSON.stringify({
        bench: 'startup',
        asked: words.join(' '),
        ...(kept ? {} : {kept}),
        cpuMs: Math.round(ours[at]! * 1000),
        bareNodeMs: Math.round(bare! * 1000),
        ratio: Math.round((ours[at]! / bare!) * 100) / 100,
        most,
      }),
    )
}
