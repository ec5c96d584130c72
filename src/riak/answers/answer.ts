/** What a `riak` command answered, before anyone has understood it. */

export type Answer = {
  readonly stdout: string
  readonly stderr: string
  /** undefined when a signal ended it */
  readonly code: number | undefined
}

/** `Node riak@10.0.0.1 is not responding to pings`: the node on that host is stopped, or still starting. */
export const isNotRunning = ({stdout, stderr}: Answer): boolean =>
  /^Node \S+ is not responding to pings\.?$/m.test(`${stdout}\n${stderr}`)

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
