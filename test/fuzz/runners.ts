/**
 * `npm run fuzz -- runners [--count N] [--seed S] [--at-once N]`: two runners whose disks are empty call `grow next` at the
 * same time, on each of five days, three nodes a day; a seed says who begins, by how much, who waits for handoff, and who
 * is killed at which line of its journal. As the last line `N passed, N failed`.
 */
import type {ChildProcess} from 'node:child_process'
import {chmodSync, existsSync, mkdtempSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import type {GrowNextReport} from '../../src/actions/grow/next.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import type {RunStateReport, RunsReport} from '../../src/state/runs.ts'
import {memberCount, misplaced} from '../campaign/ring.ts'
import {type Random, randomFrom} from '../support/random.ts'
import {colleague, emptyMachines, letTimePass} from '../torture/machines.ts'
import {runAll} from '../torture/matrix.ts'
import {watchWriters} from '../torture/one-writer.ts'
import type {Ended, Way} from '../torture/ringup.ts'
import {inFolder} from '../torture/workplace.ts'

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))

const [first, days, perDay] = [3, 5, 3]
const until = first + days * perDay
const day = 86_400_000
/** lines of a journal of a batch of three, about */
const lines = 60
/** somebody else holds the lock, was faster, or the last batch still moves */
const decent = new Set([0, 4, 5, 8])

