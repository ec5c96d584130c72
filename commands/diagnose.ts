import {Flags} from '@oclif/core'
import {RingupCommand} from '../src/cli/command.ts'
import {duration, hostFlags} from '../src/cli/flags.ts'
import {exitCodes} from '../src/errors.ts'
import {jsonText} from '../src/printable.ts'
import type {Diagnosis} from '../src/watch/diagnosis.ts'

export default class Diagnose extends RingupCommand {
  static override summary = 'Why handoff does not go on: the cause, what was seen, the next command'
  static override readonly changes = 'namedFile'
  static override description =
    'Looks at the cluster until something goes on, or for as long as --for says; asks the hosts that take part for their ports, disks, clocks and logs. Only reads. Exit 9: stalled or looping. What it cannot tell it says, and collects for a person with --bundle.'
  static override examples = [
    '<%= config.bin %> diagnose',
    '<%= config.bin %> diagnose --for 2m --bundle handoff.json',
    '<%= config.bin %> diagnose --json | jq -r ".causes[].id"',
  ]
  static override flags = {
    ...hostFlags,
    for: Flags.string({summary: 'how long to look for progress', default: '25s', helpValue: '25s'}),
    interval: Flags.string({summary: 'time between two readings', default: '2s', helpValue: '2s'}),
    bundle: Flags.string({summary: 'write all that was seen to a file', helpValue: 'FILE'}),
  }

  async run(): Promise<Diagnosis> {
    const {flags} = await this.parse(Diagnose)
    const {bundle} = flags
    const {fleet, say} = await this.open(flags)
    const [{bundleOf, diagnosed}, {diagnosisText}, {stdoutLook}, {refuseOther, writeWhole}] =
      await Promise.all([
        import('../src/actions/diagnose.ts'),
        import('../src/report/cluster/diagnosis-text.ts'),
        import('../src/cli/terminal.ts'),
        import('../src/state/write-whole.ts'),
      ])
    const look = duration(flags.for, '--for')!
    const interval = duration(flags.interval, '--interval')!
    if (bundle !== undefined) refuseOther(bundle, 'diagnosis bundle')
    const found = await diagnosed(fleet, {look, interval}, say)
    this.print(diagnosisText(found.diagnosis, stdoutLook()))
    if (bundle !== undefined) {
      writeWhole(bundle, `${jsonText(bundleOf(found), 1)}\n`, 'diagnosis bundle')
      say(`written: ${bundle}`)
    }
    return found.diagnosis
  }

  protected override exitCode({verdict}: Diagnosis): number {
    return verdict === 'stalled' || verdict === 'looping' ? exitCodes.stalled : exitCodes.done
  }
}
