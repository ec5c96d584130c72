/** Prints what `exec` found: answers to stdout, hosts that failed to stderr. */

import {type ExecReport, grouped, type HostFailed} from '../actions/exec.ts'
import {execText, failedText} from '../report/hosts/exec-text.ts'
import type {RingupCommand} from './command.ts'
import {writeAnswers} from './output.ts'

export function showExec(command: RingupCommand, {hosts}: ExecReport): void {
  if (!command.jsonEnabled()) writeAnswers(execText(grouped(hosts)))
  const failed = hosts.filter((answer): answer is HostFailed => answer.failure !== undefined)
  if (failed.length > 0 && !command.jsonEnabled()) command.say(failedText(failed))
}
