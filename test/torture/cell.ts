/**
 * One cell of the kill matrix: a practice ring grows by two nodes, something happens at one point of the run, and
 * then it is resumed, as often as needed. What must be true in the end is the same for every cell.
 */
import type {ChildProcess} from 'node:child_process'
import {existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {JournalEvent} from '../../src/journal/events.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {finalOwners, type Plan} from '../../src/plan/plan.ts'
import {ringup} from './ringup.ts'
import {inFolder} from './workplace.ts'

/** Where in a run: at a line of its journal, or when a command that changes something has just taken effect. */
export type Point =
  | {readonly line: number; readonly when: 'before' | 'after' | 'torn'}
  | {readonly write: number}
  /** so many readings after the commit */
  | {readonly reading: number}

export const faults = ['kill', 'cut', 'frozen', 'answer lost', 'disk full', 'claimant moved'] as const
export type FaultName = (typeof faults)[number]

export type Outcome = {
  /** exit codes: of the run, then of each resume */
  readonly codes: readonly (number | null)[]
  /** the point was met before the run ended */
  readonly reached: boolean
  /** what is not as it must be */
  readonly wrong: readonly string[]
}

export const pointName = (point: Point): string =>
  'line' in point
    ? `line ${point.line} ${point.when}`
    : 'write' in point
      ? `write ${point.write} took effect`
      : `reading ${point.reading} after the commit`

export const added = ['r04', 'r05']

/** Where each write of a run is sent, and words of it, in order. */
const writesSent = [
  ['r04', 'riak daemon'],
  ['r05', 'riak daemon'],
  ['r04', 'cluster join'],
  ['r05', 'cluster join'],
  ['r01', 'cluster plan'],
  ['r01', 'cluster commit'],
] as const

export async function runCell(point: Point, fault: FaultName): Promise<Outcome> {
  return inFolder('torture', async home => {
    const dir = join(home, 'lab')
    const lab = await startLab({dir, nodes: 3, spare: 2, ring: 16, speed: 300, seed: 7, bytes: 3e9})
    try {
      return await tortured({lab, home, point, fault})
    } finally {
      await lab.stop()
    }
  })
}

type Cell = {
  readonly lab: Lab
  readonly home: string
  readonly point: Point
  readonly fault: FaultName
  /** ms */
  readonly frozenFor: number
}

async function tortured({lab, home, point, fault}: Omit<Cell, 'frozenFor'>): Promise<Outcome> {
  const before = limitsOf(lab)
  const ring = ringup(lab, home)
  const plan = JSON.parse((await ring(['plan', '--add', added.join(), '--json'])).stdout) as Plan
  const codes: (number | null)[] = []
  // where a write has just been sent it stays away for long: whoever waits for the answer must give it up or have it
  const frozenFor = 'write' in point ? 12_000 : 1500
  const {reached, code} = await firstRun({lab, home, point, fault, frozenFor})
  codes.push(code)
  for (const host of lab.hosts) await lab.fault({fault: 'reachable', host: host.name})
  // killed as its last word was on disk: it is done, and resume would say so
  if (code !== 0 && finished(home)) codes.push(0)
  for (let tries = 0; tries < 8 && codes.at(-1) !== 0; tries += 1) {
    // killed before its journal began: there is nothing to resume, and nothing was sent
    const args = started(home) ? ['runs', 'resume'] : ['add', ...added]
    codes.push((await ring([...args, '--yes', '--interval', '100ms'])).code)
  }
  const wrong = wrongIn(lab, plan, before, codes.at(-1))
  return {codes, reached, wrong: reached ? wrong : ['the point was not met', ...wrong]}
}

/** A journal says what was to be done. */
export const started = (home: string): boolean =>
  existsSync(join(home, 'runs')) &&
  journals(home).some(events => events.some(({type}) => type === 'run-started'))

export const finished = (home: string): boolean =>
  existsSync(join(home, 'runs')) &&
  journals(home).some(events =>
    events.some(event => event.type === 'run-finished' && event.outcome === 'done'),
  )

function journals(home: string): JournalEvent[][] {
  const folder = join(home, 'runs')
  return readdirSync(folder).map(name =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as JournalEvent),
  )
}

