/**
 * One pair of operators on one ring: the first one's run is at a line of its journal as the second begins. Never do two
 * write, and each run comes to its end by what the handbook says, with the ring as one of the plans has it.
 */
import type {ChildProcess} from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {isOver, type RunState, reduceRun} from '../../src/journal/reduce.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {readJournal} from '../../src/state/read-journal.ts'
import {letTimePass, long} from './machines.ts'
import {watchWriters} from './one-writer.ts'
import type {First, PairCell, Second} from './pair-cells.ts'
import {wrongInEnd} from './pair-end.ts'
import {type Ended, ringup} from './ringup.ts'
import {inFolder} from './workplace.ts'

export type PairOutcome = {
  readonly cell: PairCell
  /** exit codes of the first, of the second, and of what brought their runs to an end */
  readonly codes: readonly string[]
  /** the line was met before the run ended */
  readonly reached: boolean
  readonly wrong: readonly string[]
}

const colleague = 'ann'

/** How many lines tell of progress depends on the machine: a line that was not met is tried again, twice. */
export async function runPair(cell: PairCell): Promise<PairOutcome> {
  let outcome = await runOnce(cell)
  for (let tries = 1; tries < 3 && !outcome.reached; tries += 1) outcome = await runOnce(cell)
  return outcome
}

const runOnce = (cell: PairCell): Promise<PairOutcome> =>
  inFolder('pair', async home => {
    chmodSync(home, 0o711)
    const lab = await startLab({
      dir: join(home, 'lab'),
      nodes: 3,
      spare: 2,
      ring: 16,
      speed: 400,
      seed: cell.seed,
      bytes: 1e9,
      colleagues: [colleague],
    })
    try {
      return await new Pair(lab, home, cell).run()
    } finally {
      await lab.stop()
    }
  })

type Operator = {
  readonly name: string
  readonly home: string
  readonly inventory: string
  readonly elsewhere: boolean
}

type Halted = {
  readonly reached: boolean
  readonly ended: Promise<Ended>
  /** @param slept ms that it was asleep, as its clock has it */
  readonly goOn: (slept?: number) => void
  readonly kill: () => Promise<Ended>
}

/** Everything that may be seen of one cell. */
class Pair {
  readonly #lab: Lab
  readonly #cell: PairCell
  readonly #one: Operator
  readonly #two: Operator
  readonly #codes: string[] = []
  readonly #wrong: string[] = []
  readonly #killed = new Set<number>()
  #abandons = 0

