/** The end of a run's record without carrying anything out: by an operator, or since the cluster has moved on. */

import {isOpsError, OpsError} from '../errors.ts'
import {askBefore} from '../execute/ask-before.ts'
import {nodesOf, stagedNow} from '../execute/changes-seen.ts'
import {acquireLock, askLock, holderText} from '../execute/lock.ts'
import {isHolderGone, isProcessGone, lockRecord} from '../execute/run-lock.ts'
import {keepRun} from '../execute/run-record.ts'
import type {Fleet} from '../fleet/fleet.ts'
import type {JournalEvent, RunOutcome} from '../journal/events.ts'
import {describeChange} from '../ring/changes.ts'
import {identityOf} from '../ring/identity.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {processHere} from '../state/process-here.ts'
import {allRuns, type FoundRun, isOn, type RunIsOver, reopenRun} from '../state/runs.ts'
import type {Context} from './context.ts'

/** Also where no host answers any more, since it changes a record of this machine alone. */
export async function closeRun(
  {fleet, say, ask}: Context,
  found: FoundRun,
  {reason}: {readonly reason: string},
): Promise<RunIsOver> {
  const snapshot = await readRing(fleet, found, say)
  refuseStaged(found, snapshot)
  await ask.confirm(`Close the record of run ${found.run}? It can never be resumed again.`)
  return endRecord(fleet, found, {outcome: 'closed', message: reason, snapshot})
}

/** Throws an `OpsError` (exit 4) where the inventory leads to another cluster than the run's. */
async function readRing(
  fleet: Fleet,
  found: FoundRun,
  say: (text: string) => void,
): Promise<Snapshot | undefined> {
  let snapshot: Snapshot
  try {
    const {plan} = found.state
    snapshot = plan ? await askBefore(fleet, plan) : (await fleet.ask()).snapshot
  } catch (error) {
    if (!isOpsError(error) || error.kind !== 'unreachable') throw error
    say(`no host tells about the cluster (${error.message}): whether something is staged is not known`)
    return undefined
  }
  if (isOn(found, identityOf(snapshot))) return snapshot
  throw new OpsError('stale', `run ${found.run} is of another cluster than ${fleet.inventory.cluster}`, {
    hint: 'name the right inventory: -i FILE',
  })
}

type Ending = {
  readonly outcome: Extract<RunOutcome, 'overtaken' | 'closed'>
  readonly message: string
  /** what was just read; undefined: no member tells, and only this machine can be asked whether the run is alive */
  readonly snapshot: Snapshot | undefined
}

/** Throws an `OpsError`: `locked` (exit 5) while the run is alive, `refused` (exit 3) while something of it is staged. */
export async function endRecord(
  fleet: Fleet,
  found: FoundRun,
  {outcome, message, snapshot}: Ending,
): Promise<RunIsOver> {
  refuseStaged(found, snapshot)
  await refuseAlive(fleet, found)
  const claimant = fleet.doors.find(({node}) => node === snapshot?.ring.claimant)
  const lock = claimant
    ? await acquireLock({
        doors: [claimant],
        record: lockRecord(fleet, {run: found.run, reason: message}),
        isGone: of => isHolderGone(fleet, of),
        clock: fleet.clock,
        onTaken: () => {},
      })
    : undefined
  try {
    if (lock) await fleet.remember()
    const journal = reopenRun(found, fleet.memory, fleet.clock.now)
    const last = journal.append({type: 'run-finished', outcome, message})
    journal.close()
    if (snapshot) await keepEnd(fleet, {...found, lines: journal.lines}, snapshot, last)
  } finally {
    await lock?.release()
  }
  return {schema: 'ringup/run/1', run: found.run, outcome, message}
}

function refuseStaged({run, state: {plan}}: FoundRun, snapshot: Snapshot | undefined): void {
  const staged = plan && snapshot ? stagedNow(plan, snapshot) : []
  if (staged.length > 0)
    throw new OpsError('refused', `run ${run} cannot be closed while this is staged: ${staged.join(', ')}`, {
      hint: `drop it: ringup abandon ${run}`,
    })
}

/** Hosts of the batch that are gone or dead are not asked: the claimant and this machine are. */
async function refuseAlive({doors}: Fleet, {run, state: {plan, by, outcome}}: FoundRun): Promise<void> {
  if (outcome === undefined && by && processHere(by) === 'there')
    throw new OpsError('locked', `run ${run} goes on: ${by.user} on ${by.host} (process ${by.pid})`, {
      hint: 'look at it: ringup watch',
    })
  const batch = new Set(plan ? nodesOf(plan) : [])
  await Promise.all(
    doors
      .filter(({node}) => batch.has(node))
      .map(async door => {
        const answer = await askLock(door, 'show').catch(() => undefined)
        for (const {state, record} of answer?.claims ?? [])
          if (state === 'fresh' && record !== 'unreadable' && record.run === run && !isProcessGone(record))
            throw new OpsError('locked', `run ${run} goes on: ${holderText(record)}`, {
              hint: 'look at it: ringup watch',
            })
      }),
  )
}

/** The last word of a run, on the hosts that kept its record: a host that cannot be written costs that copy only. */
async function keepEnd(
  fleet: Fleet,
  {run, state: {plan}, lines}: FoundRun,
  {ring: {claimant}}: Snapshot,
  last: JournalEvent,
): Promise<void> {
  const keeping = keepRun(fleet, {run, plan, claimant, lines, say: () => {}})
  keeping.add(last)
  await keeping.send()
}

/** Which run of those known here has moved on what that one did, in words. */
export function overtakenBy({memory}: Fleet, found: FoundRun, since: string, snapshot: Snapshot): string {
  const later = allRuns(memory).findLast(
    run =>
      isOn(run, identityOf(snapshot)) &&
      run.state.startedAt > found.state.startedAt &&
      run.state.committedAt !== undefined,
  )
  const who = later
    ? `run ${later.run} (${later.state.plan!.changes.map(describeChange).join(', ')})`
    : 'a change that no run known here has made'
  return `overtaken by ${who}: ${since}`
}
