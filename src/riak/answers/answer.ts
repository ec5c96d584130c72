/** What a `riak` command answered, before anyone has understood it. */

export type Answer = {
  readonly stdout: string
  readonly stderr: string
  /** undefined when a signal ended it */
  readonly code: number | undefined
}

/** What start scripts say of a node that is stopped, or still starting: 3.2 and later, 2.x, and 3.0 in two ways. */
const stoppedWords = [
  /^Node \S+ is not responding to pings\.?$/m,
  /^Node '?\S+?'? not responding to pings\.?$/m,
  /^Node did not respond to ping!$/m,
  /^Node is not running!$/m,
]

export const isNotRunning = ({stdout, stderr}: Answer): boolean =>
  stoppedWords.some(words => words.test(`${stdout}\n${stderr}`))

/** Lines that stand before an answer: of the start script, which changes to Riak's user by sudo or su, and of these. */
const forewords = [
  /^Attempting to restart script through sudo (?:-H )?-u \S+\r?\n/,
  /^Last (?:failed )?login: [^\r\n]{1,200}\r?\n/,
  /^There (?:was|were) \d+ failed login attempts? since the last successful login\.\r?\n/,
  // where the shell has a low limit of open files
  /^(?:!!!!\n)?!!!! WARNING: ulimit -n is \d+; \d+ is the recommended minimum\.\n(?:!!!!\n)?/,
]

/** What a command printed, without what stands before its answer. */
export function answerText({stdout}: Pick<Answer, 'stdout'>): string {
  let text = stdout
  for (;;) {
    const found = forewords.find(foreword => foreword.test(text))
    if (!found) return text
    text = text.replace(found, '')
  }
}

/** What a staging command did. Decided from recognised text alone: Riak exits 0 on refusals. */
export type StagingOutcome =
  | {readonly outcome: 'staged'}
  | {readonly outcome: 'refused'; readonly reason: string; readonly text: string}
  /** the node the command was given to does not answer */
  | {readonly outcome: 'not-running'}
  | {readonly outcome: 'unknown'; readonly text: string}

/** A node's name as Erlang prints an atom: `'riak@10.0.0.1'`, but `riak@host1`. */
export const printedAtom = (node: string): string => (/^[a-z][\w@]*$/.test(node) ? node : `'${node}'`)

/** All that was printed, for messages and the journal, without trailing blank lines. */
export const printed = ({stdout, stderr}: Answer): string => `${stdout}\n${stderr}`.trim()
