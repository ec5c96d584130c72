/**
 * What happened in a run, one JSON line each, only ever appended. The journal is enough to show a run on another
 * machine and to go on with it; it holds no secrets.
 */
import type {FailureKind} from '../errors.ts'
import type {Plan} from '../plan/plan.ts'
import type {Move} from '../ring/ring.ts'

export type JournalEvent = {
  /** schema version */
  readonly v: 1
  /** ms since 1970 */
  readonly at: number
} & EventBody

export type EventBody =
  | {
      readonly type: 'run-started'
      readonly run: string
      readonly ringup: string
      readonly by: Operator
      readonly reason?: string
      readonly plan: Plan
      readonly steps: readonly StepName[]
    }
  /** the run goes on after it had ended or died; `torn`: bytes of an unfinished line that were cut off */
  | {
      readonly type: 'run-resumed'
      readonly ringup: string
      readonly by: Operator
      readonly torn: number
      readonly steps: readonly StepName[]
    }
  | {readonly type: 'lock-acquired'; readonly hosts: readonly string[]}
  /** a stale lock of somebody else was taken over */
  | {readonly type: 'lock-taken'; readonly host: string; readonly from: string; readonly ageSeconds: number}
  /** `left`: hosts whose lock could not be given back; it goes stale there by itself */
  | {readonly type: 'lock-released'; readonly left: readonly string[]}
  | {readonly type: 'step-started'; readonly step: string}
  /** what stands before acting; `so`: nothing needs to be done */
  | {readonly type: 'step-observed'; readonly step: string; readonly so: boolean; readonly saw: string}
  /** written before a command that changes something is sent */
  | {
      readonly type: 'write-sent'
      readonly step: string
      readonly host: string
      readonly argv: readonly string[]
    }
  | {
      readonly type: 'write-answered'
      readonly step: string
      readonly host: string
      readonly code?: number
      readonly stdout: string
      readonly stderr: string
      readonly ms: number
    }
  /** no answer; `sent`: whether the command took effect is not known */
  | {
      readonly type: 'write-lost'
      readonly step: string
      readonly host: string
      readonly sent: boolean
      readonly message: string
    }
  | {readonly type: 'step-done'; readonly step: string; readonly saw: string}
  | {
      readonly type: 'step-failed'
      readonly step: string
      readonly kind: FailureKind | 'bug'
      readonly message: string
      readonly hint?: string
    }
  | ({readonly type: 'progress'} & Progress)
  /** how fast transfers went, each as it was last told, while the run watched */
  | {readonly type: 'rates'; readonly transfers: readonly SeenTransfer[]}
  /** bytes of the moved partitions where they lie now, as du told in the end; `partitions`: so many were found */
  | {readonly type: 'arrived'; readonly bytes: number; readonly partitions: number}
  | {readonly type: 'run-finished'; readonly outcome: RunOutcome; readonly message: string}

/** bytes a second, as the sender reported it last */
export type SeenTransfer = Move & {readonly bytesPerSecond: number}

/** who, where, in which process; `process`: which one of all that ever had that id there */
export type Operator = {
  readonly user: string
  readonly host: string
  readonly pid: number
  readonly process?: string
}

export type StepName = {readonly id: string; readonly title: string}

export type Progress = {
  readonly moved: number
  readonly total: number
  /** transfers under way */
  readonly active: number
  readonly bytesPerSecond: number
  /** why the cluster is not at rest, the weightiest reason */
  readonly waiting?: string
}

/**
 * `abandoned`: what was staged has been dropped again; `overtaken`: a later change has moved on what it had begun, so it
 * can never be as planned; `closed`: an operator has ended its record
 */
export type RunOutcome = (typeof runOutcomes)[number]

export const runOutcomes = [
  'done',
  'abandoned',
  'overtaken',
  'closed',
  'detached',
  'failed',
  'interrupted',
  'timed-out',
] as const
