import {Args, Flags} from '@oclif/core'
import type {ExecReport} from '../src/actions/exec.ts'
import {RingupCommand} from '../src/cli/command.ts'
import {duration, hostFlags} from '../src/cli/flags.ts'

export default class Exec extends RingupCommand {
  static override summary = 'Run a command on hosts; equal outputs are shown once'
  static override readonly changes = 'yourCommand'
  static override description =
    'Words after -- are the command, passed as they are. The exit status is the largest of the hosts, or 6 when one could not be asked to the end. A command that is given up, by its time or by Ctrl-C, is ended on the host as well.'
  static override examples = [
    '<%= config.bin %> exec -- uptime',
    '<%= config.bin %> exec "r[01-05]" rack-b -- df -h /var/lib/riak',
    '<%= config.bin %> exec members --shell -- "ls /var/lib/riak | wc -l"',
    '<%= config.bin %> exec spares --json -- uname -r | jq -r ".hosts[].stdout"',
  ]
  static override usage = 'exec [HOST...] [FLAGS] -- COMMAND'
  static override strict = false
  static override args = {
    host: Args.string({description: 'hosts, ranges, locations, or: all, members, spares; default all'}),
  }
  static override flags = {
    ...hostFlags,
    shell: Flags.boolean({summary: 'the words are a line for sh -c: pipes, variables, globs'}),
    fanout: Flags.integer({
      summary:
        'commands at once; default all, while ssh.concurrency bounds those that are being connected to',
      min: 1,
      max: 512,
    }),
    timeout: Flags.string({summary: 'end the command after this long', default: '10m', helpValue: '10m'}),
  }

  async run(): Promise<ExecReport> {
    const [before, command] = split(this.argv)
    const {argv, flags} = await this.parse(Exec, before)
    const {fleet, say} = await this.open(flags, {tellsLimits: false})
    const [{grouped, isFailed, runExec}, {execText, failedText}, {writeAnswers}] = await Promise.all([
      import('../src/actions/exec.ts'),
      import('../src/report/hosts/exec-text.ts'),
      import('../src/cli/output.ts'),
    ])
    const timeout = duration(flags.timeout, '--timeout')!
    const request = {...flags, timeout, hosts: argv as string[], argv: command}
    const report = await runExec(fleet, request, say)
    if (this.jsonEnabled()) return report
    writeAnswers(execText(grouped(report.hosts)))
    const failed = report.hosts.filter(isFailed)
    if (failed.length > 0) say(failedText(failed))
    return report
  }

  protected override exitCode({exit}: ExecReport): number {
    return exit
  }
}

/** What is ours, and the command after the first `--`. */
function split(words: readonly string[]): [string[], string[]] {
  const at = words.indexOf('--')
  return at === -1 ? [[...words], []] : [words.slice(0, at), words.slice(at + 1)]
}
