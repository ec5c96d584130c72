/** Prints what `exec` found: answers to stdout, hosts that failed to stderr. */
import {execText, failedText} from '../report/exec-text.ts'
import {printable} from '../report/printable.ts'
import type {RingupCommand} from './command.ts'
import {type ExecReport, grouped, type HostAnswer} from './run-exec.ts'

type Answered = Exclude<HostAnswer, {readonly failure: object}>
type Failed = Exclude<HostAnswer, Answered>

export function showExec(command: RingupCommand, {hosts}: ExecReport): void {
  const groups = grouped(hosts) as Answered[][]
  // a terminal would obey what a host writes; a file or a pipe gets it as it is
  command.print(execText(groups, text => (process.stdout.isTTY ? printable(text) : text)))
  const failed = hosts.filter((answer): answer is Failed => answer.failure !== undefined)
  if (failed.length > 0 && !command.jsonEnabled()) command.say(failedText(failed))
}
