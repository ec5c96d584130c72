/**
 * `npm run bench -- claim [--runs N]`: our planner against riak_core's, timed by the oracle's own timer on the same
 * questions in the same run, a JSON line each. `ratio` is how many times faster ours is (wall, medians). Where `erl`
 * is missing our own times are printed alone, and said to be so.
 */
import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {planChanges} from '../../src/ring/plan-changes.ts'
import {oracleMissing, oracleProgram} from '../support/claim-oracle.ts'
import {type ClaimQuestion, ringOfVector} from '../support/claim-vectors.ts'
import {campaign, forcedVectors, growth, questionOf, type Step} from './claim-cases.ts'

/** A name, the questions that are timed as one, and how many times faster we are to be. */
type Case = {readonly name: string; readonly questions: readonly ClaimQuestion[]; readonly target: number}

export async function benchClaim(args: readonly string[]): Promise<void> {
  const {values} = parseArgs({args: [...args], options: {runs: {type: 'string', default: '5'}}})
  const runs = Number(values.runs)
  const missing = oracleMissing()
  if (missing !== undefined) console.error(`bench claim: our own times alone: ${missing}`)
  for (const {name, questions, target} of await cases()) {
    // before and after riak_core's turn, so that a machine that slows down does not favour one
    const before = ours(questions, runs)
    const theirs = missing === undefined ? riakCores(questions, runs) : undefined
    const mine = Math.min(before, ours(questions, runs))
    print({
      bench: 'claim',
      case: name,
      plans: questions.length,
      oursMs: round(mine),
      ...(theirs === undefined
        ? {peer: 'missing'}
        : {riakCoreMs: round(theirs), ratio: round(theirs / mine), target}),
    })
  }
  growthTable(runs)
}

async function cases(): Promise<Case[]> {
  const steps = (claim: 'v2' | 'v4', partitions: number): ClaimQuestion[] =>
    campaign(claim, partitions).map((step, day) => questionOf(step, `${claim}-${partitions}-${day}`))
  const [v2, v4] = [steps('v2', 1024), steps('v4', 1024)]
  const forced = await forcedVectors(forcedIds)
  return [
    {name: 'v2, 1024 partitions, 77 -> 80', questions: v2.slice(-1), target: 10},
    {name: 'v4, 1024 partitions, 11 -> 14', questions: v4.slice(0, 1), target: 5},
    {name: 'v4, 1024 partitions, 77 -> 80', questions: v4.slice(-1), target: 5},
    ...forced.map(question => ({
      name: `v4 by force: ${question.id}, ${question.base.ringSize} partitions`,
      questions: [question],
      target: 20,
    })),
    {name: 'v2, 1024 partitions, 11 -> 80 by 3', questions: v2, target: 10},
    {name: 'v4, 1024 partitions, 11 -> 80 by 3', questions: v4, target: 5},
    {name: 'v2, 2048 partitions, 11 -> 80 by 3', questions: steps('v2', 2048), target: 10},
    {name: 'v4, 2048 partitions, 11 -> 80 by 3', questions: steps('v4', 2048), target: 5},
  ]
}

/** Of the vectors kept in `test/fixtures`: those on which riak_core tries by force for longest. */
const forcedIds = ['v4-locbig-0004', 'v4-locbig-0016', 'v4-loc-0007', 'v4-change-0042', 'v4-uneven-0061']

/** ms for all questions, one after the other: the median of some runs, after two that warm up. */
function ours(questions: readonly ClaimQuestion[], runs: number): number {
  const asked = questions.map(question => ({question, ring: ringOfVector(question)}))
  const once = (): number => {
    const start = performance.now()
    for (const {question, ring} of asked) planChanges(ring, question.changes, question.config)
    return performance.now() - start
  }
  return medianOf(once, runs)
}

function medianOf(once: () => number, runs: number): number {
  once()
  once()
  const times = Array.from({length: runs}, once).sort((a, b) => a - b)
  return times[Math.floor(runs / 2)]!
}

/** The same by the oracle's timer: each question on its own, summed. */
function riakCores(questions: readonly ClaimQuestion[], runs: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'ringup-bench-'))
  try {
    const file = join(folder, 'questions.jsonl')
    writeFileSync(file, questions.map(question => `${JSON.stringify(question)}\n`).join(''))
    const lines = execFileSync(oracleProgram('bench.sh'), ['vectors', file, String(runs)], {encoding: 'utf8'})
    return lines
      .trim()
      .split('\n')
      .reduce((sum, line) => sum + (JSON.parse(line) as {wallMs: number}).wallMs, 0)
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

/** How our cost grows with partitions and nodes: three more nodes on a settled cluster. */
function growthTable(runs: number): void {
  for (const claim of ['v2', 'v4'] as const)
    for (const partitions of [64, 128, 256, 512, 1024, 2048])
      for (const nodes of [10, 20, 40, 80].filter(count => count + 3 <= partitions)) {
        const [, step] = growth(claim, partitions, [nodes, nodes + 3])
        const ms = medianOf(() => timed(step!), runs)
        print({
          bench: 'claim-growth',
          claim,
          partitions,
          nodes,
          ms: round(ms),
          nsPerPartitionTimesNodes: round((ms * 1e6) / (partitions * nodes)),
        })
      }
}

function timed({ring, changes, config}: Step): number {
  const start = performance.now()
  planChanges(ring, changes, config)
  return performance.now() - start
}

const round = (value: number): number => Number(value.toPrecision(3))

const print = (line: object): void => console.log(JSON.stringify(line))
