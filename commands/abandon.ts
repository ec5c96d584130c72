import {Args} from '@oclif/core'
import {RingupCommand} from '../src/cli/command.ts'
import {needConfirmation} from '../src/cli/confirm.ts'
import {applyFlags, hostFlags} from '../src/cli/flags.ts'
import type {RunReport} from '../src/execute/carry-out.ts'
import type {RunIsOver} from '../src/state/runs.ts'

const {yes, reason} = applyFlags

export default class Abandon extends RingupCommand {
  static override summary = 'Drop what a run of ours has staged and not committed'
  static override readonly changes = 'cluster'
  static override description =
    'Sends cluster clear, which stops Riak on the nodes that were joining; they are started again and looked at. Refused when anything else is staged, or the run is committed already. Without a run, the newest unfinished one.'
  static override examples = [
    '<%= config.bin %> abandon',
    '<%= config.bin %> abandon 20261123-181200-4f2a --yes --reason "OPS-1432"',
  ]
  static override args = {
    run: Args.string({description: 'run id, a part of it, or the path of a journal (with a slash in it)'}),
  }
  static override flags = {...hostFlags, yes, reason}

  async run(): Promise<RunReport | RunIsOver> {
    const {args, flags} = await this.parse(Abandon)
    const [{findOwnRun, isOver}, {abandonRun}] = await Promise.all([
      import('../src/state/runs.ts'),
      import('../src/actions/abandon.ts'),
    ])
    const opened = await this.open(flags)
    const found = findOwnRun(args.run, await opened.fleet.remember(), opened.fleet.inventory)
    for (const note of found.notes) this.say(note)
    if (isOver(found.state)) {
      const {sayOver} = await import('../src/cli/say-over.ts')
      return sayOver(this, found, 'nothing to abandon')
    }
    needConfirmation(flags.yes, 'abandon')
    return abandonRun(opened, found, flags)
  }
}
