/**
 * `npm run fuzz -- claim [--count N] [--seed S] [--claim v2,v4] [--seconds N]`: the same random questions to
 * riak_core's planner and to ours. A difference is shrunk and printed as a vector.
 */
import {parseArgs} from 'node:util'
import type {ClaimSettings} from '../../src/ring/changes.ts'
import {planChanges} from '../../src/ring/plan-changes.ts'
import {answerDifference} from '../support/answer-difference.ts'
import {type Oracle, openOracle, oracleMissing} from '../support/claim-oracle.ts'
import {type ClaimQuestion, ringOfVector, type VectorAnswer} from '../support/claim-vectors.ts'
import {exropSeed} from '../support/exrop-seed.ts'
import {randomFrom} from '../support/random.ts'
import {randomQuestion} from './claim-questions.ts'
import {smaller} from './shrink-claim.ts'

const batch = 40

type Verdict =
  | 'same'
  | 'same crash'
  | 'both never end'
  | 'skipped: random beyond the seed'
  | 'skipped: not answered by the oracle in time'
  | 'different'

export async function fuzzClaim(args: readonly string[]): Promise<number> {
  const {values} = parseArgs({
    args: [...args],
    options: {
      count: {type: 'string', default: '2000'},
      seed: {type: 'string', default: '1'},
      claim: {type: 'string', default: 'v2,v4'},
      seconds: {type: 'string', default: '20'},
    },
  })
  const missing = oracleMissing()
  if (missing !== undefined) {
    console.log(`fuzz claim: skipped: ${missing}`)
    return 0
  }
  const claims = values.claim.split(',') as ClaimSettings['claim'][]
  const oracle = openOracle({secondsEach: Number(values.seconds)})
  const tally = new Map<string, number>()
  let differences = 0
  try {
    for (let from = 0; from < Number(values.count); from += batch) {
      const questions = Array.from({length: Math.min(batch, Number(values.count) - from)}, (_, at) => {
        const number = from + at
        const random = randomFrom(Number(values.seed) * 1_000_003 + number)
        return randomQuestion(random, claims[number % claims.length]!, `fuzz-${values.seed}-${number}`)
      })
      const answers = await oracle.ask(questions)
      for (const [at, question] of questions.entries()) {
        const verdict = judge(question, answers[at])
        const row = `${question.config.claim} ${verdict}`
        tally.set(row, (tally.get(row) ?? 0) + 1)
        if (verdict !== 'different') continue
        differences += 1
        await report(oracle, question)
      }
      if ((from / batch) % 25 === 24) console.error(`fuzz claim: ${from + batch} of ${values.count} asked`)
    }
  } finally {
    oracle.close()
  }
  for (const [row, count] of [...tally].sort()) console.log(`${String(count).padStart(7)}  ${row}`)
  console.log(`seed ${values.seed}: ${values.count} questions, ${differences} differences`)
  return differences === 0 ? 0 : 1
}

function judge(question: ClaimQuestion, answer: VectorAnswer | undefined): Verdict {
  const planned = ourPlan(question)
  if (answer === undefined || answer.error === 'timeout')
    return planned.crash?.includes('never ends')
      ? 'both never end'
      : 'skipped: not answered by the oracle in time'
  if (answerDifference(question, answer, planned) === undefined)
    return planned.crash === undefined ? 'same' : 'same crash'
  const isRandom = planned.random.some(choice => choice === 'down-receiver' || choice === 'v3-ties')
  return isRandom ? 'skipped: random beyond the seed' : 'different'
}

const ourPlan = (question: ClaimQuestion): ReturnType<typeof planChanges> =>
  planChanges(ringOfVector(question), question.changes, question.config, {
    seed: exropSeed(question.seed ?? []),
  })

async function report(oracle: Oracle, found: ClaimQuestion): Promise<void> {
  const answerOf = async (question: ClaimQuestion): Promise<VectorAnswer | undefined> =>
    (await oracle.ask([question]))[0]
  let question = found
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false
    for (const candidate of smaller(question)) {
      if (judge(candidate, await answerOf(candidate)) !== 'different') continue
      question = candidate
      isSmaller = true
      break
    }
  }
  const expect = (await answerOf(question)) ?? {}
  console.log(`${found.id}: ${answerDifference(question, expect, ourPlan(question))}`)
  console.log(JSON.stringify({...question, deterministic: true, expect}))
}
