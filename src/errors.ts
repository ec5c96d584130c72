/**
 * The two kinds of failure. An `OpsError` is one an operator can act on: it says what failed, where, and what
 * to do next, and carries the exit code of the contract. Anything else that is thrown is a bug (exit 1).
 */

/** Exit codes, the same for every command. Source: the command contract in README.md. */
export const exitCodes = {
  done: 0,
  bug: 1,
  changesPending: 2,
  refused: 3,
  stale: 4,
  locked: 5,
  unreachable: 6,
  partlyDone: 7,
  waitTimedOut: 8,
  stalled: 9,
  notUnderstood: 10,
  usage: 64,
  interrupted: 130,
  terminated: 143,
} as const

export type FailureKind = Exclude<keyof typeof exitCodes, 'done' | 'bug' | 'changesPending'>

export const failureKinds = [
  'refused',
  'stale',
  'locked',
  'unreachable',
  'partlyDone',
  'waitTimedOut',
  'stalled',
  'notUnderstood',
  'usage',
  'interrupted',
  'terminated',
] as const satisfies readonly FailureKind[]

export type FailureDetails = {
  /** what to do next: a command to type wherever there is one */
  readonly hint?: string | undefined
  /** `file:line:column`, a host or a node */
  readonly where?: string | undefined
  /** facts for `--json`; never secrets */
  readonly facts?: Readonly<Record<string, unknown>> | undefined
  readonly cause?: unknown
}

/** characters of a message: what a file or a host says in it may be long, and a person is to read it */
const mostWords = 10_000

export class OpsError extends Error {
  override readonly name = 'OpsError'
  readonly kind: FailureKind
  readonly hint: string | undefined
  readonly where: string | undefined
  readonly facts: Readonly<Record<string, unknown>> | undefined

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(
      message.length > mostWords ? `${message.slice(0, mostWords)} ...` : message,
      details.cause === undefined ? undefined : {cause: details.cause},
    )
    this.kind = kind
    this.hint = details.hint
    this.where = details.where
    this.facts = details.facts
  }

  get exitCode(): number {
    return exitCodes[this.kind]
  }
}

export const isOpsError = (error: unknown): error is OpsError =>
  error instanceof Error && error.name === 'OpsError' && 'kind' in error
