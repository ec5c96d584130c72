import {Args} from '@oclif/core'
import type {PushReport} from '../../src/actions/push.ts'
import {RingupCommand} from '../../src/cli/command.ts'
import {applyFlags, hostFlags} from '../../src/cli/flags.ts'

export default class RunsPush extends RingupCommand {
  static override summary = 'Bring records of runs that this machine alone has to hosts of the cluster'
  static override readonly changes = 'remembered'
  static override description =
    'For runs of a ringup that kept them on one machine, and for those whose hosts have forgotten them. Without a run, every run of this cluster that fewer than two hosts have. Running it twice changes nothing twice.'
  static override examples = [
    '<%= config.bin %> runs push',
    'RINGUP_STATE_DIR=/mnt/old-laptop/ringup <%= config.bin %> runs push --yes',
  ]
  static override args = {run: Args.string({description: 'run id, or a part of it'})}
  static override flags = {...hostFlags, yes: applyFlags.yes}

  async run(): Promise<PushReport> {
    const {args, flags} = await this.parse(RunsPush)
    const context = await this.open(flags)
    const [{findRun}, {pushRuns}] = await Promise.all([
      import('../../src/state/runs.ts'),
      import('../../src/actions/push.ts'),
    ])
    const {fleet, ask} = context
    const chosen = args.run === undefined ? undefined : [findRun(args.run, await fleet.remember())]
    ask.needed('runs push')
    const report = await pushRuns(context, chosen)
    this.print(
      report.pushed.length === 0
        ? 'hosts have all of them: nothing to do\n'
        : report.pushed.map(({run, hosts}) => `${run}: kept on ${hosts.join(', ')}\n`).join(''),
    )
    return report
  }
}
