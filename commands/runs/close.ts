import {Args, Flags} from '@oclif/core'
import {RingupCommand} from '../../src/cli/command.ts'
import {needConfirmation} from '../../src/cli/confirm.ts'
import {applyFlags, hostFlags} from '../../src/cli/flags.ts'
import type {RunIsOver} from '../../src/state/runs.ts'

export default class RunsClose extends RingupCommand {
  static override summary = 'End the record of a run that nothing is left to do for'
  static override readonly changes = 'record'
  static override description =
    'For a run that can neither be resumed nor abandoned, as when its change was finished by hand. Nothing on the cluster is changed. Refused while the run is alive, and while something of it is staged: abandon drops that.'
  static override examples = [
    '<%= config.bin %> runs close 20261123-181200-4f2a --reason "finished by hand, OPS-1432"',
  ]
  static override args = {run: Args.string({description: 'run id, or a part of it', required: true})}
  static override flags = {
    ...hostFlags,
    yes: applyFlags.yes,
    reason: Flags.string({summary: 'why, kept in the journal', helpValue: 'TEXT', required: true}),
  }

  async run(): Promise<RunIsOver> {
    const {args, flags} = await this.parse(RunsClose)
    const [{findOwnRun, isOver}, {closeRun}] = await Promise.all([
      import('../../src/state/runs.ts'),
      import('../../src/actions/close.ts'),
    ])
    const opened = await this.open(flags)
    const found = findOwnRun(args.run, await opened.fleet.remember())
    for (const note of found.notes) this.say(note)
    if (isOver(found.state)) {
      const {sayOver} = await import('../../src/cli/say-over.ts')
      return sayOver(this, found, 'nothing to close')
    }
    needConfirmation(flags.yes, 'runs close')
    const over = await closeRun(opened, found, flags)
    this.print(`run ${found.run} is closed: ${flags.reason}\n`)
    return over
  }
}
