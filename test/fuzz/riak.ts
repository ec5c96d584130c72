/**
 * `npm run fuzz -- riak [--count N] [--seed S]`: recorded answers, damaged, to every reader. None may crash, and no
 * value may say what the text does not.
 */
import {parseArgs} from 'node:util'
import {isSuccess, wrongReading} from '../support/judge-reading.ts'
import {mutate} from '../support/mutate-answer.ts'
import {randomFrom} from '../support/random.ts'
import {type AnyReading, readCommand} from '../support/read-recorded.ts'
import {allRecorded, type Recorded} from '../support/transcripts.ts'

export type MutationTally = {
  readonly count: number
  /** readings of damaged answers that gave a value all the same */
  readonly values: number
  readonly wrong: readonly string[]
}

/** Above this an answer is left out: what is long is more of the same. */
const longest = 20_000

export function mutationTest({count, seed}: {count: number; seed: number}): MutationTally {
  const recorded = allRecorded().filter(({stdout}) => stdout.length <= longest)
  const originals = new Map<Recorded, AnyReading>(
    recorded.map(answer => [answer, readCommand(answer.command, answer, answer.host).reading]),
  )
  const texts = [...new Set(recorded.map(({stdout}) => stdout))]
  const random = randomFrom(seed)
  const wrong: string[] = []
  let values = 0
  for (let at = 0; at < count; at += 1) {
    const answer = random.pick(recorded)
    const {what, text} = mutate(answer.stdout, texts, random)
    if (text === answer.stdout) continue
    const complain = (problem: string): void =>
      void wrong.push(`${problem}: ${answer.command} (${answer.episode}), ${what}\n${text.slice(0, 2000)}`)
    try {
      const damaged = {...answer, stdout: text}
      const {reader, reading} = readCommand(answer.command, damaged, answer.host)
      if (isSuccess(reading)) values += 1
      const problem = wrongReading(reader, originals.get(answer)!, reading, text)
      if (problem !== undefined) complain(problem)
    } catch (error) {
      complain(`crash: ${(error as Error).stack}`)
    }
  }
  return {count, values, wrong}
}

export async function fuzzRiak(args: readonly string[]): Promise<number> {
  const {values: options} = parseArgs({
    args: [...args],
    options: {count: {type: 'string', default: '100000'}, seed: {type: 'string', default: '1'}},
  })
  const {count, values, wrong} = mutationTest({count: Number(options.count), seed: Number(options.seed)})
  for (const problem of wrong.slice(0, 20)) console.log(`${problem}\n`)
  console.log(
    `seed ${options.seed}: ${count} damaged answers, ${values} still gave a value, ${wrong.length} wrong readings`,
  )
  return wrong.length === 0 ? 0 : 1
}
