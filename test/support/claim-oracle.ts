/**
 * riak_core's own planner, asked over a pipe. The folder is RINGUP_CLAIM_ORACLE, by default
 * ~/.cache/ringup/claim-oracle. One VM answers many questions; one that takes too long on a question is started anew.
 */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {homedir} from 'node:os'
import {join, resolve} from 'node:path'
import {createInterface} from 'node:readline'
import type {ClaimQuestion, VectorAnswer} from './claim-vectors.ts'

const oracleFolder = resolve(process.env.RINGUP_CLAIM_ORACLE || join(homedir(), '.cache/ringup/claim-oracle'))

/** The path of one of its programs. */
export const oracleProgram = (name: string): string => resolve(oracleFolder, name)

/** Why the oracle cannot be asked here, if it cannot. */
export function oracleMissing(): string | undefined {
  if (!existsSync(oracleProgram('plan.sh')))
    return `no planner of riak_core at ${oracleProgram('plan.sh')} (RINGUP_CLAIM_ORACLE names its folder)`
  try {
    execFileSync('erl', ['-noshell', '-eval', 'halt().'], {stdio: 'ignore'})
    return undefined
  } catch {
    return 'erl is not installed (Debian: erlang-base, erlang-crypto)'
  }
}

export type Oracle = {
  /** answers in the questions' order; undefined where there was none within the limit */
  readonly ask: (questions: readonly ClaimQuestion[]) => Promise<(VectorAnswer | undefined)[]>
  readonly close: () => void
}

export function openOracle({secondsEach}: {readonly secondsEach: number}): Oracle {
  let running: Running | undefined
  let asked = 0
  const close = (): void => {
    running?.child.kill('SIGKILL')
    running = undefined
  }
  const ask = async (questions: readonly ClaimQuestion[]): Promise<(VectorAnswer | undefined)[]> => {
    // names become atoms, which a VM never forgets
    if (asked > freshVmAfter) {
      close()
      asked = 0
    }
    asked += questions.length
    const answers: (VectorAnswer | undefined)[] = []
    while (answers.length < questions.length) {
      running ??= start()
      const rest = questions.slice(answers.length)
      running.child.stdin?.write(rest.map(question => `${JSON.stringify(question)}\n`).join(''))
      for (const _ of rest) {
        const line = await running.line(secondsEach * 1000)
        answers.push(line === undefined ? undefined : (JSON.parse(line) as {expect: VectorAnswer}).expect)
        if (line !== undefined) continue
        close()
        break
      }
    }
    return answers
  }
  return {ask, close}
}

const freshVmAfter = 5000

type Running = {
  readonly child: ChildProcess
  /** undefined when none came in time, or the VM ended */
  readonly line: (milliseconds: number) => Promise<string | undefined>
}

function start(): Running {
  const child = spawn(oracleProgram('plan.sh'), {stdio: ['pipe', 'pipe', 'inherit']})
  child.stdin.on('error', () => child.kill('SIGKILL'))
  const arrived: string[] = []
  let wake = (): void => {}
  let isOver = false
  createInterface({input: child.stdout})
    .on('line', line => {
      arrived.push(line)
      wake()
    })
    .on('close', () => {
      isOver = true
      wake()
    })
  const line = async (milliseconds: number): Promise<string | undefined> => {
    const until = performance.now() + milliseconds
    while (arrived.length === 0 && !isOver && performance.now() < until)
      await new Promise<void>(done => {
        const timer = setTimeout(done, until - performance.now())
        wake = () => {
          clearTimeout(timer)
          done()
        }
      })
    return arrived.shift()
  }
  return {child, line}
}
