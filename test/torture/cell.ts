/**
 * One cell of the kill matrix: a practice ring grows by two nodes, something happens at one point of the run, and
 * then it is resumed, as often as needed, where it was or each time on another machine. What must be true in the end is
 * the same for every cell.
 */
import type {ChildProcess} from 'node:child_process'
import {chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {lockTiming} from '../../src/execute/lock.ts'
import {labRelease} from '../../src/lab/riak/release.ts'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {finalOwners, type Plan} from '../../src/plan/plan.ts'
import {colleague, elsewhere, here, type Known, type Successor} from './machines.ts'
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
const writesSent = (release = '3.2.3'): readonly (readonly [host: string, words: string])[] => [
  ['r04', `riak ${labRelease(release).start}`],
  ['r05', `riak ${labRelease(release).start}`],
  ['r04', 'cluster join'],
  ['r05', 'cluster join'],
  ['r01', 'cluster plan'],
  ['r01', 'cluster commit'],
]

export type Setting = {
  /** it is gone on with on other machines, by two logins in turn */
  readonly isElsewhere?: boolean
  /** of Riak, behind its package's wrapper; default 3.2.3 */
  readonly release?: string | undefined
}

export async function runCell(
  point: Point,
  fault: FaultName,
  {isElsewhere = false, release}: Setting = {},
): Promise<Outcome> {
  return inFolder('torture', async folder => {
    chmodSync(folder, 0o711)
    const lab = await startLab({
      dir: join(folder, 'lab'),
      nodes: 3,
      spare: 2,
      ring: 16,
      speed: 300,
      seed: 7,
      bytes: 3e9,
      ...(release === undefined ? {} : {release}),
      ...(isElsewhere ? {colleagues: [colleague]} : {}),
    })
    const home = join(folder, 'home')
    mkdirSync(home, {mode: 0o700})
    const next = isElsewhere ? elsewhere(lab, folder) : here(lab, home)
    try {
      return await tortured({lab, home, point, fault, isElsewhere, release}, next)
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
  readonly isElsewhere: boolean
  readonly release: string | undefined
  /** ms */
  readonly frozenFor: number
}

async function tortured(
  {lab, home, point, fault, isElsewhere, release}: Omit<Cell, 'frozenFor'>,
  next: Successor,
): Promise<Outcome> {
  const before = limitsOf(lab)
  const planned = await ringup(lab, home)(['plan', '--add', added.join(), '--json'])
  const plan = JSON.parse(planned.stdout) as Plan
  const codes: (number | null)[] = []
  // where a write has just been sent it stays away for long: whoever waits for the answer must give it up or have it
  const frozenFor = 'write' in point ? 12_000 : 1500
  const {reached, code} = await firstRun({lab, home, point, fault, frozenFor, release})
  codes.push(code)
  for (const host of lab.hosts) await lab.fault({fault: 'reachable', host: host.name})
  // killed as its last word was on disk: it is done, and resume would say so
  if (code !== 0 && (await next.knows()) === 'done') codes.push(0)
  for (let tries = 0; tries < 8 && codes.at(-1) !== 0; tries += 1)
    codes.push((await next.run(wordsFor(await next.knows()))).code)
  const wrong = [
    ...wrongIn({lab, plan, before, code: codes.at(-1), isElsewhere}),
    ...(await next.wrongTold()),
  ]
  return {codes, reached, wrong: reached ? wrong : ['the point was not met', ...wrong]}
}

/** Killed before its journal began: there is nothing to resume, and nothing was sent. */
export const wordsFor = (known: Known): string[] => [
  ...(known === 'nothing' ? ['add', ...added] : ['runs', 'resume']),
  '--yes',
  '--interval',
  '100ms',
]

async function firstRun({
  lab,
  home,
  point,
  fault,
  frozenFor,
  release,
}: Omit<Cell, 'isElsewhere'>): Promise<{reached: boolean; code: number | null}> {
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
    const [host, match] = writesSent(release)[point.write - 1]!
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
  const running = ringup(lab, home, {torture})(['add', ...added, '--yes', '--interval', '100ms'], started => {
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

type End = {
  readonly lab: Lab
  readonly plan: Plan
  /** limits, before the run */
  readonly before: string
  /** the last exit code */
  readonly code: number | null | undefined
  /** what has expired may be left: a login cannot take away what another's has made */
  readonly isElsewhere: boolean
}

export function wrongIn({lab, plan, before, code, isElsewhere}: End): string[] {
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
  const locks = filesBelow(join(lab.dir, 'hosts')).filter(
    file => file.includes('.lock.') && !(isElsewhere && hasExpired(file)),
  )
  complain(locks.length > 0, `locks are left: ${locks.join()}`)
  complain(limitsOf(lab) !== before, 'limits have changed')
  return wrong
}

const hasExpired = (file: string): boolean => Date.now() - lstatSync(file).mtimeMs > lockTiming.stale

const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, {recursive: true, withFileTypes: true})
        .filter(entry => entry.isFile())
        .map(({parentPath, name}) => join(parentPath, name))
    : []
