/** A report, to a file or to stdout. */
import {printable} from '../printable.ts'
import {type ReportFormat, reportText} from '../report/reported-text.ts'
import type {Reported} from '../state/reported.ts'
import {refuseOther, writeWhole} from '../state/write-whole.ts'
import type {RingupCommand} from './command.ts'
import {stdoutLook} from './terminal.ts'

const jsonKinds = {plan: 'plan', campaign: 'campaign', run: 'run report'} as const

export async function printReport(
  command: RingupCommand,
  reported: Reported,
  {
    format,
    figure,
    out,
  }: {readonly format: ReportFormat; readonly figure?: string | undefined; readonly out?: string | undefined},
): Promise<void> {
  if (out === undefined) return command.print(await reportText(reported, stdoutLook(), format, figure))
  const kind = format === 'json' ? jsonKinds[reported.kind] : 'report'
  refuseOther(out, kind)
  const text = await reportText(reported, {...stdoutLook(), color: false}, format, figure)
  writeWhole(out, printable(text), kind)
  command.say(`written: ${out}`)
}
