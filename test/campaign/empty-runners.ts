/**
 * A campaign that no machine remembers: each call of `grow next` is on one whose disk is empty, by two logins in turn, a
 * batch a day. What was done today is known from the cluster's hosts alone.
 */
import type {GrowNextReport} from '../../src/actions/grow/next.ts'
import type {Lab} from '../../src/lab/server/start-lab.ts'
import type {RunStateReport} from '../../src/state/runs.ts'
import {emptyMachines} from '../torture/machines.ts'
import type {Ended} from '../torture/ringup.ts'
import {comeIn, memberCount, misplaced} from './ring.ts'

const day = 86_400_000
/** calls after the day's batch, which must find nothing to do */
const more = 2

type Campaign = {
  readonly folder: string
  readonly until: number
  readonly perDay: number
  /** bytes a day of new data, over all copies */
  readonly ingest: number
  readonly complain: (what: string) => void
}

export async function byEmptyRunners(
  lab: Lab,
  {folder, until, perDay, ingest, complain}: Campaign,
): Promise<void> {
  const machine = emptyMachines(lab, folder)
  const growth = ['--until', String(until), '--per-day', String(perDay)]
  const call = (ahead: number): Promise<Ended> =>
    machine({ahead})(['grow', 'next', '--yes', '--interval', '200ms', '--json', ...growth])
  const days = Math.ceil((until - memberCount(lab)) / perDay)
  const morning = new Date().setHours(8, 0, 0, 0) + day
  let due = 0

  for (let at = 0; at < days; at += 1) {
    const started = Date.now()
    const ahead = morning + at * day - started
    const wanted = Math.min(until, memberCount(lab) + perDay)
    const batch = reportIn(await settled(() => call(ahead)), complain)
    if (batch === undefined) return
    if (batch.did !== 'batch' || batch.resumed) complain(`day ${at + 1}: ${batch.message}`)
    if (memberCount(lab) !== wanted)
      complain(`day ${at + 1}: ${memberCount(lab)} members, ${wanted} were wanted`)
    const {stdout} = await machine({ahead})(['runs', 'show', batch.run?.run ?? 'none', '--json'])
    const {plan, outcome, sure} = JSON.parse(stdout) as RunStateReport
    if (!plan || outcome !== 'done' || !sure) complain(`day ${at + 1}: its run is told to be ${outcome}`)
    else if (misplaced(lab, plan) > 0)
      complain(`day ${at + 1}: ${misplaced(lab, plan)} partitions are not where they were planned`)
    for (let again = 0; again < more; again += 1) {
      const report = reportIn(await call(ahead), complain)
      const isDue = report?.did !== 'nothing' || !/^(nothing due|done): /.test(report.message)
      if (isDue) complain(`day ${at + 1}, once more: ${report?.did}: ${report?.message}`)
      else due += 1
    }
    comeIn(lab, ingest)
    lab.skip(day)
    console.log(
      `day ${at + 1}: ${batch.message}, ${memberCount(lab)} nodes (${((Date.now() - started) / 1000).toFixed(1)} s)`,
    )
  }
  if (memberCount(lab) !== until) complain(`there are ${memberCount(lab)} members, ${until} were wanted`)
  console.log(`${days} days, ${due} of ${days * more} further calls had nothing due`)
}

/** While the last batch has not settled it is called again. */
async function settled(call: () => Promise<Ended>): Promise<Ended> {
  let ended = await call()
  for (let tries = 1; tries < 5 && ended.code === 8; tries += 1) ended = await call()
  return ended
}

function reportIn(
  {code, stdout, stderr}: Ended,
  complain: (what: string) => void,
): GrowNextReport | undefined {
  if (code === 0) return JSON.parse(stdout) as GrowNextReport
  complain(`grow next ended with ${code}: ${stdout.slice(-1500)}\n${stderr.slice(-1500)}`)
  return undefined
}
