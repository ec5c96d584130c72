/** Records of runs that lie on this machine alone, brought to hosts of the cluster. */

import {nodesOf} from '../execute/changes-seen.ts'
import {recordDoors} from '../execute/run-record.ts'
import {keepChain, refuseFewCopies} from '../records/keep.ts'
import {identityOf} from '../ring/identity.ts'
import {memberNodes} from '../ring/snapshot.ts'
import {allRuns, type FoundRun, isOn} from '../state/runs.ts'
import {counted} from '../units.ts'
import type {Context} from './context.ts'

export type PushReport = {
  readonly schema: 'ringup/runs-push/1'
  readonly cluster: string
  /** the newest first */
  readonly pushed: readonly {readonly run: string; readonly hosts: readonly string[]}[]
}

/** hosts that must have a record already for it to be left alone */
const enough = 2

/** @param chosen runs that were found with what hosts remember; none: every run of this cluster that hosts do not have */
export async function pushRuns(
  {fleet, say, ask}: Context,
  chosen: readonly FoundRun[] | undefined,
): Promise<PushReport> {
  const {inventory, doors} = fleet
  const [{snapshot}, runs] = await Promise.all([fleet.ask(), chosen ?? fleet.remember().then(allRuns)])
  const cluster = identityOf(snapshot)
  const members = memberNodes(snapshot.ring)
  const missing = runs.filter(run => run.isHere && isOn(run, cluster) && run.hosts.length < enough)
  const report = {schema: 'ringup/runs-push/1', cluster: inventory.cluster} as const
  if (missing.length === 0) return {...report, pushed: []}
  for (const {run} of missing) say(run)
  await ask.confirm(`Keep the ${counted(missing.length, 'record')} on hosts of ${inventory.cluster}?`)
  const pushed: {run: string; hosts: readonly string[]}[] = []
  for (const {run, lines, state} of missing) {
    const keeper = keepChain({
      kind: 'run',
      id: run,
      doors: recordDoors(doors, members, snapshot.ring.claimant, state.plan ? nodesOf(state.plan) : []),
      lines,
      onFailure: (host, why) => say(`${host} does not keep the record of ${run}: ${why}`),
    })
    await keeper.flush()
    refuseFewCopies(keeper, `run ${run}`)
    pushed.push({run, hosts: keeper.kept()})
  }
  return {...report, pushed}
}
