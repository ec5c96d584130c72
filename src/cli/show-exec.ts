/** Prints what `exec` found: answers to stdout, hosts that failed to stderr. */
import {execText, failedText} from '../report/exec-text.ts'
import {printable} from '../report/printable.ts'
import type {RingupCommand} from './command.ts'
import {type ExecReport, grouped, type HostFailed} from './run-exec.ts'

export function showExec(command: RingupCommand, {hosts}: ExecReport): void {
  // a terminal would obey what a host writes; a file or a pipe gets it as it is
  command.print(execText(grouped(hosts), text => (process.stdout.isTTY ? printable(text) : text)))
  const failed = hosts.filter((answer): answer is HostFailed => answer.failure !== undefined)
  if (failed.length > 0 && !command.jsonEnabled()) command.say(failedText(failed))
}