async function firstRun({
  lab,
  home,
  point,
  fault,
  frozenFor,
}: Cell): Promise<{reached: boolean; code: number | null}> {
  const meeting = mkdtempSync(join(home, 'meet-'))
  let reached = false
  let over = false
  let child: ChildProcess | undefined
  const strike = (): void => {
    reached = true
    void doTo({lab, fault, meeting, frozenFor}, () => child?.kill('SIGKILL'))
  }
  if ('write' in point && fault === 'answer lost') {
    // set before the run: as a listener hears of a command it is settled whether its answer is lost
    const [host, match] = writesSent[point.write - 1]!
    await lab.fault({fault: 'loseAnswer', host, match})
  } else if ('write' in point || 'reading' in point) {
    const isCommit = (line: string): boolean => line.includes('cluster commit')
    let left = 'write' in point ? point.write : point.reading
    let committed = false
    lab.onCommand(({kind, line}) => {
      if (reached || over) return
      const counts =
        'write' in point ? kind === 'write' : committed && kind === 'read' && line.includes(' eval ')
      committed ||= isCommit(line)
      if (counts && --left === 0) strike()
    })
  }
  const torture = 'line' in point ? `${point.line} ${point.when} ${meeting}` : `0 never ${meeting}`
  const running = ringup(
    lab,
    home,
    torture,
  )(['add', ...added, '--yes', '--interval', '100ms'], started => {
    child = started
  })
  const ended = running.then(({code}) => {
    over = true
    return code
  })
  if ('line' in point) {
    while (!over && !existsSync(join(meeting, 'reached'))) await new Promise(done => setTimeout(done, 5))
    if (!over) {
      reached = true
      await doTo({lab, fault, meeting, frozenFor}, () => child?.kill('SIGKILL'))
      writeFileSync(join(meeting, 'go'), '')
    }
  }
  const code = await ended
  if (fault === 'answer lost') reached = lab.commands.some(command => isLost(command, point))
  return {code, reached}
}

const isLost = ({exit, kind}: Lab['commands'][number], point: Point): boolean =>
  exit === undefined && (kind === 'write' || !('write' in point))

/** Makes the fault happen now; what is frozen thaws after a while. */
async function doTo(
  {lab, fault, meeting, frozenFor}: Pick<Cell, 'lab' | 'fault' | 'frozenFor'> & {readonly meeting: string},
  kill: () => void,
): Promise<void> {
  const hosts = lab.hosts.map(({name}) => name)
  switch (fault) {
    case 'kill':
      kill()
      break
    case 'cut':
      for (const host of hosts) await lab.fault({fault: 'cut', host})
      break
    case 'frozen':
      await lab.fault({fault: 'frozen', host: 'r01'})
      setTimeout(() => void lab.fault({fault: 'reachable', host: 'r01'}).catch(() => {}), frozenFor)
      break
    case 'answer lost':
      for (const host of hosts) await lab.fault({fault: 'loseAnswer', host})
      break
    case 'claimant moved':
      await lab.fault({fault: 'claimant', host: 'r02'})
      break
    case 'disk full':
      writeFileSync(join(meeting, 'full'), '')
  }
}

export const limitsOf = (lab: Lab): string =>
  JSON.stringify(
    [...lab.world().nodes.values()].map(({name, transferLimit, inbound, outbound}) => [
      name,
      transferLimit,
      inbound,
      outbound,
    ]),
  )

export function wrongIn(lab: Lab, plan: Plan, before: string, code: number | null | undefined): string[] {
  const wrong: string[] = []
  const complain = (isWrong: boolean, what: string): void => {
    if (isWrong) wrong.push(what)
  }
  const {ring} = lab.node('r01').cluster
  const {joins, commits, clears, starts} = lab.counters()
  complain(code !== 0, `the last exit code is ${code}`)
  complain(ring.owners.join() !== finalOwners(plan).join(), 'the ring is not as planned')
  complain(ring.pending.length > 0, 'something is pending')
  complain(
    ring.members.some(({status}) => status !== 'valid'),
    'a member is not valid',
  )
  complain(joins !== 2, `${joins} joins took effect`)
  complain(commits !== 1, `${commits} commits took effect`)
  complain(clears !== 0, `${clears} clears`)
  complain(starts !== 2, `${starts} starts`)
  const staged = [...lab.world().nodes.values()].filter(({memory}) => memory.staged.length > 0)
  complain(staged.length > 0, 'something is staged')
  const locks = filesBelow(join(lab.dir, 'hosts')).filter(name => name.includes('.lock.'))
  complain(locks.length > 0, `locks are left: ${locks.join()}`)
  complain(limitsOf(lab) !== before, 'limits have changed')
  return wrong
}

const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, {recursive: true, withFileTypes: true})
        .filter(entry => entry.isFile())
        .map(({name}) => name)
    : []