export async function fuzzRunners(args: readonly string[]): Promise<number> {
  const {values} = parseArgs({
    args: [...args],
    options: {
      count: {type: 'string', default: '200'},
      seed: {type: 'string', default: '1'},
      'at-once': {type: 'string', default: '2'},
    },
  })
  const seeds = Array.from({length: Number(values.count)}, (_, at) => Number(values.seed) + at)
  const results = await runAll(seeds, Number(values['at-once']), runDays, ({seed, said, wrong}) =>
    console.log(
      `${wrong.length === 0 ? 'ok  ' : 'FAIL'} runners, seed ${seed}: ${[said, ...wrong].join('; ')}`,
    ),
  )
  const failed = results.filter(({wrong}) => wrong.length > 0).length
  console.log(`${results.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

type Outcome = {readonly seed: number; readonly said: string; readonly wrong: readonly string[]}

const runDays = (seed: number): Promise<Outcome> =>
  inFolder('runners', async folder => {
    chmodSync(folder, 0o711)
    const lab = await startLab({
      dir: join(folder, 'lab'),
      nodes: first,
      spare: days * perDay,
      ring: 64,
      speed: 2000,
      seed,
      bytes: 1e9,
      delay: 0,
      // files of two logins take a shell of their own each: most seeds are of one
      ...(seed % 4 === 0 ? {colleagues: [colleague]} : {}),
    })
    try {
      return {seed, ...(await new Days(lab, folder, randomFrom(seed)).run())}
    } finally {
      await lab.stop()
    }
  })

type Runner = {
  /** ms after the day's first call */
  readonly after: number
  readonly waits: boolean
  /** of its journal, and whether it is there by then; undefined: it is not killed */
  readonly killedAt: string | undefined
}

class Days {
  readonly #lab: Lab
  readonly #folder: string
  readonly #random: Random
  readonly #machine: ReturnType<typeof emptyMachines>
  readonly #wrong: string[] = []
  readonly #codes: string[] = []

  constructor(lab: Lab, folder: string, random: Random) {
    this.#lab = lab
    this.#folder = folder
    this.#random = random
    this.#machine = emptyMachines(lab, folder)
  }

  async run(): Promise<Omit<Outcome, 'seed'>> {
    const outside = watchWriters(this.#lab)
    const morning = new Date().setHours(8, 0, 0, 0) + day
    for (let at = 0; at < days && this.#wrong.length === 0; at += 1) {
      const before = memberCount(this.#lab)
      const clock = (): number => morning + at * day - Date.now()
      await this.#both(clock())
      await this.#settle(clock())
      const joined = memberCount(this.#lab) - before
      if (joined !== perDay) this.#wrong.push(`${joined} nodes joined on day ${at + 1}`)
      this.#lab.skip(day)
    }
    this.#wrong.push(...outside, ...(await this.#wrongInEnd()))
    return {said: this.#codes.join(' '), wrong: this.#wrong}
  }

  /** What a seed says of the two, whoever of them is the first. */
  #runners(): Runner[] {
    const {below, between, chance, pick} = this.#random
    const killed = chance(0.4) ? below(2) : -1
    return [0, below(2500)].map((after, at) => ({
      after,
      waits: chance(0.7),
      killedAt: killed === at ? `${between(1, lines)} ${pick(['before', 'after', 'torn'])}` : undefined,
    }))
  }

  async #both(ahead: number): Promise<void> {
    const codes = await Promise.all(
      this.#runners().map(async runner => {
        await pause(runner.after)
        const {code} = await this.#call(ahead, runner)
        return code ?? 'killed'
      }),
    )
    this.#codes.push(codes.join('+'))
  }

  /** Called until there is nothing due, as a timer does. */
  async #settle(ahead: number): Promise<void> {
    for (let tries = 0; tries < 12; tries += 1) {
      const {code, stdout} = await this.#call(ahead, {after: 0, waits: true, killedAt: undefined})
      if (code === 0 && (JSON.parse(stdout) as GrowNextReport).did === 'nothing') return
      if (code === 5) letTimePass(this.#lab)
      if (code === 8) await pause(200)
    }
    this.#wrong.push('there is always something due')
  }

  async #call(ahead: number, {waits, killedAt}: Runner): Promise<Ended> {
    const growth = ['--until', String(until), '--per-day', String(perDay), '--interval', '200ms']
    const words = ['grow', 'next', '--yes', '--json', ...growth, ...(waits ? [] : ['--no-wait'])]
    const meeting = mkdtempSync(join(this.#folder, 'meet-'))
    const way: Way = {ahead, ...(killedAt === undefined ? {} : {torture: `${killedAt} ${meeting}`})}
    let child: ChildProcess | undefined
    const timer = setInterval(() => existsSync(join(meeting, 'reached')) && child?.kill('SIGKILL'), 5)
    const ended = await this.#machine(way)(words, started => {
      child = started
    }).finally(() => clearInterval(timer))
    if (ended.code !== null && !decent.has(ended.code))
      this.#wrong.push(
        `grow next exits ${ended.code}: ${ended.stderr.slice(-400)}${ended.stdout.slice(-400)}`,
      )
    return ended
  }

  /** As an empty machine is told, and as the ring has it. */
  async #wrongInEnd(): Promise<string[]> {
    const {runs} = await this.#told<RunsReport>('runs', 'list')
    const committed = runs.filter(({committedAt}) => committedAt !== undefined)
    const shown: RunStateReport[] = []
    // one after the other: eighteen handshakes each, of hosts that are all in this process
    for (const {run} of committed) shown.push(await this.#told<RunStateReport>('runs', 'show', run))
    const added = shown.flatMap(({plan}) => plan!.changes.map(({node}) => node))
    const {joins, commits, clears, starts} = this.#lab.counters()
    const {ring} = this.#lab.node('r01').cluster
    const total = days * perDay
    const complaints: [boolean, string][] = [
      [
        joins !== total || starts !== total,
        `${joins} joins and ${starts} starts took effect for ${total} nodes`,
      ],
      [commits !== committed.length, `${commits} commits took effect, ${committed.length} are told`],
      [clears > 0, `${clears} clears`],
      [added.length !== total || new Set(added).size !== total, `told to have joined: ${added.join()}`],
      [shown[0] === undefined || misplaced(this.#lab, shown[0].plan!) > 0, 'the ring is not as planned'],
      [ring.pending.length > 0, 'something is pending'],
      [ring.members.some(({status}) => status !== 'valid'), 'a member is not valid'],
      ...runs.map(({run, writes, outcome}): [boolean, string] => [
        writes > 0 && outcome !== 'done',
        `run ${run} has sent something and is ${outcome}`,
      ]),
    ]
    return complaints.filter(([isWrong]) => isWrong).map(([, what]) => what)
  }

  async #told<Report>(...words: string[]): Promise<Report> {
    const {code, stdout, stderr} = await this.#machine()([...words, '--json'])
    if (code !== 0) throw new Error(`${words.join(' ')} exits ${code}: ${stderr}`)
    return JSON.parse(stdout) as Report
  }
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
