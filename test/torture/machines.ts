/** Who goes on with a run: its own machine, or each time another whose disk is empty and which knows the inventory alone. */
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync} from 'node:fs'
import {join} from 'node:path'
import {lockTiming} from '../../src/execute/lock.ts'
import type {JournalEvent} from '../../src/journal/events.ts'
import type {Lab} from '../../src/lab/server/start-lab.ts'
import type {RunStateReport, RunsReport} from '../../src/state/runs.ts'
import {type Ringup, ringup, type Way} from './ringup.ts'

/** ms: longer than a lock lives without a sign of life */
export const long = lockTiming.stale + 5000

/** a second login, where runs are gone on with elsewhere */
export const colleague = 'ann'

/** The newest run, as far as it is known there. */
export type Known = 'nothing' | 'unfinished' | 'done'

export type Successor = {
  readonly knows: () => Promise<Known>
  readonly run: Ringup
  /** what is not as it must be in what is told of the runs */
  readonly wrongTold: () => Promise<string[]>
}

export function here(lab: Lab, home: string): Successor {
  const is = (test: (event: JournalEvent) => boolean): boolean =>
    journals(home).some(events => events.some(test))
  return {
    knows: async () => {
      if (is(event => event.type === 'run-finished' && event.outcome === 'done')) return 'done'
      return is(({type}) => type === 'run-started') ? 'unfinished' : 'nothing'
    },
    run: ringup(lab, home),
    wrongTold: async () => [],
  }
}

function journals(home: string): JournalEvent[][] {
  const folder = join(home, 'runs')
  if (!existsSync(folder)) return []
  return readdirSync(folder).map(name =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as JournalEvent),
  )
}

/** Whoever finds the lock held waits until it has expired. */
export function elsewhere(lab: Lab, folder: string): Successor {
  const machine = emptyMachines(lab, folder)
  const told = async <Report>(...words: string[]): Promise<Report> => {
    const {code, stdout, stderr} = await machine()([...words, '--json'])
    if (code !== 0) throw new Error(`${words.join(' ')} exits ${code}: ${stderr}${stdout}`)
    return JSON.parse(stdout) as Report
  }
  return {
    knows: async () => {
      const [newest] = (await told<RunsReport>('runs', 'list')).runs
      if (newest === undefined) return 'nothing'
      return newest.outcome === 'done' ? 'done' : 'unfinished'
    },
    run: async (args, onStart) => {
      const ended = await machine()(args, onStart)
      if (ended.code === 5) letTimePass(lab)
      return ended
    },
    wrongTold: async () => {
      const {runs, damaged, silent} = await told<RunsReport>('runs', 'list')
      const done = runs.filter(({outcome}) => outcome === 'done')
      const wrong = runs.filter(run => run !== done[0]).map(({run, outcome}) => `run ${run} is ${outcome}`)
      for (const {run, why} of damaged) wrong.push(`run ${run} is damaged: ${why}`)
      for (const {host, why} of silent) wrong.push(`${host} does not tell: ${why}`)
      for (const {run} of done.slice(0, 1)) {
        const {torn, sure, hosts, outcome} = await told<RunStateReport>('runs', 'show', run)
        if (torn || !sure || hosts.length < 2 || outcome !== 'done')
          wrong.push(`run ${run} is ${outcome}, ${sure ? '' : 'not '}sure, on ${hosts.join() || 'no host'}`)
      }
      return done.length === 0 ? ['no run is told to be done', ...wrong] : wrong
    },
  }
}

/**
 * Each command on a machine of its own: nothing is on its disk, its processes and ours cannot see each other, it logs in
 * as the next of the lab's users, and all is gone when the command has ended.
 */
export function emptyMachines(lab: Lab, folder: string): (way?: Way) => Ringup {
  const inventories = [...lab.inventories.values()]
  let made = 0
  return way => async (args, onStart) => {
    made += 1
    const inventoryFile = inventories[made % inventories.length]!
    const home = mkdtempSync(join(folder, 'machine-'))
    try {
      return await ringup({inventoryFile}, home, {...way, elsewhere: true})(args, onStart)
    } finally {
      rmSync(home, {recursive: true, force: true})
    }
  }
}

/** Time passes on every host: what was not renewed has expired. */
export function letTimePass(lab: Lab): void {
  const then = (Date.now() - long) / 1000
  for (const {name} of lab.hosts) {
    const folder = join(lab.dir, 'hosts', name, 'var/tmp')
    if (!existsSync(folder)) continue
    for (const file of readdirSync(folder)) utimesSync(join(folder, file), then, then)
  }
}
