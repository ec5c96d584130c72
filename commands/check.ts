import {Args, Flags} from '@oclif/core'
import type {CheckReport} from '../src/actions/check.ts'
import {RingupCommand} from '../src/cli/command.ts'
import {hostFlags} from '../src/cli/flags.ts'
import {exitCodes} from '../src/errors.ts'

const ids = (summary: string) => Flags.string({summary, helpValue: 'ID', multiple: true, delimiter: ','})

export default class Check extends RingupCommand {
  static override summary = 'Preflight of new hosts against the running cluster'
  static override readonly changes = 'namedFile'
  static override description =
    'Looks at each host, at every member, and at the ports between them, both ways; changes nothing. Exit 3 when a check fails.'
  static override examples = [
    '<%= config.bin %> check r06 r07 r08',
    '<%= config.bin %> check --skip thp,swap --junit check.xml',
    '<%= config.bin %> check r06 --only port-epmd,port-distribution,port-handoff --json',
  ]
  static override strict = false
  static override args = {
    host: Args.string({description: 'hosts of the inventory; none: all that are not members'}),
  }
  static override flags = {
    ...hostFlags,
    only: ids('only these checks'),
    skip: ids('not these checks'),
    junit: Flags.string({summary: 'write the findings for CI as well', helpValue: 'FILE'}),
  }

  async run(): Promise<CheckReport> {
    const {argv, flags} = await this.parse(Check)
    const {fleet, say} = await this.open(flags)
    const [{runCheck, refuseFailed}, {checkText}, {junitText}, {stdoutLook}, {refuseOther, writeWhole}] =
      await Promise.all([
        import('../src/actions/check.ts'),
        import('../src/report/hosts/check-text.ts'),
        import('../src/report/hosts/junit.ts'),
        import('../src/cli/terminal.ts'),
        import('../src/state/write-whole.ts'),
      ])
    const {junit} = flags
    if (junit !== undefined) refuseOther(junit, 'JUnit file')
    const report = await runCheck(fleet, {hosts: argv as string[], ...flags}, say)
    this.print(checkText(report, stdoutLook()))
    const {cluster, findings, took} = report
    if (junit !== undefined) writeWhole(junit, junitText(cluster, findings, took), 'JUnit file')
    if (!this.jsonEnabled()) refuseFailed(report)
    return report
  }

  protected override exitCode({counts}: CheckReport): number {
    return counts.fail > 0 ? exitCodes.refused : exitCodes.done
  }
}