  constructor(lab: Lab, home: string, cell: PairCell) {
    const {sharesState, sharesLogin, elsewhere} = cell
    this.#lab = lab
    this.#cell = cell
    this.#one = {name: 'first', home: join(home, 'one'), inventory: lab.inventoryFile, elsewhere: false}
    this.#two = {
      name: 'second',
      home: sharesState ? this.#one.home : join(home, 'two'),
      inventory: sharesLogin ? lab.inventoryFile : lab.inventories.get(colleague)!,
      // only root may make it one
      elsewhere: elsewhere && process.getuid?.() === 0,
    }
    for (const {home: folder} of [this.#one, this.#two]) mkdirSync(folder, {recursive: true, mode: 0o700})
  }

  async run(): Promise<PairOutcome> {
    const {first, second, killedAt, sharesState} = this.#cell
    const outside = watchWriters(this.#lab)
    if (first === 'apply') await this.#plan(this.#one, 'r04')
    if (second === 'apply') await this.#plan(this.#two, this.#cell.host)
    if (first === 'resume' || first === 'abandon') {
      const before = await this.#halted(killedAt, this.#add('r04'))
      this.#note('before', await before.kill(), true)
    }
    const reached = await this.#both()
    for (const operator of [this.#one, this.#two]) await this.#endAll(operator)
    const runs = [this.#one, ...(sharesState ? [] : [this.#two])].flatMap(({home}) => runsIn(home))
    const wrong = [
      ...this.#wrong,
      ...outside,
      ...wrongInEnd(this.#lab, {runs, abandons: this.#abandons, killed: this.#killed}),
    ]
    return {cell: this.#cell, codes: this.#codes, reached, wrong}
  }

  #plan({home, inventory}: Operator, host: string): Promise<Ended> {
    const run = ringup({inventoryFile: inventory}, home)
    return run(['plan', '--add', host, '--out', join(home, 'plan.json')])
  }

  #add(host: string): string[] {
    return ['add', host, '--yes', '--interval', '100ms']
  }

  /** A run that is resumed or abandoned is the first one's. */
  #wordsFor(verb: Exclude<First | Second, 'lock release'>, {home}: Operator): string[] {
    const on = ['--yes', '--interval', '100ms']
    const [run] = runsIn(this.#one.home)
    const name = run === undefined ? [] : [home === this.#one.home ? run.state.run : run.file]
    switch (verb) {
      case 'add':
        return this.#add(this.#cell.host)
      case 'apply':
        return ['apply', join(home, 'plan.json'), ...on]
      case 'grow next':
        return ['grow', 'next', '--until', '5', '--any-time', ...on]
      case 'resume':
        return ['runs', 'resume', ...name, ...on]
      case 'abandon':
        return ['abandon', ...name, '--yes']
    }
  }

  /** The first one's run comes to a line of its journal, or to its end; what becomes of it there is said later. */
  async #halted(line: number, words: string[]): Promise<Halted> {
    const meeting = mkdtempSync(join(this.#one.home, 'meet-'))
    let child: ChildProcess | undefined
    let over = false
    const ended = this.#start(this.#one, words, `${line} after ${meeting}`, started => {
      child = started
    }).then(found => {
      over = true
      return found
    })
    while (!over && !existsSync(join(meeting, 'reached'))) await pause(5)
    return {
      reached: !over,
      ended,
      goOn: (slept = 0) => writeFileSync(join(meeting, 'go'), String(slept)),
      kill: () => {
        if (!over) this.#killed.add(child!.pid!)
        child!.kill('SIGKILL')
        return ended
      },
    }
  }

  /** Whether the line was met. */
  async #both(): Promise<boolean> {
    const {first, fate} = this.#cell
    const words = first === 'add' ? this.#add('r04') : this.#wordsFor(first, this.#one)
    const {reached, ended, goOn, kill} = await this.#halted(this.#cell.line, words)
    const isKilled = reached && fate === 'is killed'
    if (isKilled) await kill()
    if (reached && fate === 'sleeps') letTimePass(this.#lab)
    const second = this.#second(isKilled)
    if (fate !== 'goes on') await second
    goOn(fate === 'sleeps' ? long : 0)
    const [one] = await Promise.all([ended, second])
    this.#note('first', one, isKilled)
    return reached
  }

  /** @param isOfDead the first one was killed: on another machine nobody knows, and has to wait for two minutes */
  async #second(isOfDead: boolean): Promise<void> {
    const {second, afterwards} = this.#cell
    const two = this.#two
    const words = second === 'lock release' ? ['lock', 'release', '--force'] : this.#wordsFor(second, two)
    const act = async (command: string[]): Promise<void> => {
      this.#note('second', await this.#start(two, command))
    }
    await act(words)
    if (second === 'lock release') await act(this.#wordsFor(afterwards, two))
    else if (isOfDead && two.elsewhere) {
      letTimePass(this.#lab)
      await act(words)
    }
  }

  #start(
    {home, inventory, elsewhere}: Operator,
    words: readonly string[],
    torture?: string,
    onStart?: (child: ChildProcess) => void,
  ): Promise<Ended> {
    if (words[0] === 'abandon') this.#abandons += 1
    return ringup({inventoryFile: inventory}, home, {torture, elsewhere})(words, onStart)
  }

  #note(who: string, {code, stderr, stdout}: Ended, isKilled = false): void {
    this.#codes.push(`${who} ${code ?? 'killed'}`)
    if (code === null && !isKilled) this.#wrong.push(`${who} did not end`)
    if (code !== null && !decent.has(code))
      this.#wrong.push(`${who} exits ${code}: ${stderr.slice(-400)}${stdout.slice(-200)}`)
    if (stderr.includes('this is a bug')) this.#wrong.push(`${who}: ${stderr.slice(-600)}`)
  }

  /** Every run that this one knows of is brought to its end as its last word says, within five tries. */
  async #endAll(operator: Operator): Promise<void> {
    for (const {state} of runsIn(operator.home)) {
      const {run} = state
      let next = ['runs', 'resume', run, '--yes', '--interval', '100ms']
      const said: string[] = []
      for (let tries = 0; ; tries += 1) {
        const open = runsIn(operator.home).find(other => other.state.run === run)
        if (open === undefined || isOver(open.state)) break
        if (tries === 5) {
          this.#wrong.push(`run ${run} of the ${operator.name} does not end: ${said.join(' | ')}`)
          break
        }
        const ended = await this.#start(operator, next)
        this.#note(`${operator.name}'s ${next.slice(0, 2).join(' ')}`, ended)
        said.push(
          `${next.slice(0, 2).join(' ')}: ${ended.code} ${ended.stderr.trim().split('\n').slice(-2).join(' / ').slice(0, 300)}`,
        )
        // somebody on another machine died with it: wait two minutes
        if (ended.code === 5) letTimePass(this.#lab)
        next = wayOn(ended, run)
      }
    }
  }
}

/** What was typed wrong, and a bug, are never right. One who was halted while it logged in may find the host gone. */
const decent = new Set([0, 3, 4, 5, 6, 7, 8, 9])

/** The command that the last word names. */
function wayOn({code, stderr}: Ended, run: string): string[] {
  const hint = code === 5 ? '' : stderr.slice(-1500)
  if (hint.includes('ringup runs close')) return ['runs', 'close', run, '--yes', '--reason', 'torture']
  if (hint.includes('ringup abandon')) return ['abandon', run, '--yes']
  return ['runs', 'resume', run, '--yes', '--interval', '100ms']
}

export type KnownRun = {readonly file: string; readonly state: RunState; readonly lines: readonly string[]}

/** The newest first; a run that was killed before its first line is none. */
function runsIn(home: string): KnownRun[] {
  const folder = join(home, 'runs')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .reverse()
    .flatMap(name => {
      const file = join(folder, name)
      const text = readFileSync(file, 'utf8')
      if (!text.includes('\n')) return []
      const state = reduceRun(readJournal(file).events)
      return [{file, state, lines: text.trim().split('\n')}]
    })
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
