/**
 * Two operators add a node each, the second a little later, by a seed. One may write at a time; the batches must not
 * mix; who loses is told who holds the lock, or that the ring is no longer the one planned on.
 */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {JournalEvent} from '../../src/journal/events.ts'
import {startLab} from '../../src/lab/server/start-lab.ts'
import {randomFrom} from '../support/random.ts'
import {ringup} from './ringup.ts'
import {inFolder} from './workplace.ts'

export type Duel = {
  readonly seed: number
  readonly codes: readonly (number | null)[]
  readonly wrong: readonly string[]
}

export const runDuel = (seed: number): Promise<Duel> => inFolder('duel', home => duel(seed, home))

async function duel(seed: number, home: string): Promise<Duel> {
  const random = randomFrom(seed)
  const lab = await startLab({
    dir: join(home, 'lab'),

    nodes: 3,
    spare: 2,
    ring: 16,
    speed: 100,
    seed,
    bytes: 12e9,
    disk: {size: 400e9, other: 1e9},
  })
  const wrong: string[] = []
  try {
    const later = random.below(1800)
    const hosts = random.chance(0.3) ? (['r04', 'r04'] as const) : (['r04', 'r05'] as const)
    const runs = await Promise.all(
      hosts.map(async (host, at) => {
        if (at === 1) await new Promise(resolve => setTimeout(resolve, later))
        const run = ringup(lab, join(home, String(at)))
        return run(['add', host, '--yes', '--interval', '100ms', '--reason', `operator ${at}`])
      }),
    )
    const codes = runs.map(({code}) => code)
    if (!codes.includes(0)) wrong.push('nobody got it done')
    for (const [at, {code, stderr}] of runs.entries()) {
      if (code !== 0 && code !== 4 && code !== 5)
        wrong.push(`operator ${at} exits ${code}: ${stderr.slice(-300)}`)
      if (code === 5 && !stderr.includes(`operator ${1 - at}`))
        wrong.push(`operator ${at} is not told who: ${stderr.slice(-300)}`)
    }
    const [first, second] = [0, 1].map(at => heldBy(join(home, String(at))))
    if (first && second && first.from < second.to && second.from < first.to)
      wrong.push('two held the lock at once')
    const sent = lab.commands.filter(({kind}) => kind === 'write').length
    const journalled = [0, 1].reduce((sum, at) => sum + writesOf(join(home, String(at))), 0)
    if (sent !== journalled)
      wrong.push(`${sent} writes reached a host, ${journalled} are journalled under a lock`)
    const {joins, commits} = lab.counters()
    const done = codes.filter(code => code === 0).length
    const nodes = hosts[0] === hosts[1] ? 1 : done
    if (joins !== nodes) wrong.push(`${joins} joins for ${nodes} nodes`)
    if (commits !== nodes) wrong.push(`${commits} commits for ${nodes} batches`)
    if (lab.node('r01').cluster.ring.members.some(({status}) => status === 'joining'))
      wrong.push('a join is left staged')
    return {seed, codes, wrong}
  } finally {
    await lab.stop()
  }
}

/** ms since 1970 from the lock to its return; undefined: never held */
function heldBy(home: string): {from: number; to: number} | undefined {
  const events = eventsOf(home)
  const from = events.find(({type}) => type === 'lock-acquired')?.at
  const to = events.find(({type}) => type === 'lock-released')?.at
  return from === undefined ? undefined : {from, to: to ?? Number.POSITIVE_INFINITY}
}

/** Writes that were sent while the lock was held. */
function writesOf(home: string): number {
  const held = heldBy(home)
  const sent = eventsOf(home).filter(({type}) => type === 'write-sent')
  return sent.filter(({at}) => held && held.from <= at && at <= held.to).length
}

/** None where the run never began. */
function eventsOf(home: string): JournalEvent[] {
  const folder = join(home, 'runs')
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap(name =>
    readFileSync(join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as JournalEvent),
  )
}
