/**
 * `npm run fuzz -- riak [--count N] [--seed S]`: recorded answers, damaged, to every reader. None may crash, and no
 * value may say what the text does not.
 */
import {parseArgs} from 'node:util'
import {type Dialect, dialectOf, inNewWords} from '../../src/riak/dialect.ts'
import {isSuccess, wrongReading} from '../support/judge-reading.ts'
import {mutate} from '../support/mutate-answer.ts'
import {oldAnswers} from '../support/old-answers.ts'
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

type Told = Pick<Recorded, 'command' | 'stdout' | 'stderr' | 'code' | 'host' | 'episode'> & {
  readonly dialect: Dialect
}

/** What was recorded of 3.2.3, the same without return terms as 3.0 would print it, and what is known of older releases. */
function allTold(): Told[] {
  const recorded = allRecorded().filter(({stdout}) => stdout.length <= longest)
  return [
    ...recorded.map(answer => ({...answer, dialect: dialectOf('3.2.3')})),
    ...recorded
      .filter(({command, code}) => command.startsWith('riak admin ') && code === 0)
      .map(answer => ({...answer, ...withoutTerm(answer.stdout), dialect: dialectOf('3.0.16')})),
    ...oldAnswers().flatMap(({name, answer, dialect, ...told}) =>
      // there are few of them, and they are what is least known
      Array.from({length: 20}, () => ({...told, ...answer, episode: name, dialect})),
    ),
  ]
}

const withoutTerm = (stdout: string): Pick<Told, 'stdout' | 'code'> => {
  const found = /(?:^|\n)(ok|error|\{error,1\})\n$/.exec(stdout)
  return found
    ? {stdout: stdout.slice(0, found.index + 1), code: found[1] === 'ok' ? 0 : 1}
    : {stdout, code: 0}
}

const readIn = ({dialect, ...answer}: Told) =>
  readCommand(answer.command, {...answer, ...inNewWords(answer, dialect)}, answer.host)

export function mutationTest({count, seed}: {count: number; seed: number}): MutationTally {
  const recorded = allTold()
  const originals = new Map<Told, AnyReading>(recorded.map(answer => [answer, readIn(answer).reading]))
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
      const {reader, reading} = readIn(damaged)
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
