/** What was thrown, as an operator should see it. */
import {exitCodes, type FailureKind, isOpsError} from '../errors.ts'
import {type Look, tinted, wrapped} from '../report/kit/look.ts'
import {writeError, writeJson} from './output.ts'
import {stderrLook} from './terminal.ts'

export type Failure = {
  readonly exitCode: number
  /** nothing is to be said: it was said already, or `--help` was asked for */
  readonly silent: boolean
  readonly message: string
  readonly where?: string | undefined
  readonly next?: string | undefined
  /** a bug's stack */
  readonly stack?: string | undefined
  /** missing: nothing is to be said */
  readonly json?: ErrorDocument
}

/** What is printed with `--json` instead of the command's document. */
export type ErrorDocument = {
  readonly schema: 'ringup/error/1'
  readonly error: {
    readonly kind: FailureKind | 'bug'
    readonly message: string
    readonly exitCode: number
    /** `file:line:column`, a host or a node */
    readonly where?: string | undefined
    /** what to do next: a command wherever there is one */
    readonly next?: string | undefined
    /** more for scripts, as the failure has it */
    readonly facts?: Readonly<Record<string, unknown>> | undefined
  }
}

type OclifError = Error & {
  readonly oclif?: {readonly exit?: number}
  readonly code?: string
  /** those that do not exist */
  readonly flags?: readonly string[]
}

/** @param meant what a misspelt flag was to be: `--ad` -> `--add` */
export function failureOf(
  error: unknown,
  meant: (flag: string) => string | undefined = () => undefined,
): Failure {
  if (isOpsError(error)) {
    const {kind, message, where, hint, facts, exitCode} = error
    return {
      exitCode,
      silent: false,
      message,
      where,
      next: hint,
      json: errorJson({kind, message, exitCode, where, next: hint, facts}),
    }
  }
  const {oclif, code, message = String(error), stack} = error as OclifError
  if (code === 'EEXIT') return {exitCode: oclif?.exit ?? exitCodes.done, silent: true, message: ''}
  if (oclif !== undefined) return usageFailure(error as OclifError, meant)
  const exitCode = exitCodes.bug
  const next = 'this is a bug in ringup: please report it with the text above'
  return {
    exitCode,
    silent: false,
    message,
    next,
    stack,
    json: errorJson({kind: 'bug', message, exitCode, next}),
  }
}

function usageFailure(error: OclifError, meant: (flag: string) => string | undefined): Failure {
  // oclif ends its messages with where to find help
  const message = error.message.replace(/\n?See more help with --help\s*$/, '').trim()
  const flag = error.flags?.map(meant).find(near => near !== undefined)
  const help = 'add --help to see what it takes'
  const next = flag ? `did you mean ${flag}? ${help}` : help
  const exitCode = exitCodes.usage
  return {
    exitCode,
    silent: false,
    message,
    next,
    json: errorJson({kind: 'usage', message, exitCode, next}),
  }
}

const errorJson = (error: ErrorDocument['error']): ErrorDocument => ({schema: 'ringup/error/1', error})

/** Says it as it was asked for, and returns the exit code. */
export function tellFailure(failure: Failure, argv: readonly string[]): number {
  if (failure.silent) return failure.exitCode
  // watch prints a document a line, and so its last
  if (wantsJson(argv)) writeJson(failure.json, argv[0] === 'watch' ? 0 : 2)
  else writeError(errorReport(failure, stderrLook()))
  return failure.exitCode
}

const wantsJson = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json')
}

function errorReport({message, where, next, stack}: Failure, look: Look): string {
  const lines = [
    `${tinted(look, 'red', 'ringup:')} ${where === undefined || message.includes(where) ? '' : `${where}: `}${stack ?? message}`,
  ]
  if (next !== undefined) lines.push(`  -> ${wrapped(next, Math.max(40, look.columns) - 5, '     ')}`)
  return `${lines.join('\n')}\n`
}
