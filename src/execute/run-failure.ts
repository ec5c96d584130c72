/** What a run that failed leaves behind, and how to go on: told by the ring, not by the journal's memory. */
import {isOpsError, OpsError} from '../errors.ts'
import type {RunOutcome} from '../journal/events.ts'
import type {RunState} from '../journal/reduce.ts'
import type {Journal} from '../state/store.ts'
import {stagedNow} from './changes-seen.ts'
import {type RunContext, readClaimant} from './run-context.ts'

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
  {writes, staged, committedAt}: RunState,
  left: readonly string[] | 'unknown',
): unknown {
  if (!isOpsError(error)) return error
  const {kind, message, where, hint, facts} = error
  const goOn =
    facts?.overtaken === undefined ? wayOn({run, writes, staged, committedAt, left, kind, hint}) : undefined
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

function wayOn({
  run,
  writes,
  staged,
  committedAt,
  left,
  kind,
  hint = '',
}: Pick<RunState, 'run' | 'writes' | 'staged' | 'committedAt'> &
  Pick<OpsError, 'kind'> & {
    readonly left: readonly string[] | 'unknown'
    readonly hint: string | undefined
  }): string | undefined {
  if (left.length === 0) {
    // what stands against it may never go away, and every run can be ended
    if (kind === 'stale' && !hint.includes('runs resume'))
      return `nothing of this run is staged; if it is not wanted any more: ringup runs close ${run} --reason TEXT`
    if (writes === 0) return undefined
    // a node that it has started, or that a clear has stopped, is seen to by abandon as well
    const orDrop =
      kind === 'refused' && committedAt === undefined ? `; or drop it: ringup abandon ${run}` : ''
    return `go on with: ringup runs resume ${run}${orDrop}`
  }
  const [known, what] =
    left === 'unknown'
      ? (['No member tells whether this is STILL STAGED, which would freeze', staged] as const)
      : (['STILL STAGED, and freezing', left] as const)
  return `${known} ownership changes of the whole cluster: ${what.join(', ')}. Go on with: ringup runs resume ${run}. Drop it with: ringup abandon ${run}, which says first what that stops`
}
