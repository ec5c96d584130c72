/** What a run that failed leaves behind, and how to go on: told by the ring, not by the journal's memory. */
import {isOpsError, OpsError} from '../errors.ts'
import {stagedNow} from '../execute/changes-seen.ts'
import {type RunContext, readClaimant} from '../execute/run-context.ts'
import type {RunOutcome} from '../journal/events.ts'
import type {RunState} from '../journal/reduce.ts'
import type {Journal} from '../journal/store.ts'

/** What of the run is staged, read again: neither the journal nor an answer is believed. `unknown`: no member told. */
export async function leftStaged(
  context: RunContext,
  {staged, writes}: RunState,
): Promise<string[] | 'unknown'> {
  if (staged.length === 0 && writes === 0) return []
  const signal = AbortSignal.timeout(10_000)
  try {
    return stagedNow(context.plan, await readClaimant({...context, signal}))
  } catch {
    return staged.length === 0 ? [] : 'unknown'
  }
}

export function outcomeOf(error: unknown): RunOutcome {
  if (!isOpsError(error)) return 'failed'
  if (error.facts?.overtaken !== undefined) return 'overtaken'
  if (error.kind === 'interrupted' || error.kind === 'terminated') return 'interrupted'
  return error.kind === 'waitTimedOut' || error.kind === 'stalled' ? 'timed-out' : 'failed'
}

/** The same failure with how to go on; a host that was lost after something was sent leaves the run partly done. */
export function withRun(
  error: unknown,
  {run, file}: Journal,
  {writes, staged}: RunState,
  left: readonly string[] | 'unknown',
): unknown {
  if (!isOpsError(error)) return error
  const {kind, message, where, hint, facts} = error
  const goOn =
    facts?.overtaken === undefined ? wayOn(run, writes, left === 'unknown' ? staged : left, left) : undefined
  return new OpsError(kind === 'unreachable' && writes > 0 ? 'partlyDone' : kind, message, {
    where,
    hint:
      hint === undefined
        ? goOn
        : goOn === undefined || (left.length === 0 && hint.includes('runs resume'))
          ? hint
          : `${hint}; ${goOn}`,
    facts: {...facts, run, journal: file},
    cause: error,
  })
}

function wayOn(
  run: string,
  writes: number,
  staged: readonly string[],
  left: readonly string[] | 'unknown',
): string | undefined {
  if (left.length === 0) return writes > 0 ? `go on with: ringup runs resume ${run}` : undefined
  const known =
    left === 'unknown'
      ? 'No member tells whether this is STILL STAGED, which would freeze'
      : 'STILL STAGED, and freezing'
  return `${known} ownership changes of the whole cluster: ${staged.join(', ')}. Go on with: ringup runs resume ${run}. Drop it with: ringup abandon ${run}, which says first what that stops`
}
