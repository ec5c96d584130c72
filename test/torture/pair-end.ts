/** What must be true of a ring and of all journals once two operators have come to their ends. */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {JournalEvent} from '../../src/journal/events.ts'
import type {Lab} from '../../src/lab/server/start-lab.ts'
import {finalOwners} from '../../src/plan/plan.ts'
import type {KnownRun} from './pair.ts'

export type PairEnd = {
  readonly runs: readonly KnownRun[]
  /** how many `abandon` were typed */
  readonly abandons: number
  /** process ids */
  readonly killed: ReadonlySet<number>
}

export function wrongInEnd(lab: Lab, {runs, abandons, killed}: PairEnd): string[] {
  const {ring} = lab.node('r01').cluster
  const {joins, commits, clears} = lab.counters()
  const added = ring.members.length - 3
  const plans = runs.flatMap(({state}) => (state.plan ? [state.plan] : []))
  const wanted = added === 0 ? plans.map(({base}) => base.owners) : plans.map(finalOwners)
  const staged = [...lab.world().nodes.values()].filter(({memory}) => memory.staged.length > 0)
  const complaints: [boolean, string][] = [
    [
      plans.length > 0 && !wanted.some(owners => owners.join() === ring.owners.join()),
      'the ring is as no plan says',
    ],
    [ring.pending.length > 0, 'something is pending'],
    [ring.members.some(({status}) => status !== 'valid'), 'a member is not valid'],
    [staged.length > 0, 'something is staged'],
    [commits !== added, `${commits} commits took effect for ${added} nodes, each of a batch of its own`],
    [
      joins < added || joins > added + clears,
      `${joins} joins took effect for ${added} nodes and ${clears} clears`,
    ],
    [clears > abandons, `${clears} clears for ${abandons} abandon`],
  ]
  return [
    ...complaints.filter(([isWrong]) => isWrong).map(([, what]) => what),
    ...claimsLeft(lab, killed),
    ...runs.flatMap(mixedJournal),
  ]
}

/** Claims of processes that were not killed. */
function claimsLeft(lab: Lab, killed: ReadonlySet<number>): string[] {
  return lab.hosts.flatMap(({name}) => {
    const folder = join(lab.dir, 'hosts', name, 'var/tmp')
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter(file => file.includes('.lock.'))
      .filter(file => {
        const [, record = '{}'] = readFileSync(join(folder, file), 'utf8').split('\n')
        return !killed.has((JSON.parse(record) as {pid: number}).pid)
      })
      .map(file => `a claim is left on ${name} by one who was not killed: ${file}`)
  })
}

/** One process at a time writes to a journal: after the last word of one only another may begin, or close it. */
function mixedJournal({file, lines}: KnownRun): string[] {
  const types = lines.map(line => (JSON.parse(line) as JournalEvent).type)
  const mixed = types.findIndex(
    (type, at) => types[at - 1] === 'run-finished' && type !== 'run-resumed' && type !== 'run-finished',
  )
  return mixed < 0 ? [] : [`${types[mixed]} after the last word in line ${mixed + 1} of ${file}`]
}
