/** What each exit code means, whether anything was changed, and what to do next: the one source of help and reference. */
import {exitCodes} from '../errors.ts'

export type ExitCode = {
  readonly code: number
  readonly meaning: string
  readonly changed: string
  readonly next: string
}

const texts: Readonly<Record<keyof typeof exitCodes, Omit<ExitCode, 'code'>>> = {
  done: {
    meaning: 'done, healthy, or nothing to do',
    changed: 'as asked',
    next: 'nothing',
  },
  bug: {
    meaning: 'an unexpected error: a bug of ringup',
    changed: 'unknown: the journal says',
    next: 'ringup runs show; ringup status; then report it',
  },
  changesPending: {
    meaning: 'the plan has changes; only with plan --detailed-exitcode',
    changed: 'no',
    next: 'ringup apply PLANFILE',
  },
  refused: {
    meaning: 'refused by a safety rule, which is named; or a check failed',
    changed: 'no; joins that were left staged are named',
    next: 'mend what is named, or accept it by its id where that is allowed',
  },
  stale: {
    meaning: 'the ring, or what is staged, is not what the plan was made on',
    changed: 'no',
    next: 'ringup status; then make a new plan: ringup plan',
  },
  locked: {
    meaning: 'somebody else holds the lock; who, why and since when is said',
    changed: 'no',
    next: 'ringup lock show; wait for the holder',
  },
  unreachable: {
    meaning: 'a host cannot be reached or logged in to, its key is refused, or Riak is stopped there',
    changed: 'no',
    next: 'mend the way to the host; new keys: ringup hosts trust',
  },
  partlyDone: {
    meaning: 'partly done',
    changed: 'yes',
    next: 'ringup runs resume; or, while only staged: ringup abandon',
  },
  waitTimedOut: {
    meaning: 'a wait timed out; something has moved since the last look',
    changed: 'yes, by what went before the wait; by watch: no',
    next: 'ringup watch; ringup runs resume waits again',
  },
  stalled: {
    meaning: 'nothing moves though it should, or it begins again and again; the cause is named',
    changed: 'by what went before the wait; by diagnose and watch: no',
    next: 'the command that is named with the cause; ringup diagnose',
  },
  notUnderstood: {
    meaning: 'Riak answered something that is not recognised; stopped there',
    changed: 'as the ring shows, which is said',
    next: 'ringup status; ringup runs show; then report the answer',
  },
  usage: {
    meaning: 'usage, a bad inventory, or a question that needs a terminal',
    changed: 'no',
    next: 'ringup help COMMAND; ringup inventory check; or pass --yes',
  },
  interrupted: {
    meaning: 'interrupted by Ctrl-C, or not confirmed',
    changed: 'as the journal says',
    next: 'ringup runs show; ringup runs resume',
  },
  terminated: {
    meaning: 'ended by a signal',
    changed: 'as the journal says',
    next: 'ringup runs show; ringup runs resume',
  },
}

/** By number. */
export const exitCodeTable: readonly ExitCode[] = Object.entries(texts)
  .map(([name, text]) => ({code: exitCodes[name as keyof typeof exitCodes], ...text}))
  .sort((a, b) => a.code - b.code)
